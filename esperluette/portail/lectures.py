"""Ce que le portail montre d'une commune, et où il mène chacun."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.equipes.models import Equipe
from esperluette.instruction.lectures import est_agent
from esperluette.interlocuteurs.calendrier import Calendrier, calendrier_de
from esperluette.interlocuteurs.lectures import ReponseContacts, contacts_de
from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.referentiel.modele import Aide, Edition
from esperluette.territoires.models import AncienneCommune, Commune


@dataclass(frozen=True, slots=True)
class FicheCommune:
    """Ce qui attend une équipe dans cette commune. Sans édition, on dit qu'on ne connaît pas les règles."""

    commune: Commune
    interlocuteurs: ReponseContacts
    edition: Edition | None = None
    calendrier: Calendrier | None = None

    @property
    def aides(self) -> list[Aide]:
        """Les aides que la région prévoit, toutes formes confondues."""
        return list(self.edition.aides) if self.edition else []


def fiche_commune(commune: Commune, *, le: datetime.date) -> FicheCommune:
    """Région, interlocuteur, prochaine commission et aides d'une commune, ce jour-là."""
    edition = edition_en_vigueur(commune.region.cle, le)
    return FicheCommune(
        commune=commune,
        interlocuteurs=contacts_de(commune),
        edition=edition,
        calendrier=calendrier_de(edition.region, le) if edition else None,
    )


def chez_soi(compte: Any) -> str:
    """L'adresse où mener quelqu'un qui vient de se connecter."""
    if not isinstance(compte, Compte):
        return reverse("portail:accueil")
    if est_agent(compte):
        return reverse("instruction:liste")
    equipes = list(Equipe.objects.de_membre(compte).values_list("pk", flat=True)[:2])
    return reverse("equipes:fiche", args=equipes) if len(equipes) == 1 else reverse("equipes:liste")


def codes_connus(codes: Iterable[str]) -> set[str]:
    """Parmi des codes INSEE, ceux d'une commune d'aujourd'hui ou d'hier ; deux requêtes."""
    voulus = set(codes)
    connus = set(Commune.objects.filter(pk__in=voulus).values_list("pk", flat=True))
    return connus | set(AncienneCommune.objects.filter(code__in=voulus).values_list("code", flat=True))
