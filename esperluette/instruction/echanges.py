"""Ce que les échanges mettent sur la fiche d'un dossier, côté agent ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.dossiers.models import Dossier
from esperluette.echanges.lectures import nombre_de_notes, non_lus
from esperluette.instruction.contributions import Onglet


def onglets(dossier: Dossier, compte: Any) -> Iterator[Onglet]:
    """Le fil, avec ce que cet agent n'a pas lu ; les notes que l'équipe ne voit jamais."""
    lien = reverse("instruction:echanges", args=[dossier.reference])
    yield Onglet("echanges", "Échanges", lien, nombre=non_lus(dossier, compte), ordre=30)
    lien = reverse("instruction:notes", args=[dossier.reference])
    yield Onglet("notes", "Notes internes", lien, nombre=nombre_de_notes(dossier, compte), ordre=35)
