"""Ce que les échanges ajoutent aux pages d'un dossier, côté équipe ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.dossiers.contributions import Bloc, Onglet
from esperluette.dossiers.models import Dossier
from esperluette.echanges.lectures import non_lus
from esperluette.fichiers.models import Fichier


def onglets(dossier: Dossier, compte: Any) -> Iterator[Onglet]:
    """Le fil, et ce qu'on n'y a pas lu."""
    lien = reverse("echanges:fil", args=[dossier.reference])
    yield Onglet("echanges", "Échanges", lien, nombre=non_lus(dossier, compte), ordre=60)


def blocs(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    """Des messages attendent d'être lus."""
    nombre = non_lus(dossier, compte)
    if nombre:
        pluriel = "s" if nombre > 1 else ""
        yield Bloc(
            "echanges",
            f"{nombre} message{pluriel} à lire",
            f"Vous avez {nombre} message{pluriel} que vous n’avez pas lu{pluriel} dans les échanges de ce dossier.",
            lien=reverse("echanges:fil", args=[dossier.reference]),
            geste="Lire les échanges",
            ordre=20,
        )


def dossiers_du_fichier(fichier: Fichier) -> list[Dossier]:
    """Les dossiers dont un message porte ce fichier."""
    return list(Dossier.objects.filter(messages__pieces__fichier=fichier).select_related("equipe__implantation"))
