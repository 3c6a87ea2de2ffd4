"""Ce qu'est une édition : ses types, sans Django. Tout vient des fichiers, rien d'une région n'est écrit ici."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol, TypeVar

from pydantic import StringConstraints

from esperluette.referentiel.aides import Aide, Quantite, Tranche
from esperluette.referentiel.avenants import PREFIXE as PREFIXE_AVENANT
from esperluette.referentiel.avenants import Avenant
from esperluette.referentiel.comprendre import Comprendre
from esperluette.referentiel.courriers import ModeleDeCourrier
from esperluette.referentiel.criteres import RegleLiee
from esperluette.referentiel.faits import FaitMembre, Faits
from esperluette.referentiel.grilles import Grille
from esperluette.referentiel.instances import Affaire, Avis, AvisPossibles, Fonctionnement, Instance, Siege
from esperluette.referentiel.local import AConfirmer, Contact, Local, Personne, Seance, StructureAppui, Territoire
from esperluette.referentiel.procedures import (
    Delai,
    Demarche,
    Etape,
    Piece,
    RegimeDecision,
    Signatures,
    Silence,
)
from esperluette.referentiel.questionnaire import Champ, Condition, Option, Rubrique, Trame
from esperluette.referentiel.regles import Critere, NatureCritere, Quota, Regle
from esperluette.referentiel.socle import Adaptation, Forme, Profession, Recours, Socle
from esperluette.referentiel.sources import Document, Fige, Identifiant, Phrase, Source, Sourcee
from esperluette.referentiel.verdicts import Reponse3, Verdict, au_moins_n, au_moins_un, tous

__all__ = [
    "AConfirmer", "Adaptation", "Affaire", "Aide", "Avis", "AvisPossibles", "Champ", "Comprendre", "Condition",
    "Contact", "Critere", "Delai", "Demarche", "Document", "Edition", "Entete", "Etape", "FaitMembre", "Faits",
    "Fonctionnement", "Forme", "Inconnue", "Instance", "Local", "ModeleDeCourrier", "NatureCritere", "Option",
    "Personne", "Piece",
    "Profession", "Quantite", "Quota", "Recours", "RegimeDecision", "Regle", "Reponse3", "Rubrique", "Seance", "Siege",
    "Signatures", "Silence", "Socle", "Source", "StructureAppui", "Territoire", "Trame", "Tranche", "Verdict",
    "au_moins_n", "au_moins_un", "tous",
]  # fmt: skip


class RegionDecrite(Fige):
    """La région d'une édition, telle qu'on l'écrit."""

    cle: Identifiant
    code: Phrase  # INSEE
    nom: Phrase
    dans: Phrase  # « en Bretagne »
    # Au milieu de la référence d'un dossier (« ESP-BRE-2026-00012 ») ; vide : le département de l'équipe.
    prefixe: Annotated[str, StringConstraints(pattern=r"^(?:[A-Z0-9]{2,5})?$")] = ""


class Couverture(Fige):
    """Ce que l'édition dit d'une forme : tout son chemin, ou la composition seulement."""

    complete: bool
    note: str = ""


class Changement(Sourcee):
    """Ce qui change depuis l'édition précédente."""

    texte: Phrase


class Inconnue(Fige):
    """Ce que l'édition ne sait pas, et auprès de qui le savoir. Un aveu : il n'a pas de source."""

    id: Identifiant
    sujet: Phrase
    texte: Phrase
    aupres_de: str = ""


class Entete(Fige):
    """edition.yaml"""

    region: RegionDecrite
    numero: Identifiant
    libelle: Phrase
    en_vigueur_du: datetime.date
    en_vigueur_au: datetime.date | None = None  # sans fin dite : jusqu'à l'édition suivante
    note_dates: str = ""
    socle: Phrase
    formes: dict[Identifiant, Couverture]
    documents: tuple[Document, ...]
    changements: tuple[Changement, ...] = ()
    adaptation: Adaptation = Adaptation()
    inconnues: tuple[Inconnue, ...] = ()


class _Identifie(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_Identifie)


@dataclass(frozen=True, eq=False)
class Edition:
    """Les règles d'une région à partir d'une date. Immuable ; `empreinte` couvre tout sauf `local.yaml` et `cas/`."""

    entete: Entete
    socle: Socle
    documents: Mapping[str, Document]
    criteres: tuple[Critere, ...]
    regles: Mapping[str, RegleLiee]
    chemin: tuple[Etape, ...]
    demarches: tuple[Demarche, ...]
    aides: tuple[Aide, ...]
    instances: tuple[Instance, ...]
    trames: Mapping[str, Trame]
    comprendre: Comprendre
    local: Local
    empreinte: str
    avenant: Avenant | None = None
    courriers: tuple[ModeleDeCourrier, ...] = ()
    grilles: tuple[Grille, ...] = ()
    dossier: str = field(default="", repr=False)

    @property
    def region(self) -> str:
        return self.entete.region.cle

    @property
    def numero(self) -> str:
        return self.entete.numero

    @property
    def libelle(self) -> str:
        return self.entete.libelle

    @property
    def en_vigueur_du(self) -> datetime.date:
        return self.entete.en_vigueur_du

    @property
    def en_vigueur_au(self) -> datetime.date | None:
        return self.entete.en_vigueur_au

    def en_vigueur(self, le: datetime.date) -> bool:
        return self.en_vigueur_du <= le and (self.en_vigueur_au is None or le <= self.en_vigueur_au)

    @property
    def inconnues(self) -> tuple[Inconnue, ...]:
        return self.entete.inconnues

    def chemin_de(self, forme: str) -> tuple[Etape, ...]:
        """Les étapes du chemin de cette forme, dans l'ordre où on les parcourt."""
        return tuple(e for e in self.chemin if not e.formes or forme in e.formes)

    def conditions(self) -> list[tuple[str, ...]]:
        """Les conditions de chaque démarche et de chaque aide."""
        return [d.conditions for d in self.demarches] + [a.conditions for a in self.aides]

    def critere(self, cle: str) -> Critere:
        return _par_id(self.criteres, cle)

    def demarche(self, cle: str) -> Demarche:
        """La démarche de cet identifiant, ou celle de l'avenant à un projet (« avenant-projet-de-sante »)."""
        if self.avenant is not None and cle.startswith(PREFIXE_AVENANT):
            return self.avenant.demarche(_par_id(self.demarches, cle.removeprefix(PREFIXE_AVENANT)))
        return _par_id(self.demarches, cle)

    def aide(self, cle: str) -> Aide:
        return _par_id(self.aides, cle)

    def instance(self, cle: str) -> Instance:
        return _par_id(self.instances, cle)

    def courrier(self, usage: str, demarche: str) -> ModeleDeCourrier:
        """Le modèle de courrier : celui de la région, pour cette démarche de préférence, sinon celui du pays.

        Lève `KeyError` si personne n'en a écrit.
        """
        for modeles in (self.courriers, self.socle.courriers):
            siens = [m for m in modeles if m.usage == usage and (not m.demarches or demarche in m.demarches)]
            if siens:
                return max(siens, key=lambda m: bool(m.demarches))
        raise KeyError(usage)

    def trame(self, demarche: str) -> Trame:
        """La trame d'une démarche en ligne ; lève `KeyError` si elle n'en a pas."""
        return self.trames[self.demarche(demarche).trame or ""]


def _par_id(elements: tuple[E, ...], cle: str) -> E:
    for element in elements:
        if element.id == cle:
            return element
    raise KeyError(cle)
