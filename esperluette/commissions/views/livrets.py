"""Le livret d'une séance : le demander, attendre qu'il soit produit, le télécharger."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from esperluette.commissions import droits
from esperluette.commissions.actions.livrets import demander_livret
from esperluette.commissions.livrets import livret_lisible
from esperluette.commissions.models import Livret, Seance
from esperluette.commissions.views.convocations import la_mienne
from esperluette.commissions.views.outils import dans_la_seance, faire, moi
from esperluette.commun.vues import lecture_seule
from esperluette.documents.reponses import telecharger


@require_POST
@dans_la_seance(droits.peut_preparer)
def demander(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Le livret du secrétariat."""
    return _demander(request, seance, redirect("commissions:seance", pk=seance.pk))


@require_POST
@login_required
def demander_le_mien(request: HttpRequest, jeton: UUID) -> HttpResponse:
    """Le livret du membre convoqué, sans les dossiers dont il est déporté."""
    mienne = la_mienne(request, jeton)
    return _demander(request, mienne.seance, redirect("commissions:convocation", jeton=jeton))


def _demander(request: HttpRequest, seance: Seance, retour: HttpResponse) -> HttpResponse:
    format = request.POST.get("format", "pdf")
    livret = faire(request, lambda: demander_livret(seance, acteur=moi(request), format=format), "")
    return redirect("commissions:livret", pk=livret.pk) if livret is not None else retour


def _lisible(request: HttpRequest, pk: int) -> Livret:
    livrets = Livret.objects.select_related("seance__instance__region", "seance__instance__departement", "document")
    livret = get_object_or_404(livrets, pk=pk)
    if not livret_lisible(moi(request), livret):
        raise Http404("Ce livret n’est pas à vous, ou ne l’est plus.")
    return livret


@lecture_seule
@login_required
def livret(request: HttpRequest, pk: int) -> HttpResponse:
    """Prêt à télécharger, en préparation, ou impossible : la page le dit."""
    demande = _lisible(request, pk)
    contexte = {"livret": demande, "seance": demande.seance, "instance": demande.seance.instance}
    return render(request, "commissions/livret.html", contexte)


@lecture_seule
@login_required
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Le fichier."""
    demande = _lisible(request, pk)
    if demande.document is None:
        raise Http404("Ce livret n’est pas encore prêt.")
    return telecharger(demande.document)
