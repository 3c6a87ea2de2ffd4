"""La rédaction, une page par rubrique, et ce qui manque."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.reprises import reprendre as reprendre_les_reponses
from esperluette.dossiers.affichage import identifiant_html, moment, valeur_lisible
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.lectures import qui_signe
from esperluette.dossiers.lectures_ecran import (
    RubriqueEnRedaction,
    manques_par_endroit,
    premiere_a_remplir,
    rubrique_en_redaction,
)
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.reprises import reprises_pour
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, est_un_script, page
from esperluette.dossiers.views.enregistrement import Bilan, Erreur, Saisie, champ_du_geste, ecrire, saisies_de
from esperluette.dossiers.views.gestes import NOM, Effet, appliquer
from esperluette.referentiel.normalisation import ValeurRefusee


@connexion_requise
@lecture_seule
def redaction(request: HttpRequest, reference: str) -> HttpResponse:
    """Ouvre la première rubrique où il manque une réponse."""
    dossier = dossier_visible(request, reference)
    return redirect("dossiers:rubrique", reference, premiere_a_remplir(dossier).id)


@connexion_requise
def rubrique(request: HttpRequest, reference: str, rubrique_id: str) -> HttpResponse:
    """Une rubrique : on la lit, on l'écrit, on y fait un geste."""
    vue = _enregistrer if request.method == "POST" else _montrer
    return vue(request, dossier_visible(request, reference), rubrique_id)


@connexion_requise
@lecture_seule
def presence(request: HttpRequest, reference: str, rubrique_id: str) -> HttpResponse:
    """Le menu à jour, et qui écrit où : demandé toutes les trente secondes par la page."""
    rubrique_lue = _page_ou_404(dossier_visible(request, reference), rubrique_id, request.user)
    return render(request, "dossiers/_presence.html", {"page": rubrique_lue, "dossier": rubrique_lue.dossier})


@connexion_requise
@lecture_seule
def manques(request: HttpRequest, reference: str) -> HttpResponse:
    """Ce qui manque avant de figer, chaque manque relié à son champ."""
    dossier = dossier_visible(request, reference)
    groupes = manques_par_endroit(dossier) if dossier.est_modifiable else []
    return page(
        request, "manques", dossier, onglet="redaction", groupes=groupes,
        total=sum(len(groupe.manques) for groupe in groupes), ecriture=peut_rediger(request.user, dossier),
        exige=qui_signe(dossier) != "aucune", a_reprendre=_a_reprendre(request, dossier),
    )  # fmt: skip


def _a_reprendre(request: HttpRequest, dossier: Dossier) -> list[str]:
    """Les dossiers dont des réponses peuvent encore être reprises ici, du plus ancien au plus récent."""
    if not peut_rediger(request.user, dossier):
        return []
    sources = {r.origine.dossier for r in reprises_pour(dossier)}
    return [d.demarche_libelle for d in sorted(sources, key=lambda d: d.pk)]


@connexion_requise
@require_POST
def reprendre(request: HttpRequest, reference: str) -> HttpResponse:
    """Reprend, dans les champs que personne n'a écrits, ce que l'équipe a répondu dans ses autres dossiers."""
    dossier = dossier_visible(request, reference)
    exiger(peut_rediger(request.user, dossier))
    nombre = reprendre_les_reponses(dossier, acteur=request.user)
    if nombre:
        pluriel = "s" if nombre > 1 else ""
        messages.success(request, f"{nombre} réponse{pluriel} reprise{pluriel}. Relisez ce qui doit changer.")
    else:
        messages.info(request, "Il n’y a rien à reprendre : aucune autre réponse de l’équipe ne convient ici.")
    return redirect("dossiers:manques", reference)


def _page_ou_404(dossier: Dossier, rubrique_id: str, compte: Compte) -> RubriqueEnRedaction:
    try:
        return rubrique_en_redaction(dossier, rubrique_id, compte)
    except KeyError:
        raise Http404("Cette rubrique n’existe pas dans la trame.") from None


@lecture_seule
def _montrer(request: HttpRequest, dossier: Dossier, rubrique_id: str) -> HttpResponse:
    rubrique_lue = _page_ou_404(dossier, rubrique_id, request.user)
    _annoncer_ligne_retiree(rubrique_lue, request.GET.get("tableau", ""), request.GET.get("retiree", ""))
    return page(request, "rubrique", dossier, onglet="redaction", page=rubrique_lue)


def _annoncer_ligne_retiree(rubrique_lue: RubriqueEnRedaction, tableau: str, ligne: str) -> None:
    champ = rubrique_lue.champ(tableau)
    if champ is not None and ligne.isalnum() and len(ligne) <= 40 and all(x.id != ligne for x in champ.lignes):
        champ.ligne_retiree = ligne


