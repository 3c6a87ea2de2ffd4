"""Un champ seul : son enregistrement automatique, son historique, la restauration d'une version."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from esperluette.commun.comparaison import comparer
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.actions.redaction import enregistrer_reponse, restaurer_version
from esperluette.dossiers.affichage import identifiant_html
from esperluette.dossiers.chemins import CheminInconnu, champ_du_chemin
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.lectures_ecran import VersionAMontrer, rubrique_en_redaction, versions_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import ouvert_a_l_ecriture
from esperluette.dossiers.saisie import extraire, version_lue
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.referentiel.modele import Champ, Rubrique
from esperluette.referentiel.normalisation import ValeurRefusee


def _champ_ou_404(dossier: Dossier, chemin: str) -> tuple[Rubrique, Champ]:
    trame = trame_de(dossier)
    try:
        champ = champ_du_chemin(trame, chemin)
    except CheminInconnu as erreur:
        raise Http404(str(erreur)) from None
    return trame.rubrique_de(chemin.split("/")[0]), champ


@connexion_requise
def champ(request: HttpRequest, reference: str, chemin: str) -> HttpResponse:
    """GET : le champ, à jour. POST : enregistre une valeur et rend son état (200, 409 conflit, 422 refusée, 403)."""
    if request.method == "POST":
        return _enregistrer(request, dossier_visible(request, reference, avec_equipe=False), chemin)
    return _montrer(request, dossier_visible(request, reference), chemin)


@lecture_seule
def _montrer(request: HttpRequest, dossier: Dossier, chemin: str) -> HttpResponse:
    rubrique, _ = _champ_ou_404(dossier, chemin)
    return _fragment(request, dossier, rubrique, chemin)


def _fragment(
    request: HttpRequest, dossier: Dossier, rubrique: Rubrique, chemin: str, *, statut: int = 200
) -> HttpResponse:
    rubrique_lue = rubrique_en_redaction(dossier, rubrique.id, request.user)
    trouve = next((c for c in rubrique_lue.tous() if c.chemin == chemin), None)
    if trouve is None:
        raise Http404("Cette ligne a été retirée du tableau.")
    contexte = {"page": rubrique_lue, "dossier": dossier, "champ": trouve}
    return render(request, "dossiers/_champ.html", contexte, status=statut)


def _enregistrer(request: HttpRequest, dossier: Dossier, chemin: str) -> HttpResponse:
    rubrique, champ_lu = _champ_ou_404(dossier, chemin)
    version = version_lue(chemin, request.POST)
    if champ_lu.type == "tableau" or version is None:
        raise Http404("Ce champ ne s’enregistre pas ainsi.")
    contexte = {"chemin": chemin, "id": identifiant_html(chemin), "version": version}
    try:
        brut = extraire(champ_lu, chemin, request.POST)
        rendu = enregistrer_reponse(dossier, chemin, brut, version_lue=version, acteur=request.user)
    except ValeurRefusee as refus:
        return render(
            request, "dossiers/_etat.html", contexte | {"statut": "erreur", "erreur": str(refus)}, status=422
        )
    except Refus as refus:
        return render(request, "dossiers/_etat.html", contexte | {"statut": "refus", "erreur": str(refus)}, status=403)
    if rendu.conflit is not None:
        return _fragment(request, dossier, rubrique, chemin, statut=409)
    contexte |= {
        "statut": "enregistre",
        "version": rendu.version,
        "le": rendu.le,
        "avertissements": rendu.avertissements,
    }
    return render(request, "dossiers/_etat.html", contexte)


@connexion_requise
@lecture_seule
def historique(request: HttpRequest, reference: str, chemin: str) -> HttpResponse:
    """La frise des versions, et la comparaison de deux d'entre elles (par défaut : la dernière et la précédente)."""
    dossier = dossier_visible(request, reference)
    rubrique, champ_lu = _champ_ou_404(dossier, chemin)
    versions = versions_de(dossier, champ_lu, chemin)
    avant, apres = _a_comparer(request, versions)
    segments = comparer(avant.texte if avant else "", apres.texte) if apres else []
    return page(
        request, "historique", dossier, onglet="redaction", rubrique=rubrique, champ=champ_lu, chemin=chemin,
        ancre=identifiant_html(chemin), versions=versions, avant=avant, apres=apres, segments=segments,
        ecriture=_peut_ecrire(request, dossier, chemin),
    )  # fmt: skip


def _peut_ecrire(request: HttpRequest, dossier: Dossier, chemin: str) -> Permission:
    return peut_rediger(request.user, dossier) and ouvert_a_l_ecriture(dossier, chemin)


def _a_comparer(
    request: HttpRequest, versions: list[VersionAMontrer]
) -> tuple[VersionAMontrer | None, VersionAMontrer | None]:
    """Les deux versions demandées (`?de=2&a=5`), la plus ancienne d'abord ; inconnues : les deux dernières."""
    if not versions:
        return None, None
    par_numero = {str(v.numero): v for v in versions}
    apres = par_numero.get(request.GET.get("a", ""), versions[0])
    precedentes = [v for v in versions if v.numero < apres.numero]
    avant = par_numero.get(request.GET.get("de", ""), precedentes[0] if precedentes else None)
    if avant is not None and avant.numero > apres.numero:
        avant, apres = apres, avant
    return avant, apres


@connexion_requise
def restaurer(request: HttpRequest, reference: str, chemin: str, numero: int) -> HttpResponse:
    """Confirme, puis remet en place une version passée, comme une nouvelle version."""
    vue = _restaurer if request.method == "POST" else _confirmer_restauration
    return vue(request, dossier_visible(request, reference), chemin, numero)


@lecture_seule
def _confirmer_restauration(request: HttpRequest, dossier: Dossier, chemin: str, numero: int) -> HttpResponse:
    exiger(_peut_ecrire(request, dossier, chemin))
    _, champ_lu = _champ_ou_404(dossier, chemin)
    versions = versions_de(dossier, champ_lu, chemin)
    voulue = next((v for v in versions if v.numero == numero), None)
    if voulue is None:
        raise Http404("Cette version n’existe pas.")
    return page(
        request, "restaurer", dossier, onglet="redaction", champ=champ_lu, chemin=chemin, version=voulue,
        segments=comparer(versions[0].texte, voulue.texte),
    )  # fmt: skip


def _restaurer(request: HttpRequest, dossier: Dossier, chemin: str, numero: int) -> HttpResponse:
    rubrique, _ = _champ_ou_404(dossier, chemin)
    exiger(_peut_ecrire(request, dossier, chemin))
    try:
        restaurer_version(dossier, chemin, numero, acteur=request.user)
    except ErreurMetier as erreur:
        raise Http404(str(erreur)) from None
    messages.success(request, f"La version {numero} est de nouveau en place. Celle d’avant reste dans l’historique.")
    adresse = reverse("dossiers:rubrique", args=[dossier.reference, rubrique.id])
    return redirect(f"{adresse}#{identifiant_html(chemin)}")
