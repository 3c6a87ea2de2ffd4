"""L'onglet « Grille » : lire, répondre critère par critère, ranger deux réponses saisies en même temps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.models import Dossier
from esperluette.instruction import grille as grilles
from esperluette.instruction.models_fiche import LigneEnConflit
from esperluette.instruction.views.commun import dossier_instruit, faire_signe_a_l_ouverture, page_de_fiche


@login_required
@faire_signe_a_l_ouverture
@lecture_seule
def grille(request: HttpRequest, reference: str) -> HttpResponse:
    """La grille d'instruction du dossier."""
    dossier = dossier_instruit(request, reference)
    lue = grilles.grille_du_dossier(dossier, request.user)
    return page_de_fiche(request, dossier, "grille", "instruction/grille.html", grille=lue)


@login_required
@require_POST
def ligne(request: HttpRequest, reference: str, critere: str) -> HttpResponse:
    """Répondre à un critère. Un refus revient à côté de la question, avec ce qui était saisi."""
    dossier = dossier_instruit(request, reference)
    exiger(grilles.peut_remplir(request.user, dossier))
    valeur, texte = request.POST.get("valeur", ""), request.POST.get("texte", "")
    version = request.POST.get("version", "")
    try:
        fait = grilles.enregistrer_ligne(
            dossier, critere, valeur=valeur, texte=texte, acteur=request.user,
            version_lue=int(version) if version.isdecimal() and len(version) < 9 else 0,
        )  # fmt: skip
    except grilles.CritereInconnu:
        raise Http404("Cette question n’est pas dans la grille du dossier.") from None
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        return _remontrer(request, dossier, critere, valeur, texte, str(erreur))
    if fait.conflit is not None:
        mot = "Un autre agent a répondu pendant ce temps : les deux réponses sont gardées, choisissez."
    else:
        mot = "Réponse enregistrée." if fait.change else "Rien n’a changé."
    return _apres(request, dossier, critere, mot, conflit=fait.conflit is not None)


@login_required
@require_POST
def ranger(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Choisir entre deux réponses saisies en même temps."""
    dossier = dossier_instruit(request, reference)
    exiger(grilles.peut_remplir(request.user, dossier))
    conflits = LigneEnConflit.objects.filter(ligne__dossier=dossier).select_related("ligne__dossier", "auteur")
    conflit = get_object_or_404(conflits, pk=pk)
    try:
        grilles.ranger(conflit, request.POST.get("choix", ""), acteur=request.user)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        return _apres(request, dossier, conflit.ligne.critere, str(erreur), conflit=True)
    return _apres(request, dossier, conflit.ligne.critere, "C’est rangé : une seule réponse reste.")


def _apres(request: HttpRequest, dossier: Dossier, critere: str, mot: str, *, conflit: bool = False) -> HttpResponse:
    """Le fragment de la ligne pour un script ; sinon, la page, à la hauteur de la question."""
    if request.htmx:
        return _fragment(request, dossier, critere, mot=mot)
    (messages.warning if conflit else messages.success)(request, mot)
    return redirect(f"{reverse('instruction:grille', args=[dossier.reference])}#{_ancre(critere)}")


def _remontrer(
    request: HttpRequest, dossier: Dossier, critere: str, valeur: str, texte: str, erreur: str
) -> HttpResponse:
    if request.htmx:
        return _fragment(request, dossier, critere, saisie=(valeur, texte), erreur=erreur)
    lue = grilles.grille_du_dossier(dossier, request.user)
    _montrer_le_refus(grilles.ligne_a_montrer(lue, critere), (valeur, texte), erreur)
    return page_de_fiche(request, dossier, "grille", "instruction/grille.html", statut=422, grille=lue)


def _fragment(
    request: HttpRequest, dossier: Dossier, critere: str, *, mot: str = "", saisie: tuple[str, str] | None = None,
    erreur: str = "",
) -> HttpResponse:  # fmt: skip
    lue = grilles.grille_du_dossier(dossier, request.user)
    try:
        montree = grilles.ligne_a_montrer(lue, critere)
    except grilles.CritereInconnu:
        raise Http404("Cette question n’est pas dans la grille du dossier.") from None
    if saisie is not None:
        _montrer_le_refus(montree, saisie, erreur)
    contexte = {"dossier": dossier, "grille": lue, "ligne": montree, "mot": mot}
    return render(request, "instruction/_ligne_de_grille.html", contexte)


def _montrer_le_refus(montree: grilles.LigneAMontrer, saisie: tuple[str, str], erreur: str) -> None:
    montree.valeur, montree.texte = saisie
    montree.erreur = erreur


def _ancre(critere: str) -> str:
    return "critere-" + critere.replace(":", "--")
