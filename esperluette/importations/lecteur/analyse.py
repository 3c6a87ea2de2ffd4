"""Ce que l'on comprend d'un fichier : des propositions, leur raison, et ce qui reste à ranger à la main."""

from dataclasses import dataclass, field
from typing import Any

from esperluette.importations.lecteur.blocs import Bloc, en_html, en_texte
from esperluette.importations.lecteur.tableaux import MembreLu
from esperluette.importations.lecteur.valeurs import CommuneLue

SURE, PROBABLE = 0.95, 0.8


@dataclass(frozen=True, slots=True)
class Proposition:
    """Une réponse trouvée pour un champ. D'un tableau : ses lignes, colonne par colonne, sans identifiant."""

    rubrique: str
    champ: str
    valeur: Any
    texte: str
    confiance: float
    raison: str

    @property
    def certitude(self) -> str:
        return "sure" if self.confiance >= SURE else "probable" if self.confiance >= PROBABLE else "a_verifier"


@dataclass(frozen=True, slots=True)
class Morceau:
    """Ce qui n'a pas trouvé sa question. `rubrique` et `champ` : où c'était, et où cela irait peut-être."""

    texte: str
    html: str
    raison: str
    rubrique: str = ""
    champ: str = ""


@dataclass(frozen=True, slots=True)
class RubriqueLue:
    """Un titre du fichier, et la rubrique où il mène."""

    rubrique: str
    titre: str
    confiance: float
    raison: str


@dataclass(slots=True)
class Analyse:
    """Le résultat entier d'une lecture."""

    format: str
    propositions: list[Proposition] = field(default_factory=list)
    morceaux: list[Morceau] = field(default_factory=list)
    membres: list[MembreLu] = field(default_factory=list)
    rubriques: list[RubriqueLue] = field(default_factory=list)

    def proposition(self, champ: str) -> Proposition | None:
        return next((p for p in self.propositions if p.champ == champ), None)


def morceau_de(blocs: list[Bloc], raison: str, *, rubrique: str = "", champ: str = "") -> Morceau:
    return Morceau(en_texte(blocs), en_html(blocs), raison, rubrique, champ)


def en_json(valeur: Any) -> Any:
    """Une valeur lue, en JSON : une commune y est son nom, suivi de son code s'il est écrit."""
    if isinstance(valeur, CommuneLue):
        return str(valeur)
    if isinstance(valeur, list):
        return [en_json(v) for v in valeur]
    if isinstance(valeur, dict):
        return {cle: en_json(v) for cle, v in valeur.items()}
    return valeur
