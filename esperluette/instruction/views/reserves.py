"""Côté agent : suivre les réserves de la commission, et lire l'extrait de son procès-verbal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import non
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.deliberations.actions import reserves as actions
from esperluette.deliberations.lectures import extraits_de, reserves_de
from esperluette.deliberations.models import EtapeDeReserve, Reserve
from esperluette.deliberations.views.proces_verbal import servir
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.reponses import telecharger
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche

SUCCES = {
    "lever": "La réserve est levée. L’équipe en est prévenue.",
    "abandonner": "La réserve est abandonnée. L’équipe en est prévenue.",
    "rouvrir": "La réserve est rouverte. L’équipe en est prévenue.",
}


@login_required
@lecture_seule
def reserves(request: HttpRequest, reference: str) -> HttpResponse:
    """Chaque réserve, son état, son histoire, et ce qu'on peut en faire."""
    return _page(request, dossier_instruit(request, reference))


def _page(
    request: HttpRequest, dossier: Dossier, *, statut: int = 200, saisi: dict[str, str] | None = None
) -> HttpResponse:
    return page_de_fiche(
        request, dossier, "commission", "instruction/reserves.html", statut=statut,
        reserves=list(reserves_de(dossier)), suivre=peut_instruire(request.user, dossier), saisi=saisi or {},
    )  # fmt: skip


@login_required
@require_POST
def suivre(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Lever, abandonner avec motif, ou rouvrir une réserve."""
    dossier = dossier_instruit(request, reference)
    reserve = get_object_or_404(Reserve, pk=pk, dossier=dossier, definitive_le__isnull=False)
    geste, motif = request.POST.get("geste", ""), request.POST.get("motif", "")
    try:
        if geste == "lever":
            actions.lever(reserve, acteur=request.user, texte=motif)
        elif geste == "abandonner":
            actions.abandonner(reserve, acteur=request.user, motif=motif)
        elif geste == "rouvrir":
            actions.rouvrir(reserve, acteur=request.user, motif=motif)
        else:
            raise ErreurMetier("Ce geste n’existe pas. Rechargez la page.")
    except Refus as refus:
        exiger(non(str(refus)))
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
        return _page(request, dossier, statut=422, saisi={"reserve": str(pk), "motif": motif, "geste": geste})
    messages.success(request, SUCCES[geste])
    return redirect("instruction:reserves", reference)


@login_required
@lecture_seule
def fichier(request: HttpRequest, reference: str, etape: int) -> HttpResponse:
    """Un justificatif déposé par l'équipe."""
    dossier = dossier_instruit(request, reference)
    etapes = EtapeDeReserve.objects.filter(reserve__dossier=dossier, reserve__definitive_le__isnull=False)
    trouvee = get_object_or_404(etapes.exclude(fichier=None).select_related("fichier"), pk=etape)
    assert trouvee.fichier is not None  # noqa: S101 — la requête l'exclut
    return telecharger(trouvee.fichier, lecteur=request.user)


@login_required
@lecture_seule
def extrait(request: HttpRequest, reference: str, pk: int, format: str) -> HttpResponse:
    """L'extrait du procès-verbal de ce dossier, dans un format ; un projet tant qu'il n'est pas validé."""
    dossier = dossier_instruit(request, reference)
    un = get_object_or_404(extraits_de(dossier), pk=pk)
    return servir(un, un.proces_verbal, format)
