"""Côté agent : les chiffres que des équipes demandent, et y répondre."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.formulaires import Formulaire
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role
from esperluette.sollicitations import actions
from esperluette.sollicitations.droits import peut_repondre
from esperluette.sollicitations.forms import ChiffreForm, IndisponibleForm
from esperluette.sollicitations.lectures import a_traiter_par, pour_l_agent, traitees_par
from esperluette.sollicitations.models import Sollicitation

PAR_PAGE = 25
RECENTES = 10
FOURNIR, INDISPONIBLE = "fournir", "indisponible"


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les demandes de mon territoire, la plus ancienne d'abord ; puis les dernières réponses."""
    if not a_un_role(request.user, *Role.LECTEURS):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    pages = Paginator(a_traiter_par(request.user), PAR_PAGE)
    contexte = {
        "page": pages.get_page(request.GET.get("page")), "traitees": list(traitees_par(request.user)[:RECENTES]),
    }  # fmt: skip
    return render(request, "sollicitations/demandes.html", contexte)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def demande(request: HttpRequest, pk: int) -> HttpResponse:
    """Une demande : ce qu'on demande, qui, où ; donner le chiffre, ou dire qu'on ne l'a pas."""
    sollicitation = get_object_or_404(pour_l_agent(request.user), pk=pk)
    if request.method != "POST":
        return _montrer(request, sollicitation, ChiffreForm(), IndisponibleForm())
    geste = request.POST.get("geste")
    form: Formulaire = IndisponibleForm(request.POST) if geste == INDISPONIBLE else ChiffreForm(request.POST)
    if not sollicitation.issue:  # déjà répondue, l'action dit par qui
        exiger(peut_repondre(request.user, sollicitation))
    if form.is_valid() and _repondre(request, sollicitation, form):
        return redirect("chiffres:liste")
    chiffre = form if isinstance(form, ChiffreForm) else ChiffreForm()
    absent = form if isinstance(form, IndisponibleForm) else IndisponibleForm()
    sollicitation.refresh_from_db()
    return _montrer(request, sollicitation, chiffre, absent, statut=422, refuse=form)


def _repondre(request: HttpRequest, sollicitation: Sollicitation, form: Formulaire) -> bool:
    geste: Any = actions.ne_pas_avoir if isinstance(form, IndisponibleForm) else actions.fournir
    try:
        geste(sollicitation, acteur=request.user, **form.cleaned_data)
    except Conflit as conflit:
        form.add_error(None, f"{conflit} La vôtre n’a pas été enregistrée.")
        return False
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as refus:
        form.add_error("valeur" if isinstance(form, ChiffreForm) else "motif", str(refus))
        return False
    messages.success(request, "Votre réponse est envoyée. L’équipe en est prévenue.")
    return True


def _montrer(
    request: HttpRequest, sollicitation: Sollicitation, chiffre: ChiffreForm, absent: IndisponibleForm,
    *, statut: int = 200, refuse: Formulaire | None = None,
) -> HttpResponse:  # fmt: skip
    dossier = sollicitation.dossier
    contexte = {
        "demande": sollicitation, "equipe": dossier.equipe, "chiffre": chiffre, "absent": absent, "refuse": refuse,
        "reponse": peut_repondre(request.user, sollicitation),
        # Déposé, le dossier est à l'agent ; avant, la demande ne montre qu'elle-même.
        "lien": f"/instruction/{dossier.reference}/" if dossier.depose_le is not None else "",
    }  # fmt: skip
    return render(request, "sollicitations/demande.html", contexte, status=statut)
