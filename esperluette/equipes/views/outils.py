"""Ce que partagent les vues : trouver l'équipe, noter la visite d'un accompagnateur, dire un refus."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.equipes import actions, droits, tableau
from esperluette.equipes.models import Equipe

Vue = Callable[..., HttpResponse]


def avec_equipe(page: str) -> Callable[[Vue], Vue]:
    """Donne à la vue l'équipe visible désignée par l'adresse (404 sinon) ; note la visite d'un accompagnateur.

    La note est prise ici, avant la vue : celle-ci peut rester en lecture seule.
    """

    def decorer(vue: Vue) -> Vue:
        @login_required
        @wraps(vue)
        def emballee(request: HttpRequest, pk: int, **suite: Any) -> HttpResponse:
            equipe = get_object_or_404(Equipe.objects.visibles_par(request.user).avec_membres(), pk=pk)
            if request.method == "GET":
                actions.consigner_consultation(equipe, acteur=request.user, page=page)
            return vue(request, equipe, **suite)

        return emballee

    return decorer


def moi(request: HttpRequest) -> Compte:
    """Le compte connecté ; à n'appeler que derrière `login_required`."""
    return cast(Compte, request.user)


def page(request: HttpRequest, equipe: Equipe, gabarit: str, onglet: str, **contexte: Any) -> HttpResponse:
    """Une page de l'espace de l'équipe, avec son bandeau, ses onglets et ce que la personne peut y faire.

    `gabarit` : « membres », ou « diagnostics/patientele » pour une app du dessus.
    """
    compte = request.user
    soi = droits.membre_de(compte, equipe)
    commun = {
        "equipe": equipe,
        "onglet": onglet,
        "onglets": tableau.onglets(equipe, compte),
        "soi": soi,
        "acces": None if soi else droits.acces_de(compte, equipe),
        "peut_modifier": droits.peut_modifier(compte, equipe),
        "peut_inviter": droits.peut_inviter(compte, equipe),
    }
    statut = 422 if any(getattr(v, "errors", None) for v in contexte.values()) else 200
    nom = f"{gabarit}.html" if "/" in gabarit else f"equipes/{gabarit}.html"
    return render(request, nom, commun | contexte, status=statut)


def faire(request: HttpRequest, geste: Callable[[], Any], succes: str) -> bool:
    """Exécute un geste ; dit sa réussite, ou la raison de son refus. Vrai si le geste est fait."""
    try:
        geste()
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return False
    messages.success(request, succes)
    return True


def saisir(
    request: HttpRequest,
    equipe: Equipe,
    form: Any,
    geste: Callable[[], str],
    *,
    onglet: str,
    apres: str,
    retour: str = "",
    **ecran: Any,
) -> HttpResponse:
    """Un formulaire de l'équipe : bon, il se fait, le dit et mène à `apres` ; sinon il revient avec ses raisons.

    `geste` fait l'acte et rend la phrase qui l'annonce ; un refus se lit dans le formulaire, rien n’est perdu.
    """
    if form.is_valid():
        try:
            succes = geste()
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, succes)
            return vers(apres, equipe)
    return page(request, equipe, "formulaire", onglet, form=form, retour=f"equipes:{retour or onglet}", **ecran)


def confirmer(request: HttpRequest, equipe: Equipe, *, onglet: str, **contexte: Any) -> HttpResponse:
    """La page qui demande confirmation avant un geste qu'on ne reprend pas."""
    return page(request, equipe, "confirmer", onglet, **contexte)


def vers(nom: str, equipe: Equipe) -> HttpResponse:
    """Vers une page de l'équipe."""
    return redirect(f"equipes:{nom}", pk=equipe.pk)
