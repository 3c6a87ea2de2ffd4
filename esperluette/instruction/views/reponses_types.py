"""Les réponses types d'une région : tenues par ses agents et son administrateur."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.echanges import actions
from esperluette.echanges.droits import peut_tenir_les_reponses, regions_tenues
from esperluette.echanges.forms import ReponseTypeForm
from esperluette.echanges.lectures import MOTS
from esperluette.echanges.models import ReponseType

METHODES = ("GET", "HEAD", "POST")


def _la_sienne(request: HttpRequest, pk: int) -> ReponseType:
    """La réponse type d'une région que ce compte tient ; 404 sinon."""
    siennes = ReponseType.objects.filter(region__in=regions_tenues(request.user)).select_related("region")
    return get_object_or_404(siennes, pk=pk)


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les réponses types, région par région ; celles qu'on ne propose plus à la fin."""
    exiger(peut_tenir_les_reponses(request.user))
    reponses = ReponseType.objects.filter(region__in=regions_tenues(request.user))
    reponses = reponses.select_related("region", "modifiee_par").order_by("region__nom", "-actif", "intitule", "pk")
    return render(request, "instruction/reponses_types.html", {"reponses": reponses})


@login_required
@require_http_methods(METHODES)
def nouvelle(request: HttpRequest) -> HttpResponse:
    """Créer une réponse type."""
    exiger(peut_tenir_les_reponses(request.user))
    regions = regions_tenues(request.user)
    form = ReponseTypeForm(request.POST or None, regions=regions)
    if request.method == "POST" and form.is_valid():
        region = form.cleaned_data.get("region") or regions[0]
        if _enregistrer(request, form, partial(actions.creer_reponse_type, region)):
            messages.success(request, "La réponse type est créée. Vos collègues de la région peuvent l’insérer.")
            return redirect("instruction:reponses_types")
    return _page(request, form, None)


@login_required
@require_http_methods(METHODES)
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Changer une réponse type ; ce qui a déjà été envoyé ne change pas."""
    exiger(peut_tenir_les_reponses(request.user))
    reponse = _la_sienne(request, pk)
    initial = {"intitule": reponse.intitule, "texte": reponse.texte}
    form = ReponseTypeForm(request.POST or None, initial=initial, reponse=reponse)
    geste = partial(actions.modifier_reponse_type, reponse)
    if request.method == "POST" and form.is_valid() and _enregistrer(request, form, geste):
        messages.success(request, "La réponse type est enregistrée.")
        return redirect("instruction:reponses_types")
    return _page(request, form, reponse)


@login_required
@require_POST
def activer(request: HttpRequest, pk: int) -> HttpResponse:
    """Cesser de proposer une réponse type, ou la proposer de nouveau (`actif=oui`)."""
    exiger(peut_tenir_les_reponses(request.user))
    reponse, actif = _la_sienne(request, pk), request.POST.get("actif") == "oui"
    actions.activer_reponse_type(reponse, acteur=request.user, actif=actif)
    messages.success(request, "Elle est de nouveau proposée." if actif else "Elle n’est plus proposée.")
    return redirect("instruction:reponses_types")


def _enregistrer(request: HttpRequest, form: ReponseTypeForm, geste: Callable[..., ReponseType]) -> bool:
    try:
        geste(acteur=request.user, intitule=form.cleaned_data["intitule"], texte=form.cleaned_data["texte"])
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as refus:
        form.add_error("intitule", str(refus))
        return False
    return True


def _page(request: HttpRequest, form: ReponseTypeForm, reponse: ReponseType | None) -> HttpResponse:
    contexte = {"form": form, "reponse": reponse, "mots": MOTS}
    return render(request, "instruction/reponse_type.html", contexte, status=422 if form.errors else 200)
