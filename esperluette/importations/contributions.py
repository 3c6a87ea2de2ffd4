"""Ce que l'import ajoute aux pages d'un dossier."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from esperluette.dossiers.contributions import Bloc, Geste, Onglet
from esperluette.dossiers.models import Dossier
from esperluette.importations.droits import peut_importer
from esperluette.importations.enums import EtatImportation


def onglets(dossier: Dossier, compte: Any) -> Iterable[Onglet]:
    """« Importer », tant que le dossier se rédige et qu'on peut y écrire."""
    if dossier.est_modifiable and peut_importer(compte, dossier):
        yield Onglet("importer", "Importer", reverse("importations:importer", args=[dossier.reference]), ordre=10)


def blocs(dossier: Dossier, compte: Any) -> Iterable[Bloc]:
    """Une relecture commencée se rappelle, là où on revient."""
    if not dossier.est_modifiable:
        return
    ouverte = dossier.importations.ouvertes().select_related("piece__fichier").first()
    if ouverte is None or not peut_importer(compte, dossier):
        return
    suite = "à relire, rubrique par rubrique" if ouverte.etat == EtatImportation.A_RELIRE else "en cours de lecture"
    attend = ouverte.etat == EtatImportation.A_RELIRE
    yield Bloc(
        "importation",
        "Une trame importée vous attend" if attend else "Une trame se lit",
        f"« {ouverte.piece.fichier.nom} » est {suite}.",
        lien=reverse("importations:relire", args=[dossier.reference, ouverte.pk]),
        geste="Reprendre la relecture" if attend else "Voir où elle en est",
        ordre=20,
    )


def gestes(compte: Any) -> Iterable[Geste]:
    """Dans la liste des dossiers : « J'ai déjà rempli la trame Word »."""
    yield Geste("J’ai déjà rempli la trame Word", reverse("importations:choisir"))