def _enregistrer(request: HttpRequest, dossier: Dossier, rubrique_id: str) -> HttpResponse:
    rubrique_lue = _page_ou_404(dossier, rubrique_id, request.user)
    saisies = saisies_de(request, rubrique_lue.trame, {c.id for c in rubrique_lue.rubrique.champs})
    reprises = {c.chemin: c.reprise for c in rubrique_lue.champs}
    bilan = ecrire(dossier, saisies, reprises, acteur=request.user)
    geste, effet = request.POST.get(NOM, ""), None
    try:
        if bilan.refus:
            raise Refus(bilan.refus)
        if geste:
            effet = appliquer(dossier, geste, request.POST, acteur=request.user)
    except Refus as refus:
        return _refuser(request, dossier, saisies, str(refus))
    except (ErreurMetier, ValeurRefusee) as erreur:
        bilan.erreurs.setdefault(champ_du_geste(geste), Erreur(str(erreur), getattr(erreur, "saisie", None)))
    if est_un_script(request):
        return _fragment(request, dossier, rubrique_id, geste, effet, bilan)
    if bilan.erreurs:
        return _remontrer(request, dossier, rubrique_id, bilan)
    return _suite(request, dossier, rubrique_id, effet, bilan)


def _refuser(request: HttpRequest, dossier: Dossier, saisies: list[Saisie], motif: str) -> HttpResponse:
    """403 : la raison, et tout ce qui avait été saisi, à recopier."""
    if est_un_script(request):
        return render(request, "dossiers/_refus.html", {"motif": motif}, status=403)
    textes = [(s.champ.libelle.rstrip(" :"), valeur_lisible(s.champ, s.brut)) for s in saisies]
    return page(
        request, "refus", dossier, onglet="redaction", statut=403, motif=motif, textes=[t for t in textes if t[1]]
    )


def _fragment(
    request: HttpRequest, dossier: Dossier, rubrique_id: str, geste: str, effet: Effet | None, bilan: Bilan
) -> HttpResponse:
    """Le champ touché, rendu à neuf, et le menu."""
    rubrique_lue = _page_ou_404(dossier, rubrique_id, request.user)
    _reporter(rubrique_lue, bilan)
    chemin = effet.chemin if effet else champ_du_geste(geste)
    champ = rubrique_lue.champ(chemin.split("/")[0])
    if champ is None:
        raise Http404("Ce champ n’est pas dans cette rubrique.")
    champ.ligne_retiree = effet.ligne_retiree if effet else ""
    return render(
        request,
        "dossiers/_fragment.html",
        {"page": rubrique_lue, "dossier": dossier, "champ": champ, "effet": effet},
    )


def _reporter(rubrique_lue: RubriqueEnRedaction, bilan: Bilan) -> None:
    for champ in rubrique_lue.tous():
        if champ.chemin in bilan.erreurs:
            erreur = bilan.erreurs[champ.chemin]
            champ.erreur, champ.saisie, champ.candidates = erreur.message, erreur.saisie, erreur.candidates


def _remontrer(request: HttpRequest, dossier: Dossier, rubrique_id: str, bilan: Bilan) -> HttpResponse:
    rubrique_lue = _page_ou_404(dossier, rubrique_id, request.user)
    _reporter(rubrique_lue, bilan)
    erreurs = [c for c in rubrique_lue.tous() if c.erreur]
    autres = [e.message for chemin, e in bilan.erreurs.items() if chemin not in {c.chemin for c in erreurs}]
    return page(
        request, "rubrique", dossier, onglet="redaction", statut=422, page=rubrique_lue, erreurs=erreurs, autres=autres
    )


def _suite(
    request: HttpRequest, dossier: Dossier, rubrique_id: str, effet: Effet | None, bilan: Bilan
) -> HttpResponse:
    """Recharge la page, au bon endroit, en disant ce qui s'est passé."""
    adresse = reverse("dossiers:rubrique", args=[dossier.reference, rubrique_id])
    if bilan.conflits:
        messages.warning(
            request, "Quelqu’un avait écrit avant vous : les deux textes sont gardés, choisissez lequel retenir."
        )
        return redirect(f"{adresse}#{identifiant_html(bilan.conflits[0])}")
    if effet is not None:
        if effet.ligne_retiree:
            return redirect(f"{adresse}?tableau={effet.chemin}&retiree={effet.ligne_retiree}#{effet.cible}")
        messages.success(request, effet.message)
        ancre = (
            effet.cible if "/" not in effet.cible and effet.cible != effet.chemin else identifiant_html(effet.chemin)
        )
        return redirect(f"{adresse}#{ancre}")
    messages.success(
        request,
        f"Rubrique enregistrée {moment(timezone.now())}."
        if bilan.ecrits
        else "Rien n’avait changé : tout était déjà enregistré.",
    )
    return redirect(adresse)
