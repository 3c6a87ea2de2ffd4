"""Les valeurs locales de départ d'une région : contacts, séances, structures d'appui. Elles vivent ensuite en base."""

import datetime

from pydantic import model_validator

from esperluette.referentiel.montants import Montant
from esperluette.referentiel.sources import CodeCommune, CodeDepartement, CodeSiren, Fige, Identifiant, Phrase, Sourcee


class Territoire(Fige):
    """Où vaut un contact. Du plus précis au plus large : communes, intercommunalités, départements, région.

    `rubrique` : le département sous lequel le document le range ; ailleurs, l'attribution est une interprétation.
    `interpretes` : les codes dont l'attribution est notre lecture, et pourquoi.
    """

    communes: tuple[CodeCommune, ...] = ()
    epci: tuple[CodeSiren, ...] = ()
    departements: tuple[CodeDepartement, ...] = ()
    region: bool = False
    rubrique: CodeDepartement | None = None
    interpretes: dict[str, Phrase] = {}

    @model_validator(mode="after")
    def _quelque_part(self) -> "Territoire":
        codes = {*self.communes, *self.epci, *self.departements}
        if not codes and not self.region:
            raise ValueError("un contact vaut quelque part : « communes », « epci », « departements » ou « region »")
        if etrangers := set(self.interpretes) - codes:
            raise ValueError(f"« interpretes » vise des codes absents du territoire : {', '.join(sorted(etrangers))}")
        return self


class Contact(Sourcee):
    """Un interlocuteur. `nom` vide : le document ne nomme personne, le rôle le dit."""

    id: Identifiant
    nom: str = ""
    role: Phrase
    organisme: Phrase
    courriel: str | None = None
    telephone: str | None = None
    url: str = ""
    territoire: Territoire
    libelle_territoire: Phrase
    note: str = ""


class Seance(Sourcee):
    """Une date connue d'une instance. `depot_avant` : la date limite de dépôt, quand elle est connue."""

    instance: Identifiant
    date: datetime.date
    depot_avant: datetime.date | None = None
    lieu: str = ""

    @model_validator(mode="after")
    def _depot_avant_la_seance(self) -> "Seance":
        if self.depot_avant is not None and self.depot_avant > self.date:
            raise ValueError("« depot_avant » est après la séance")
        return self


class Personne(Fige):
    """Une personne à joindre dans une structure d'appui."""

    nom: Phrase
    telephone: str = ""
    courriel: str | None = None


class StructureAppui(Sourcee):
    """Une structure qui accompagne les équipes ; `labellisee_du/au` quand un label est daté."""

    id: Identifiant
    nom: Phrase
    sigle: str = ""
    description: Phrase
    telephones: tuple[Phrase, ...] = ()
    courriel: str | None = None
    adresse: str = ""
    url: str = ""
    labellisee_du: datetime.date | None = None
    labellisee_au: datetime.date | None = None
    personnes: tuple[Personne, ...] = ()
    tarif: Montant = None  # de sa prestation, quand il est publié


class AConfirmer(Sourcee):
    """Auprès de qui confirmer ce que les documents ne disent plus."""

    texte: Phrase
    url: str = ""


class Local(Fige):
    """Valeurs de départ : elles vivent ensuite en base, hors de l'empreinte de l'édition."""

    contacts: tuple[Contact, ...] = ()
    seances: tuple[Seance, ...] = ()
    structures: tuple[StructureAppui, ...] = ()
    a_confirmer: AConfirmer | None = None

    def seances_a_venir(self, le: datetime.date, instance: str | None = None) -> list[Seance]:
        """Les séances à partir de ce jour, la plus proche d'abord. Vide : le calendrier connu est passé."""
        retenues = (s for s in self.seances if s.date >= le and instance in (None, s.instance))
        return sorted(retenues, key=lambda s: s.date)
