"""Ce que le portail montre d'une commune, et où il mène chacun."""

import datetime
from dataclasses import dataclass
from typing import Any

from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.referentiel.modele import Aide, Edition
from esperluette.territoires.models import Commune


@dataclass(frozen=True, slots=True)
class FicheCommune:
    """Ce qui attend une équipe dans cette commune. Sans édition, on dit qu'on ne connaît pas les règles."""

    commune: Commune
    edition: Edition | None
    interlocuteurs: Any

    @property
    def aides(self) -> list[Aide]:
        """Les aides prévues pour une équipe de soins primaires, puis pour les autres formes."""
        return list(self.edition.aides) if self.edition else []


def fiche_commune(commune: Commune, *, le: datetime.date) -> FicheCommune:
    """Région, interlocuteur, prochaine commission et aides d'une commune, ce jour-là."""
    return FicheCommune(
        commune=commune,
        edition=edition_en_vigueur(commune.region.cle, le),
        interlocuteurs=interlocuteurs(commune, le=le),
    )


def interlocuteurs(commune: Commune, *, le: datetime.date) -> Any:
    return None
