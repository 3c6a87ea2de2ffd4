"""Ce que l'instruction met elle-même sur la fiche d'un dossier ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.dossiers.cycle import permission
from esperluette.dossiers.models import Dossier
from esperluette.instruction.affectations import peut_affecter
from esperluette.instruction.contributions import Geste, Onglet


def onglets(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """Le dossier tel qu'il a été déposé."""
    yield Onglet("dossier", "Dossier", reverse("instruction:fiche", args=[dossier.reference]), ordre=0)


def gestes(dossier: Dossier, compte: Any) -> Iterator[Geste]:
    """Prendre en instruction, tant que personne ne l'a fait ; confier à un agent, tant qu'il est ouvert."""
    if permission(dossier, "prendre_en_instruction", compte):
        lien = reverse("instruction:prendre", args=[dossier.reference])
        yield Geste("prendre", "Prendre en instruction", lien, principal=True, direct=True, ordre=0)
    if peut_affecter(compte, dossier):
        lien = reverse("instruction:affecter", args=[dossier.reference])
        yield Geste("affecter", "Confier à un agent", lien, ordre=90)
