"""Les équipes reconnues, vues de l'ARS : la liste à surveiller, la fiche, les mesures."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.formulaires import Formulaire
from esperluette.commun.permissions import Permission
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.models import Compte
from esperluette.documents.reponses import telecharger
from esperluette.reconnaissances import droits
from esperluette.reconnaissances.actions import composition, retrait, suspension
from esperluette.reconnaissances.forms import DecisionDeRetraitForm, DelaiForm, RetraitForm, SuspensionForm
from esperluette.reconnaissances.lectures import (
    a_surveiller,
    alerte_ouverte,
    constats,
    limite_du_retrait,
    pour_l_agent,
    regles_de,
    retrait_ouvert,
)
from esperluette.reconnaissances.models import Alerte, Reconnaissance, Retrait, Suspension

PAR_PAGE = 50


def moi(request: HttpRequest) -> Compte:
    """Le compte connecté ; à n'appeler que derrière `login_required`."""
    return cast(Compte, request.user)


def _suivie(request: HttpRequest, pk: int) -> Reconnaissance:
    """La reconnaissance, avec son équipe et ce qui lui arrive ; 404 hors du périmètre."""
    if not droits.suit_des_equipes(request.user):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    trouvees = pour_l_agent(request.user).prefetch_related(
        "equipe__membres", "equipe__communes", "equipe__declarations", "suspensions__prononcee_par"
    )
    return get_object_or_404(trouvees, pk=pk)


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les équipes reconnues de mon périmètre ; d'abord celles qui demandent un regard."""
    if not droits.suit_des_equipes(request.user):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    toutes = pour_l_agent(request.user)
    surveillees = a_surveiller(toutes)
    choix = "toutes" if request.GET.get("vue") == "toutes" else "a-surveiller"
    page = Paginator(toutes if choix == "toutes" else surveillees, PAR_PAGE).get_page(request.GET.get("page"))
    lignes = [(r, alerte_ouverte(r), retrait_ouvert(r)) for r in page]
    nombres = {
        "a-surveiller": page.paginator.count if choix == "a-surveiller" else surveillees.count(),
        "toutes": page.paginator.count if choix == "toutes" else toutes.count(),
    }
    vues = [("a-surveiller", "Équipes à surveiller"), ("toutes", "Toutes les équipes reconnues")]
    contexte = {
        "page": page, "lignes": lignes, "choix": choix, "vues": [(c, libelle, nombres[c]) for c, libelle in vues],
    }  # fmt: skip
    return render(request, "reconnaissances/liste.html", contexte)


@login_required
@lecture_seule
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """La reconnaissance, ce qui lui arrive, et ce qu'on peut y faire."""
    return _page(request, _suivie(request, pk))


def _page(
    request: HttpRequest, reconnaissance: Reconnaissance, *, delai: DelaiForm | None = None, statut: int = 200
) -> HttpResponse:
    regles = regles_de(reconnaissance)
    contexte = {
        "reconnaissance": reconnaissance,
        "alerte": alerte_ouverte(reconnaissance),
        "manques": constats(reconnaissance, regles) if reconnaissance.est_en_cours else [],
        "regles": regles,
        "retrait": retrait_ouvert(reconnaissance),
        "decides": [r for r in reconnaissance.retraits.all() if not r.est_ouvert],
        "suspension": reconnaissance.suspension_en_cours,
        "peut_suspendre": droits.peut_suspendre(request.user, reconnaissance),
        "peut_suivre": droits.peut_suivre(request.user, reconnaissance),
        "delai": delai or DelaiForm(),
    }
    return render(request, "reconnaissances/fiche.html", contexte, status=statut)


