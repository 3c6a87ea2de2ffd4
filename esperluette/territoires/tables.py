"""Lire un fichier de données officiel, tel qu'il se télécharge : CSV ou GeoJSON, comprimé ou non, propre ou sale.

Le module csv suffit : le plus gros de ces fichiers a 35 000 lignes et se lit en moins de 0,1 s.
"""

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from esperluette.commun.erreurs import ErreurMetier

if TYPE_CHECKING:
    import _csv

SEPARATEURS = (";", ",", "\t", "|")
MO = 1024 * 1024


class FichierRefuse(ErreurMetier):
    """Le fichier ne peut pas être ce qu'on attend ; la phrase dit pourquoi et quoi faire."""


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
    try:
        if chemin.is_dir():
            raise FichierRefuse(f"{chemin} est un dossier : donnez un fichier.")
        taille = chemin.stat().st_size
        if taille > taille_maximale_mo * MO:
            raise FichierRefuse(_trop_gros(chemin.name, taille_maximale_mo))
        return lire_octets(chemin.name, chemin.read_bytes(), taille_maximale_mo=taille_maximale_mo)
    except FileNotFoundError as erreur:
        raise FichierRefuse(f"{chemin} : ce fichier n'existe pas.") from erreur
    except OSError as erreur:
        raise FichierRefuse(f"{chemin} : fichier illisible ({erreur.strerror}).") from erreur


def lire_octets(nom: str, octets: bytes, *, taille_maximale_mo: int) -> Table:
    """La table de ces octets ; lève FichierRefuse avec la cause."""
    empreinte = hashlib.sha256(octets).hexdigest()
    contenu = _decomprimer(nom, octets, taille_maximale_mo * MO)
    _refuser_ce_qui_n_est_pas_du_texte(nom, contenu)
    texte, encodage = _decoder(nom, contenu)
    if not texte.strip():
        raise FichierRefuse(f"{nom} : le fichier est vide.")
    colonnes, lignes = _geojson(nom, texte) if texte.lstrip()[:1] == "{" else _lire_csv(nom, texte)
    if not lignes:
        raise FichierRefuse(f"{nom} : le fichier n'a pas de ligne sous son en-tête.")
    return Table(nom, empreinte, len(octets), encodage, colonnes, lignes)


def _trop_gros(nom: str, maximum_mo: int) -> str:
    return f"{nom} : plus de {maximum_mo} Mo ; ce n'est pas le fichier attendu. Rien n'a été lu."


def _decomprimer(nom: str, octets: bytes, maximum: int) -> bytes:
    if len(octets) > maximum:
        raise FichierRefuse(_trop_gros(nom, maximum // MO))
    if not octets.startswith(b"\x1f\x8b"):
        return octets
    try:
        with gzip.open(io.BytesIO(octets)) as flux:
            contenu = flux.read(maximum + 1)
    except (OSError, EOFError, zlib.error) as erreur:
        raise FichierRefuse(f"{nom} : archive gzip abîmée ou incomplète ({erreur}).") from erreur
    if len(contenu) > maximum:
        raise FichierRefuse(_trop_gros(f"{nom}, une fois décomprimé", maximum // MO))
    return contenu


def _refuser_ce_qui_n_est_pas_du_texte(nom: str, octets: bytes) -> None:
    if octets.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FichierRefuse(
            f"{nom} : c'est un classeur (Excel, LibreOffice) ou une archive zip. Ouvrez-le, enregistrez la feuille au "
            "format CSV UTF-8, puis recommencez."
        )
    if octets.startswith(b"%PDF"):
        raise FichierRefuse(f"{nom} : c'est un PDF ; il faut le tableau, au format CSV.")
    if octets.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise FichierRefuse(f"{nom} : c'est une page web, pas le fichier : le téléchargement a sans doute échoué.")


def _decoder(nom: str, octets: bytes) -> tuple[str, str]:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodages = ["utf-16"]
    else:
        if b"\x00" in octets:
            raise FichierRefuse(f"{nom} : c'est un fichier binaire, pas un tableau au format CSV.")
        encodages = ["utf-8-sig", "cp1252"]
    for encodage in encodages:
        try:
            texte = octets.decode(encodage)
        except UnicodeDecodeError:
            continue
        if not any(c < " " and c not in "\t\r\n" for c in texte):
            return texte, {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}[encodage]
    raise FichierRefuse(f"{nom} : ni UTF-8, ni Windows-1252, ni UTF-16 : enregistrez-le au format CSV UTF-8.")


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
