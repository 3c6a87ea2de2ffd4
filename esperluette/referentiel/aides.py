"""Les aides d'une région : ce qu'elles financent, pour qui, à quelles conditions, combien."""

from typing import Literal

from pydantic import model_validator

from esperluette.referentiel.montants import Montant
from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee

SorteAide = Literal["financement", "accompagnement", "appel_a_projets"]


class Tranche(Fige):
    """Une part d'une aide et ce qui la déclenche."""

    libelle: Phrase
    montant: Montant = None
    declencheur: Phrase


class Quantite(Fige):
    """Une fourchette publiée quand le montant ne l'est pas (« 3 à 7 réunions »)."""

    minimum: int
    maximum: int
    unite: Phrase


class Aide(Sourcee):
    """Ce que la région finance ou apporte. `montant` vaut `None` quand il n'est pas publié : la note le dit."""

    id: Identifiant
    libelle: Phrase
    sorte: SorteAide = "financement"
    formes: tuple[Identifiant, ...]
    description: Phrase
    objets: tuple[Phrase, ...] = ()  # ce qu'elle finance
    montant: Montant
    montant_note: str = ""
    quantite: Quantite | None = None
    beneficiaire: Phrase
    conditions: tuple[Identifiant, ...] = ()
    demarche: Identifiant | None = None
    tranches: tuple[Tranche, ...] = ()
    echeance_note: str = ""

    @model_validator(mode="after")
    def _montant_explique(self) -> "Aide":
        if self.montant is None and not self.montant_note:
            raise ValueError("sans montant publié, « montant_note » le dit")
        return self