@login_required
@lecture_seule
def attestation(request: HttpRequest, pk: int) -> HttpResponse:
    """L'attestation, telle qu'elle a été gardée."""
    reconnaissance = _suivie(request, pk)
    if reconnaissance.attestation is None:
        raise Http404("Cette attestation n’est pas encore produite.")
    return telecharger(reconnaissance.attestation)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def suspendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Suspendre la reconnaissance, en disant pourquoi."""
    reconnaissance = _suivie(request, pk)

    def geste(form: Formulaire) -> None:
        suspension.suspendre(reconnaissance, acteur=moi(request), **form.cleaned_data)

    return _mesure(
        request, reconnaissance, SuspensionForm, droits.peut_suspendre(request.user, reconnaissance), geste,
        gabarit="suspendre", succes="La reconnaissance est suspendue. L’équipe est prévenue.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def envisager(request: HttpRequest, pk: int) -> HttpResponse:
    """Notifier à l'équipe l'intention de retirer, avec ses motifs et un délai pour répondre."""
    reconnaissance = _suivie(request, pk)

    def geste(form: Formulaire) -> None:
        retrait.envisager(reconnaissance, acteur=moi(request), **form.cleaned_data)

    return _mesure(
        request, reconnaissance, RetraitForm, droits.peut_suivre(request.user, reconnaissance), geste,
        gabarit="envisager", succes="L’intention est notifiée à l’équipe. La reconnaissance vaut toujours.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decider(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Retirer ou maintenir, une fois l'équipe entendue."""
    reconnaissance = _suivie(request, pk)
    ouvert = get_object_or_404(Retrait, pk=numero, reconnaissance=reconnaissance)
    ouvert.reconnaissance = reconnaissance

    def geste(form: Formulaire) -> None:
        retrait.decider(ouvert, acteur=moi(request), **form.cleaned_data)

    return _mesure(
        request, reconnaissance, DecisionDeRetraitForm, droits.peut_suspendre(request.user, reconnaissance), geste,
        gabarit="decider", succes="La décision est notifiée à l’équipe.", retrait=ouvert,
    )  # fmt: skip


def _mesure(
    request: HttpRequest, reconnaissance: Reconnaissance, sorte: type[Formulaire], permission: Permission,
    geste: Callable[[Formulaire], None], *, gabarit: str, succes: str, **contexte: Any,
) -> HttpResponse:  # fmt: skip
    """Le formulaire d'une mesure : le droit d'abord, le geste ensuite, le refus à côté du champ."""
    exiger(permission)
    form = sorte(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            geste(form)
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, succes)
            return redirect("reconnaissances:fiche", pk=reconnaissance.pk)
    commun = {"reconnaissance": reconnaissance, "form": form, "limite": limite_du_retrait(reconnaissance), **contexte}
    statut = 422 if form.errors else 200
    return render(request, f"reconnaissances/{gabarit}.html", commun, status=statut)


@require_POST
@login_required
def lever(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Lever la suspension : la reconnaissance vaut de nouveau."""
    reconnaissance = _suivie(request, pk)
    exiger(droits.peut_suspendre(request.user, reconnaissance))
    sienne = get_object_or_404(Suspension, pk=numero, reconnaissance=reconnaissance)
    try:
        suspension.lever(sienne, acteur=moi(request))
    except ErreurMetier as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "La suspension est levée. L’équipe est prévenue.")
    return redirect("reconnaissances:fiche", pk=reconnaissance.pk)


@require_POST
@login_required
def delai(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Fixer jusqu'à quand l'équipe peut rétablir sa composition."""
    reconnaissance = _suivie(request, pk)
    exiger(droits.peut_suivre(request.user, reconnaissance))
    alerte = get_object_or_404(Alerte, pk=numero, reconnaissance=reconnaissance)
    alerte.reconnaissance = reconnaissance
    form = DelaiForm(request.POST)
    if form.is_valid():
        try:
            composition.fixer_le_delai(alerte, acteur=moi(request), delai_le=form.cleaned_data["delai_le"])
        except ErreurMetier as refus:
            alerte.refresh_from_db(fields=["close_le"])
            if alerte.close_le is not None:  # rétablie entre-temps : il n'y a plus de champ à côté duquel le dire
                messages.error(request, str(refus))
                return redirect("reconnaissances:fiche", pk=reconnaissance.pk)
            form.add_error("delai_le", str(refus))
        else:
            messages.success(request, "Le délai est fixé. L’équipe est prévenue.")
            return redirect("reconnaissances:fiche", pk=reconnaissance.pk)
    return _page(request, reconnaissance, delai=form, statut=422)
