"""Ce que le portail montre d'une commune, et où il mène chacun."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.equipes.models import Equipe
from esperluette.interlocuteurs.lectures import ReponseContacts, contacts_de
from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.referentiel.modele import AConfirmer, Aide, Demarche, Edition, Instance, Seance
from esperluette.territoires.models import Commune


@dataclass(frozen=True, slots=True)
class Calendrier:
    """La prochaine séance connue, ou la dernière passée et auprès de qui confirmer la suite."""

    prochaine: Seance | None
    derniere: Seance | None
    instance: Instance | None
    a_confirmer: AConfirmer | None


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
        calendrier=calendrier(edition, le=le) if edition else None,
    )


def calendrier(edition: Edition, *, le: datetime.date, demarche: Demarche | None = None) -> Calendrier:
    """La prochaine séance à partir de ce jour, de l'instance de la démarche si elle est dite."""
    cle = demarche.instance if demarche else None
    concernees = [s for s in edition.local.seances if cle in (None, s.instance)]
    a_venir = edition.local.seances_a_venir(le, cle)
    prochaine = a_venir[0] if a_venir else None
    derniere = max((s for s in concernees if s.date < le), key=lambda s: s.date, default=None)
    montree = prochaine or derniere
    return Calendrier(
        prochaine=prochaine,
        derniere=derniere,
        instance=edition.instance(montree.instance) if montree else None,
        a_confirmer=edition.local.a_confirmer,
    )


def chez_soi(compte: Any) -> str:
    """L'adresse où mener quelqu'un qui vient de se connecter."""
    if not isinstance(compte, Compte):
        return reverse("portail:accueil")
    equipes = list(Equipe.objects.de_membre(compte).values_list("pk", flat=True)[:2])
    if perimetre(compte).est_agent:
        return reverse("instruction:liste")
    return reverse("equipes:fiche", args=equipes) if len(equipes) == 1 else reverse("equipes:liste")


def codes_connus(codes: Iterable[str]) -> set[str]:
    """Parmi des codes INSEE, ceux d'une commune d'aujourd'hui ou d'hier."""
    from esperluette.territoires.models import AncienneCommune  # noqa
    return set()
