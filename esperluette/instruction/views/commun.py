"""Ce que partagent les pages d'un dossier côté agent : lequel, son bandeau, ses onglets."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from esperluette.dossiers.delais import explication, horloge_de
from esperluette.dossiers.lectures import phrase_pour
from esperluette.dossiers.models import Depot, Dossier
from esperluette.instruction.contributions import gestes_de, onglets_de, signalements_de
from esperluette.instruction.lectures import dossiers_de
from esperluette.instruction.presence import faire_signe, presents

LONGUEUR_REFERENCE = 40


def dossier_instruit(request: HttpRequest, reference: str) -> Dossier:
    """Le dossier, avec son équipe et son territoire ; 404 s'il n'est pas dans le périmètre de l'agent."""
    dossiers = dossiers_de(request.user).select_related(
        "equipe__implantation__epci", "equipe__implantation__departement", "equipe__implantation__region",
        "instruit_par", "affecte_a",
    )  # fmt: skip
    return get_object_or_404(dossiers, reference=reference)


def depot_recu(dossier: Dossier, numero: int | None = None) -> Depot:
    """Un dépôt reçu par l'ARS, le dernier par défaut ; les versions jamais déposées restent à l'équipe."""
    depots = dossier.depots.filter(depose_le__isnull=False).select_related("document", "accuse")
    return get_object_or_404(depots, numero=numero) if numero is not None else depots[0]


def page_de_fiche(
    request: HttpRequest,
    dossier: Dossier,
    onglet: str,
    gabarit: str,
    *,
    statut: int = 200,
    sans: str = "",
    **contexte: Any,
) -> HttpResponse:
    """Une page du dossier, sous son bandeau ; `gabarit` étend « instruction/fiche_base.html ».

    Le bandeau ne répète ni le geste qui mène à cette page, ni le geste `sans`, qu'elle offre elle-même.
    """
    horloge = horloge_de(dossier)
    commun = {
        "dossier": dossier,
        "onglet": onglet,
        "onglets": onglets_de(dossier, request.user),
        "gestes": [g for g in gestes_de(dossier, request.user) if g.lien != request.path and g.cle != sans],
        "signalements": signalements_de(dossier, request.user),
        "phrase": phrase_pour(dossier, "agent"),
        "horloge": horloge,
        "explication": explication(dossier, horloge),
        "presents": presents(dossier, request.user),
    }
    return render(request, gabarit, commun | contexte, status=statut)


def faire_signe_a_l_ouverture(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Note, avant une page qui ne fait que lire, que cet agent regarde le dossier : ses collègues le voient."""

    @wraps(vue)
    def emballee(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and len(reference) <= LONGUEUR_REFERENCE:
            dossier = dossiers_de(request.user).filter(reference=reference).only("pk").first()
            if dossier is not None:
                faire_signe(dossier, request.user)
        return vue(request, reference, *args, **kwargs)

    return emballee
