"""Ce que les chiffres demandés mettent sur la fiche d'un dossier, côté agent ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import Signalement


def signalements(dossier: Dossier, _compte: Any) -> Iterator[Signalement]:
    """L'équipe attend un chiffre de l'ARS."""
    attendues = list(dossier.sollicitations.en_attente().order_by("demandee_le", "pk"))
    if not attendues:
        return
    if len(attendues) == 1:
        lien = reverse("chiffres:demande", args=[attendues[0].pk])
        yield Signalement("L’équipe vous demande un chiffre", attendues[0].libelle, "attention", lien, "Y répondre")
        return
    titre = f"L’équipe vous demande {len(attendues)} chiffres"
    yield Signalement(titre, "", "attention", reverse("chiffres:liste"), "Y répondre")
