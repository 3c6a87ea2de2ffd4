"""Reprendre l'existant : la liste, une équipe à l'écran, un tableur contrôlé puis repris, les actes numérisés."""

import hashlib
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.models import Compte
from esperluette.dossiers.lectures_fiche import manuscrites_de
from esperluette.dossiers.models import PieceJointe, SignatureManuscrite
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.noms import nettoyer_nom
from esperluette.fichiers.reponses import telecharger
from esperluette.reprises.actions.actes import joindre_un_acte
from esperluette.reprises.actions.reprise import reprendre
from esperluette.reprises.actions.signatures import Signataire, joindre_une_page_signee, retirer_une_page_signee
from esperluette.reprises.actions.tableurs import lancer
from esperluette.reprises.colonnes import COLONNES
from esperluette.reprises.controle import Erreur, controler
from esperluette.reprises.droits import peut_completer, peut_reprendre
from esperluette.reprises.enums import NatureActe
from esperluette.reprises.forms import ActeForm, PageSigneeForm, RepriseForm, RetraitForm, TableurForm
from esperluette.reprises.lectures import demarches_reprenables, depot_repris, membres_d_alors, reprises_de
from esperluette.reprises.models import Reprise, TableurDepose
from esperluette.reprises.rapport import rapport_csv
from esperluette.reprises.tableur import TAILLE_MAXIMALE, LigneLue, TableurRefuse, lire, modele_csv, modele_xlsx

