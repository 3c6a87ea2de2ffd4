"""Ce que partagent les pages d'une séance : laquelle, à quel titre, et comment répondre à un script."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from esperluette.commissions.droits import concerne, siege_de
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Point, Seance, Siege
from esperluette.deliberations.actions.saisies import Reponse
from esperluette.deliberations.droits import peut_mener
from esperluette.dossiers.models import Depot

STATUTS = {"ok": 200, "conflit": 409, "refus": 422}


def seance_connue(request: HttpRequest, pk: int) -> tuple[Seance, Siege | None]:
    """La séance et le siège qu'on y tient ; 404 pour qui n'y a aucun titre."""
    seances = Seance.objects.select_related("instance__region", "instance__departement", "seconde_de")
    seance = get_object_or_404(seances, pk=pk)
    siege = siege_de(request.user, seance)
    if siege is None and not (peut_mener(request.user, seance) or concerne(request.user, seance.instance)):
        raise Http404("Cette séance ne vous est pas ouverte.")
    return seance, siege


def point_lisible(request: HttpRequest, seance: Seance, pk: int) -> Point:
    """Un point dont ce membre voit le dossier ; 404 sinon (déport, non convoqué, ancien mandat)."""
    points = points_visibles(request.user).select_related(
        "dossier__equipe__implantation__departement", "dossier__equipe__implantation__region", "rapporteur"
    )
    point = get_object_or_404(points, pk=pk, seance=seance)
    point.seance = seance
    return point


def dernier_depot(point: Point) -> Depot | None:
    """Le dernier dépôt reçu du dossier."""
    depots = point.dossier.depots.filter(depose_le__isnull=False).select_related("document")
    return depots.order_by("-numero").first()


def veut_du_json(request: HttpRequest) -> bool:
    """Vrai pour une saisie envoyée par nos scripts."""
    return request.headers.get("X-Esperluette") == "saisie"


def en_json(reponse: Reponse, **suite: Any) -> HttpResponse:
    """La réponse d'une saisie, avec le statut HTTP qui dit s'il faut la garder ou non."""
    return JsonResponse(reponse.en_json() | suite, status=STATUTS[reponse.statut])
