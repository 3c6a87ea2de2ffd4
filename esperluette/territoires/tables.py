"""Lire un fichier de données officiel, tel qu'il se télécharge : CSV ou GeoJSON, comprimé ou non, propre ou sale.

Le module csv suffit : le plus gros de ces fichiers a 35 000 lignes et se lit en moins de 0,1 s.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from esperluette.territoires.octets import FichierRefuse, decoder, decomprimer, lire_local

if TYPE_CHECKING:
    import _csv

SEPARATEURS = (";", ",", "\t", "|")
_CLASSEURS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne et son numéro dans le fichier (l'en-tête est la ligne 1 ; pour un GeoJSON, le rang de l'entité)."""

    numero: int
    valeurs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Un fichier lu : d'où il vient, et ses lignes."""

    nom: str
    empreinte: str
    taille: int
    encodage: str
    colonnes: tuple[str, ...]
    lignes: tuple[Ligne, ...]


def lire_fichier(chemin: Path, *, taille_maximale_mo: int) -> Table:
    """La table d'un fichier local ; lève FichierRefuse avec la cause."""
    octets = lire_local(chemin, taille_maximale_mo)
    return lire_octets(chemin.name, octets, taille_maximale_mo=taille_maximale_mo)


def lire_octets(nom: str, octets: bytes, *, taille_maximale_mo: int) -> Table:
    """La table de ces octets ; lève FichierRefuse avec la cause."""
    empreinte = hashlib.sha256(octets).hexdigest()
    contenu = decomprimer(nom, octets, taille_maximale_mo)
    if contenu.startswith(_CLASSEURS):
        raise FichierRefuse(
            f"{nom} : c'est un classeur (Excel, LibreOffice) ou une archive zip. Ouvrez-le, enregistrez la feuille au "
            "format CSV UTF-8, puis recommencez."
        )
    texte, encodage = decoder(nom, contenu)
    if not texte.strip():
        raise FichierRefuse(f"{nom} : le fichier est vide.")
    colonnes, lignes = _geojson(nom, texte) if texte.lstrip()[:1] == "{" else _lire_csv(nom, texte)
    if not lignes:
        raise FichierRefuse(f"{nom} : le fichier n'a pas de ligne sous son en-tête.")
    return Table(nom, empreinte, len(octets), encodage, colonnes, lignes)


def _lire_csv(nom: str, texte: str) -> tuple[tuple[str, ...], tuple[Ligne, ...]]:
    premiere = texte.lstrip("\r\n").split("\n", 1)[0]
    separateur = max(SEPARATEURS, key=premiere.count)
    try:
        return _rangees(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True))
    except csv.Error as erreur:
        raise FichierRefuse(f"{nom} : ce n'est pas un CSV bien formé ({erreur}).") from erreur


def _rangees(lecteur: "_csv.Reader") -> tuple[tuple[str, ...], tuple[Ligne, ...]]:
    colonnes: tuple[str, ...] = ()
    lignes = []
    debut = 0
    for rangee in lecteur:
        numero, debut = debut + 1, lecteur.line_num
        if not any(cellule.strip() for cellule in rangee):
            continue
        if not colonnes:
            colonnes = tuple(cellule.strip() for cellule in rangee)
            continue
        valeurs = {nom: cellule.strip() for nom, cellule in zip(colonnes, rangee, strict=False) if nom}
        lignes.append(Ligne(numero, valeurs))
    return tuple(c for c in colonnes if c), tuple(lignes)


def _geojson(nom: str, texte: str) -> tuple[tuple[str, ...], tuple[Ligne, ...]]:
    try:
        entites = json.loads(texte)["features"]
        lignes = tuple(Ligne(rang, dict(_textes(e["properties"]))) for rang, e in enumerate(entites, start=1))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as erreur:
        raise FichierRefuse(f"{nom} : ce n'est ni un CSV, ni un GeoJSON bien formé ({erreur!r}).") from erreur
    return tuple(dict.fromkeys(c for ligne in lignes for c in ligne.valeurs)), lignes


def _textes(proprietes: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for cle, valeur in proprietes.items():
        yield str(cle).strip(), "" if valeur is None else str(valeur).strip()
