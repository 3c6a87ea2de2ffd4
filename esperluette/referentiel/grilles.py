"""Ce que l'agent, puis la commission, regardent dans un dossier : des questions sourcées, jamais une note.

Une édition écrit les siennes (`grilles.yaml`) ; à défaut, celles du socle national valent pour la forme visée.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee

if TYPE_CHECKING:
    from esperluette.referentiel.modele import Edition

Usage = Literal["instruction", "commission"]
Volet = Literal["conformite", "completude", "pertinence"]
Echelle = Literal["oui_non", "trois_degres", "texte"]

LIBELLES_DES_VOLETS: dict[str, str] = {
    "conformite": "Ce que l’édition demande",
    "completude": "Complétude",
    "pertinence": "Pertinence",
}
VALEURS: dict[str, dict[str, str]] = {
    "oui_non": {"oui": "Oui", "non": "Non"},
    "trois_degres": {"oui": "Oui", "en_partie": "En partie", "non": "Non"},
    "texte": {},
}


class CritereDeGrille(Sourcee):
    """Une question de la grille. `critere_edition` : la règle dont le verdict s'affiche à côté."""

    id: Identifiant
    enonce: Phrase
    aide: str = ""
    volet: Volet = "pertinence"
    echelle: Echelle = "trois_degres"
    critere_edition: Identifiant | None = None
    notions: tuple[Identifiant, ...] = ()  # les champs qu'elle vise, par leur notion, d'une trame à l'autre

    @property
    def valeurs(self) -> dict[str, str]:
        """Les réponses possibles et leur libellé ; aucune quand la réponse est un texte."""
        return VALEURS[self.echelle]


class Grille(Fige):
    """Les questions d'un `usage`, pour ces démarches, ou à défaut pour ces formes (vides : toutes)."""

    id: Identifiant
    libelle: Phrase
    usage: Usage
    formes: tuple[Identifiant, ...] = ()
    demarches: tuple[Identifiant, ...] = ()
    criteres: tuple[CritereDeGrille, ...]

    @model_validator(mode="after")
    def _demarches_ou_formes(self) -> "Grille":
        if self.demarches and self.formes:
            raise ValueError("une grille vise des « demarches » ou des « formes », pas les deux")
        if not self.criteres:
            raise ValueError("une grille a au moins un critère")
        return self

    def vaut_pour(self, demarche: str, formes: Iterable[str]) -> bool:
        if self.demarches:
            return demarche in self.demarches
        return not self.formes or bool(set(self.formes) & set(formes))

    def critere(self, cle: str) -> CritereDeGrille:
        """Le critère de cet identifiant ; lève `KeyError`."""
        for critere in self.criteres:
            if critere.id == cle:
                return critere
        raise KeyError(cle)


class FichierGrilles(Fige):
    """grilles.yaml"""

    grilles: tuple[Grille, ...] = ()


def grille_de(edition: "Edition", demarche: str, usage: Usage) -> Grille | None:
    """La grille de cet usage pour cette démarche : celle de l'édition, sinon celle du socle, sinon aucune.

    Lève `KeyError` si la démarche n'existe pas.
    """
    formes = edition.demarche(demarche).formes
    voulues = [g for g in (*edition.grilles, *edition.socle.grilles) if g.usage == usage]
    # Une grille qui nomme la démarche l'emporte sur celle qui vaut pour toute la forme.
    precises = (g for g in voulues if demarche in g.demarches)
    return next(precises, next((g for g in voulues if g.vaut_pour(demarche, formes)), None))