PAR_PAGE = 50
ERREURS_MONTREES = 200
APERCU = 50
MODELES = {
    "csv": ("text/csv; charset=utf-8", modele_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", modele_xlsx),
}


def moi(request: HttpRequest) -> Compte:
    """Le compte connecté ; à n'appeler que derrière `login_required`."""
    return cast(Compte, request.user)


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les équipes déjà reprises dans mon périmètre."""
    exiger(peut_reprendre(request.user))
    page = Paginator(reprises_de(request.user), PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "reprises/liste.html", {"page": page})


@login_required
@lecture_seule
def modele(request: HttpRequest, sorte: str) -> HttpResponse:
    """Le modèle vide, à remplir."""
    exiger(peut_reprendre(request.user))
    if sorte not in MODELES:
        raise Http404("Le modèle existe en CSV et en XLSX.")
    type_mime, fabrique = MODELES[sorte]
    entetes = {"Content-Disposition": f'attachment; filename="modele-reprise.{sorte}"'}
    return HttpResponse(fabrique(), content_type=type_mime, headers=entetes)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ajouter(request: HttpRequest) -> HttpResponse:
    """Reprendre une équipe à l'écran, contrôlée comme une ligne du tableur."""
    exiger(peut_reprendre(request.user))
    form = RepriseForm(
        request.POST if request.method == "POST" else None, demarches=demarches_reprenables(request.user)
    )
    if request.method == "POST" and form.is_valid():
        controle = controler([LigneLue(1, form.cellules())], acteur=moi(request))
        for erreur in controle.erreurs:
            form.add_error(
                erreur.colonne if erreur.colonne in form.fields else None, f"{erreur.cause} {erreur.remede}"
            )
        for _, cle in controle.deja:
            form.add_error("cle", f"La clé « {cle} » a déjà servi dans cette région : l’équipe est déjà reprise.")
        if controle.bon:
            try:
                (reprise,) = reprendre(controle.valides, acteur=moi(request), inviter=form.cleaned_data["inviter"])
            except (ErreurMetier, ValueError) as refus:
                form.refuser(refus)
            else:
                messages.success(request, f"« {reprise.equipe} » est reprise. Joignez maintenant ses actes numérisés.")
                return redirect("reprises:fiche", pk=reprise.pk)
    return render(request, "reprises/ajouter.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def importer(request: HttpRequest) -> HttpResponse:
    """Déposer un tableur : il est contrôlé en entier, et rien n'est écrit."""
    exiger(peut_reprendre(request.user))
    form = TableurForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        envoye = form.cleaned_data["tableur"]
        octets = envoye.read(TAILLE_MAXIMALE + 1)
        try:
            lire(envoye.name, octets)
        except TableurRefuse as refus:
            form.add_error("tableur", str(refus))
        else:
            depose = TableurDepose.objects.create(
                nom=nettoyer_nom(envoye.name)[:200], octets=octets, depose_par=moi(request),
                empreinte=hashlib.sha256(octets).hexdigest(),
            )  # fmt: skip
            return redirect("reprises:confirmer", pk=depose.pk)
    contexte = {"form": form, "colonnes": COLONNES}
    return render(request, "reprises/importer.html", contexte, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirmer(request: HttpRequest, pk: int) -> HttpResponse:
    """L'aperçu et le rapport d'erreurs ; reprendre tout, si rien ne va de travers. Contrôlé de nouveau à l'envoi.

    Une longue reprise continue sans la page, qui dit où elle en est.
    """
    exiger(peut_reprendre(request.user))
    depose = get_object_or_404(TableurDepose, pk=pk, depose_par=moi(request))
    if request.method == "POST":
        depose = lancer(depose, acteur=moi(request), inviter=request.POST.get("inviter") == "on")
    if depose.fini_le is not None and not depose.refus:
        messages.success(request, _combien(depose.reprises))
        return _vers_la_liste(request)
    if depose.en_cours:
        return render(request, "reprises/en_cours.html" + ("#avancement" if request.htmx else ""), {"depose": depose})
    controle = controler(lire(depose.nom, bytes(depose.octets)), acteur=moi(request))
    refus = depose.refus
    if request.GET.get("rapport") == "csv":
        return _rapport(controle.erreurs)
    contexte = {
        "depose": depose, "controle": controle, "refus": refus, "apercu": controle.valides[:APERCU],
        "erreurs": controle.erreurs[:ERREURS_MONTREES], "reste": max(0, len(controle.valides) - APERCU),
    }  # fmt: skip
    statut = 422 if refus and request.method == "POST" else 200
    return render(request, "reprises/confirmer.html", contexte, status=statut)


def _combien(nombre: int) -> str:
    return f"{nombre} équipes sont reprises." if nombre > 1 else "Une équipe est reprise."


def _vers_la_liste(request: HttpRequest) -> HttpResponse:
    """La liste ; un fragment ne peut pas rediriger seul, il le demande à la page."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": reverse("reprises:liste")})
    return redirect("reprises:liste")


def _rapport(erreurs: list[Erreur]) -> HttpResponse:
    """Le rapport d'erreurs entier, à ouvrir à côté du tableur."""
    sortie = HttpResponse(content_type="text/csv; charset=utf-8")
    sortie["Content-Disposition"] = 'attachment; filename="erreurs-de-reprise.csv"'
    sortie.write(rapport_csv(erreurs))
    return sortie


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """Une équipe reprise : ce qui l'a été, et ses actes numérisés."""
    exiger(peut_reprendre(request.user))
    reprise = get_object_or_404(reprises_de(request.user), pk=pk)
    form = ActeForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST":
        exiger(peut_completer(request.user, reprise))
        if form.is_valid():
            try:
                piece = joindre_un_acte(
                    reprise, form.cleaned_data["fichier"], acteur=moi(request), nature=form.cleaned_data["nature"]
                )
            except ErreurMetier as refus:
                form.add_error("fichier", str(refus))
            else:
                messages.success(request, f"« {piece.libelle} » est joint.")
                return redirect("reprises:fiche", pk=reprise.pk)
    pieces = _actes(reprise)
    passages = reprise.dossier.passages.all() if reprise.dossier else []
    reconnaissances = reprise.equipe.reconnaissances.all()
    contexte = {
        "reprise": reprise, "form": form, "pieces": pieces, "passages": passages, "reconnaissances": reconnaissances,
        "depot": (depot := depot_repris(reprise)), "manuscrites": manuscrites_de(depot) if depot else [],
    }  # fmt: skip
    return render(request, "reprises/fiche.html", contexte, status=422 if form.errors else 200)


def _actes(reprise: Reprise) -> list[PieceJointe]:
    """Les actes numérisés, et eux seuls : ce que l'équipe prépare d'autre n'est pas d'ici."""
    actes = PieceJointe.objects.filter(dossier=reprise.dossier_id, nature__in=NatureActe.values, retiree_le=None)
    return list(actes.select_related("fichier")) if reprise.dossier_id else []


@login_required
@lecture_seule
def acte(request: HttpRequest, pk: int, piece: int) -> HttpResponse:
    """Un acte numérisé, à relire."""
    exiger(peut_reprendre(request.user))
    trouve = next((a for a in _actes(get_object_or_404(reprises_de(request.user), pk=pk)) if a.pk == piece), None)
    if trouve is None:
        raise Http404("Cet acte n’est pas dans cette reprise.")
    return telecharger(trouve.fichier, lecteur=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page_signee(request: HttpRequest, pk: int) -> HttpResponse:
    """Joindre une page signée à la main, et dire qui l'a signée, et quand."""
    exiger(peut_reprendre(request.user))
    reprise = get_object_or_404(reprises_de(request.user), pk=pk)
    exiger(peut_completer(request.user, reprise))
    depot = depot_repris(reprise)
    if depot is None:
        messages.error(request, "Une page signée à la main ne se joint qu’à un dossier déposé avant Esperluette.")
        return redirect("reprises:fiche", pk=pk)
    membres, scans = membres_d_alors(depot), {str(p.pk): p for p in _actes(reprise)}
    form = PageSigneeForm(
        request.POST or None, request.FILES or None,
        membres=[(cle, f"{m['prenom']} {m['nom']}, {m['profession']}") for cle, m in membres.items()],
        scans=[(cle, f"{p.libelle} ({p.fichier.nom})") for cle, p in scans.items()],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        d = form.cleaned_data
        try:
            notees = joindre_une_page_signee(
                reprise, acteur=moi(request), televerse=d["fichier"], scan=scans.get(d.get("scan", "")),
                signee_le=d["signee_le"], signataires=_signataires(d, membres),
            )  # fmt: skip
        except ErreurMetier as refus:
            form.add_error("fichier" if isinstance(refus, FichierRefuse) else None, str(refus))
        else:
            messages.success(request, f"Page jointe : {', '.join(s.nom for s in notees)}.")
            return redirect("reprises:fiche", pk=pk)
    return render(
        request, "reprises/page_signee.html", {"reprise": reprise, "form": form}, status=422 if form.errors else 200
    )


def _signataires(donnees: dict[str, Any], membres: dict[str, dict[str, Any]]) -> list[Signataire]:
    choisis = [membres[cle] for cle in donnees.get("signataires", [])]
    nommes = [Signataire(f"{m['prenom']} {m['nom']}", m["profession"], m["membre"]) for m in choisis]
    return nommes + ([Signataire(donnees["nom"], donnees["qualite"])] if donnees["nom"] else [])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page_signee_retirer(request: HttpRequest, pk: int, signature: int) -> HttpResponse:
    """Retirer une page signée notée par erreur, après confirmation, avec son motif."""
    exiger(peut_reprendre(request.user))
    reprise = get_object_or_404(reprises_de(request.user), pk=pk)
    exiger(peut_completer(request.user, reprise))
    depot = depot_repris(reprise)
    manuscrites = depot.manuscrites.select_related("jointe_par") if depot else SignatureManuscrite.objects.none()
    page = get_object_or_404(manuscrites, pk=signature)
    form = RetraitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retirer_une_page_signee(reprise, page, acteur=moi(request), motif=form.cleaned_data["motif"])
        except ErreurMetier as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"La page signée par {page.nom} est retirée.")
            return redirect("reprises:fiche", pk=pk)
    contexte = {"reprise": reprise, "signature": page, "form": form}
    return render(request, "reprises/page_signee_retirer.html", contexte, status=422 if form.errors else 200)
