"""Ce qu'une app met dans l'archive d'un dossier : des pièces, et pour qui elles sont faites.

Une pièce sait se lire par morceaux ; elle ne tient jamais entière en mémoire quand elle vient d'un fichier gardé.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string

from esperluette.documents.canonique import canonique, empreinte_octets
from esperluette.documents.erreurs import ProductionImpossible

MORCEAU = 256 * 1024
GABARIT = "documents/emport.html"


class Public(StrEnum):
    """Pour qui l'archive est faite."""

    EQUIPE = "equipe"
    ARS = "ars"


@dataclass(frozen=True, slots=True)
class Regard:
    """Qui emporte : l'équipe ou l'ARS, et la personne. Sans personne : la ligne de commande, au nom de ce public."""

    pour: Public
    compte: Any = None

    @property
    def est_ars(self) -> bool:
        return self.pour == Public.ARS


class PieceManquante(Exception):
    """Cette pièce ne peut pas être jointe ; le texte dit pourquoi, à qui ouvrira l'archive."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Un fichier de l'archive. `chemin` : où il y est ; `titre` : ce que c'est ; `le` : sa date.

    `lire` rend ses octets par morceaux, ou lève `PieceManquante`. `empreinte` : le SHA-256 attendu, s'il est connu :
    un fichier gardé qui ne le donne plus est signalé, jamais joint en silence.
    """

    chemin: str
    titre: str
    lire: Callable[[], Iterable[bytes]]
    le: datetime | None = None
    taille: int | None = None
    empreinte: str = ""
    accueil: bool = False


def piece_octets(
    chemin: str, titre: str, octets: bytes, *, le: datetime | None = None, accueil: bool = False
) -> Piece:
    """Des octets déjà en mémoire, petits."""
    return Piece(chemin, titre, lambda: [octets], le, len(octets), empreinte_octets(octets), accueil)


def piece_json(chemin: str, titre: str, valeur: Any, *, le: datetime | None = None) -> Piece:
    """Une donnée, en JSON canonique : deux états égaux donnent les mêmes octets."""
    return piece_octets(chemin, titre, canonique(valeur), le=le)


@dataclass(frozen=True, slots=True)
class Section:
    """Une partie d'une page lisible : un titre, des lignes « nom, valeur », puis du texte tel qu'il a été écrit."""

    titre: str
    lignes: Sequence[tuple[str, Any]] = ()
    texte: str = ""


def piece_page(
    chemin: str, titre: str, sections: Iterable[Section], *, le: datetime | None = None, accueil: bool = True
) -> Piece:
    """Une page HTML qui se lit seule, hors ligne ; tout texte y est échappé."""
    html = render_to_string(GABARIT, {"titre": titre, "sections": list(sections)})
    return piece_octets(chemin, titre, html.encode(), le=le, accueil=accueil)


def piece_gardee(
    chemin: str, titre: str, contenu: FieldFile, *, empreinte: str = "", le: datetime | None = None, retenue: str = ""
) -> Piece:
    """Un fichier gardé par le stockage, tel quel. `retenue` : pourquoi il ne peut pas sortir (l'antivirus)."""

    def lire() -> Iterator[bytes]:
        if retenue:
            raise PieceManquante(retenue)
        try:
            ouvert = contenu.storage.open(str(contenu.name), "rb")
        except OSError as erreur:
            raise PieceManquante("Le stockage ne rend pas ce fichier.") from erreur
        with ouvert:
            while morceau := ouvert.read(MORCEAU):
                yield morceau

    return Piece(chemin, titre, lire, le, None, empreinte)


def piece_produite(chemin: str, titre: str, produire: Callable[[], bytes], *, le: datetime | None = None) -> Piece:
    """Un document refait au moment d'emporter ; s'il ne se produit pas, l'archive dit pourquoi."""

    def lire() -> list[bytes]:
        try:
            return [produire()]
        except ProductionImpossible as erreur:
            raise PieceManquante(f"Le document n’a pas pu être produit : {erreur}") from erreur

    return Piece(chemin, titre, lire, le)
