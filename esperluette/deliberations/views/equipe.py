"""Côté équipe : les réserves de la commission, les preuves qu'on y dépose, l'extrait reçu avec la décision."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import non
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.deliberations.actions import reserves as actions
from esperluette.deliberations.droits import peut_prouver
from esperluette.deliberations.forms import PreuveForm
from esperluette.deliberations.lectures import extrait_ouvert_a_l_equipe, extraits_de, reserves_de
from esperluette.deliberations.models import EtapeDeReserve, Reserve
from esperluette.deliberations.views.proces_verbal import servir
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.fichiers.reponses import telecharger


@connexion_requise
@lecture_seule
def reserves(request: HttpRequest, reference: str) -> HttpResponse:
    """Chaque réserve, son état, son histoire, et de quoi y répondre."""
    return _page(request, dossier_visible(request, reference))


def _page(
    request: HttpRequest, dossier: Dossier, *, form: PreuveForm | None = None, de: int = 0, statut: int = 200
) -> HttpResponse:
    lignes = []
    for reserve in reserves_de(dossier):
        reserve.dossier = dossier
        sien = form if form is not None and reserve.pk == de else PreuveForm(prefix=f"r{reserve.pk}")
        lignes.append((reserve, sien if peut_prouver(request.user, reserve) else None))
    extraits = [e for e in extraits_de(dossier) if extrait_ouvert_a_l_equipe(e, dossier)]
    return page(
        request, "deliberations/reserves.html", dossier, onglet="reserves", statut=statut, lignes=lignes,
        extraits=extraits,
    )  # fmt: skip


@connexion_requise
@require_POST
def preuve(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Déposer une preuve."""
    dossier = dossier_visible(request, reference)
    reserve = get_object_or_404(Reserve, pk=pk, dossier=dossier, definitive_le__isnull=False)
    form = PreuveForm(request.POST, request.FILES, prefix=f"r{pk}")
    if not form.is_valid():
        return _page(request, dossier, form=form, de=pk, statut=422)
    try:
        actions.prouver(
            reserve, acteur=request.user, texte=form.cleaned_data["texte"], upload=form.cleaned_data["fichier"]
        )
    except Refus as refus:
        exiger(non(str(refus)))
    except Conflit as conflit:
        messages.error(request, str(conflit))
        return redirect("deliberations_equipe:reserves", reference)
    except ErreurMetier as erreur:
        form.add_error("fichier" if form.cleaned_data["fichier"] else "texte", str(erreur))
        return _page(request, dossier, form=form, de=pk, statut=422)
    messages.success(request, "Votre réponse est déposée. L’ARS en est prévenue.")
    return redirect("deliberations_equipe:reserves", reference)


@connexion_requise
@lecture_seule
def fichier(request: HttpRequest, reference: str, etape: int) -> HttpResponse:
    """Un justificatif déposé par l'équipe."""
    dossier = dossier_visible(request, reference)
    etapes = EtapeDeReserve.objects.filter(reserve__dossier=dossier, reserve__definitive_le__isnull=False)
    trouvee = get_object_or_404(etapes.exclude(fichier=None).select_related("fichier"), pk=etape)
    assert trouvee.fichier is not None  # noqa: S101 — la requête l'exclut
    return telecharger(trouvee.fichier, lecteur=request.user)


@connexion_requise
@lecture_seule
def extrait(request: HttpRequest, reference: str, pk: int, format: str) -> HttpResponse:
    """L'extrait du procès-verbal, remis avec la décision."""
    dossier = dossier_visible(request, reference)
    un = get_object_or_404(extraits_de(dossier), pk=pk)
    if not extrait_ouvert_a_l_equipe(un, dossier):
        raise Http404("L’extrait est remis avec la décision.")
    return servir(un, un.proces_verbal, format)
