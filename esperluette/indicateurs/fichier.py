"""D'un fichier officiel à une table de textes : CSV comprimé ou non, ou classeur ; propre ou sale. Sans base."""

import csv
import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from esperluette.fichiers.controle import reconnaitre
from esperluette.indicateurs.jeux import Forme, JeuDeChiffres
from esperluette.territoires.tables import MO, SEPARATEURS, FichierRefuse

LIGNE = "@ligne"  # le numéro de la ligne dans le fichier
CLASSEUR = b"PK\x03\x04"
_CONTROLES = bytes(c for c in range(32) if c not in b"\t\r\n")
_PAGES = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Brut:
    """Un fichier lu : d'où il vient, la forme reconnue, ses cellules en texte sous les noms de la description."""

    nom: str
    empreinte: str
    taille: int
    encodage: str
    forme: Forme
    table: pl.DataFrame
    millesime: str = ""  # celui que disent les intitulés du fichier


def lire_fichier(jeu: JeuDeChiffres, chemin: Path) -> Brut:
    """La table d'un fichier local ; lève FichierRefuse avec la cause."""
    try:
        if chemin.is_dir():
            raise FichierRefuse(f"{chemin} est un dossier : donnez un fichier.")
        if chemin.stat().st_size > jeu.taille_maximale_mo * MO:
            raise _trop_gros(chemin.name, jeu)
        octets = chemin.read_bytes()
    except FileNotFoundError as erreur:
        raise FichierRefuse(f"{chemin} : ce fichier n'existe pas.") from erreur
    except OSError as erreur:
        raise FichierRefuse(f"{chemin} : fichier illisible ({erreur.strerror}).") from erreur
    return lire_octets(jeu, chemin.name, octets)


def lire_octets(jeu: JeuDeChiffres, nom: str, octets: bytes) -> Brut:
    """La table de ces octets ; lève FichierRefuse avec la cause."""
    contenu = _decomprimer(jeu, nom, octets)
    if not contenu.strip():
        raise FichierRefuse(f"{nom} : le fichier est vide.")
    if contenu.startswith(CLASSEUR):
        texte, encodage = b"", "classeur"
        reconnaitre(nom if nom.endswith(".xlsx") else f"{nom}.xlsx", contenu)  # ni bombe, ni macro
    else:
        texte, encodage = _texte(nom, contenu)
    for forme in jeu.formes:
        entete = _entete_du_classeur(nom, contenu, forme) if not texte else _entete(texte, forme)
        if entete is None or (reels := _reels(forme, entete.colonnes)) is None:
            continue
        table = _classeur(contenu, forme) if not texte else _csv(nom, texte, forme, entete)
        table = table.select(pl.col(LIGNE), *(pl.col(reel).alias(voulu) for voulu, reel in reels.items()))
        if table.is_empty():
            raise FichierRefuse(f"{nom} : le fichier n'a pas de ligne sous son en-tête.")
        empreinte = hashlib.sha256(octets).hexdigest()
        return Brut(nom, empreinte, len(octets), encodage, forme, table, _millesime(forme, reels))
    attendues = " ; ou ".join(", ".join(f.intitules) for f in jeu.formes)
    raise FichierRefuse(f"{nom} : ce n'est pas « {jeu.titre} ». Colonnes attendues : {attendues}.")


@dataclass(frozen=True, slots=True)
class _Entete:
    colonnes: tuple[str, ...]
    separateur: str = ","


def _trop_gros(nom: str, jeu: JeuDeChiffres) -> FichierRefuse:
    maximum = jeu.taille_maximale_mo
    return FichierRefuse(f"{nom} : plus de {maximum} Mo ; ce n'est pas le fichier attendu. Rien n'a été lu.")


def _decomprimer(jeu: JeuDeChiffres, nom: str, octets: bytes) -> bytes:
    maximum = jeu.taille_maximale_mo * MO
    if len(octets) > maximum:
        raise _trop_gros(nom, jeu)
    if not octets.startswith(b"\x1f\x8b"):
        return octets
    try:
        with gzip.open(io.BytesIO(octets)) as flux:
            contenu = flux.read(maximum + 1)
    except (OSError, EOFError, zlib.error) as erreur:
        raise FichierRefuse(f"{nom} : archive gzip abîmée ou incomplète ({erreur}).") from erreur
    if len(contenu) > maximum:
        raise _trop_gros(f"{nom}, une fois décomprimé", jeu)
    return contenu


def _texte(nom: str, octets: bytes) -> tuple[bytes, str]:
    """Le texte en UTF-8, et l'encodage d'origine ; lève FichierRefuse si ce n'en est pas."""
    if octets.startswith(b"%PDF"):
        raise FichierRefuse(f"{nom} : c'est un PDF ; il faut le tableau, au format CSV.")
    if octets.lstrip()[:15].lower().startswith(_PAGES):
        raise FichierRefuse(f"{nom} : c'est une page web, pas le fichier : le téléchargement a sans doute échoué.")
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidats = ["utf-16"]
    elif len(octets.translate(None, _CONTROLES)) != len(octets):
        raise FichierRefuse(f"{nom} : c'est un fichier binaire, pas un tableau au format CSV.")
    else:
        candidats = ["utf-8-sig", "cp1252"]
    for encodage in candidats:
        try:
            texte = octets.decode(encodage)
        except UnicodeDecodeError:
            continue
        return texte.encode(), {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}[encodage]
    raise FichierRefuse(f"{nom} : ni UTF-8, ni Windows-1252, ni UTF-16 : enregistrez-le au format CSV UTF-8.")


def _entete(texte: bytes, forme: Forme) -> _Entete | None:
    debut = texte[: 256 * 1024].decode("utf-8", "ignore").splitlines()
    if len(debut) <= forme.sauter:
        return None
    ligne = debut[forme.sauter]
    separateur = max(SEPARATEURS, key=ligne.count)
    colonnes = next(csv.reader([ligne], delimiter=separateur), [])
    return _Entete(tuple(c.strip() for c in colonnes), separateur)


def _reels(forme: Forme, colonnes: tuple[str, ...]) -> dict[str, str] | None:
    """Nom de la description → intitulé du fichier ; None s'il en manque, ou si un motif en désigne deux."""
    voulus = {"@code": forme.code, "@sorte": forme.sorte, "@effectif": forme.effectif}
    voulus |= {f"garder:{c}": c for c in forme.garder} | forme.colonnes | forme.textes
    reels: dict[str, str] = {}
    for voulu, motif in voulus.items():
        if not motif:
            continue
        trouves = [c for c in dict.fromkeys(colonnes) if fnmatchcase(c, motif)]
        if len(trouves) != 1:
            return None
        reels[voulu] = trouves[0]
    return reels


def _millesime(forme: Forme, reels: dict[str, str]) -> str:
    """« MED16 » : 2016 ; vide si la forme ne le dit pas."""
    annee = re.search(r"(\d\d)$", reels[forme.annee]) if forme.annee else None
    return f"20{annee[1]}" if annee else ""


def _csv(nom: str, texte: bytes, forme: Forme, entete: _Entete) -> pl.DataFrame:
    _refuser_un_fichier_coupe(nom, texte, entete)
    try:
        lu = pl.read_csv(
            texte, separator=entete.separateur, has_header=False, skip_rows=forme.sauter + 1, infer_schema=False,
            new_columns=_uniques(entete.colonnes),
        )  # fmt: skip
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema={LIGNE: pl.UInt32, **dict.fromkeys(_uniques(entete.colonnes), pl.String)})
    except pl.exceptions.PolarsError as erreur:
        cause = str(erreur).split("\n")[0]
        raise FichierRefuse(f"{nom} : ce n'est pas un CSV bien formé ({cause}).") from erreur
    if lu.width < len(set(entete.colonnes)):
        raise FichierRefuse(f"{nom} : les lignes n'ont pas autant de cases que l'en-tête a de colonnes.")
    return lu.with_columns(pl.col(pl.String).fill_null("")).with_row_index(LIGNE, offset=forme.sauter + 2)


def _refuser_un_fichier_coupe(nom: str, texte: bytes, entete: _Entete) -> None:
    """La dernière ligne a moins de cases que l'en-tête : le téléchargement s'est arrêté au milieu."""
    derniere = texte.rstrip(b"\r\n").rsplit(b"\n", 1)[-1].decode("utf-8", "replace")
    cases = next(csv.reader([derniere], delimiter=entete.separateur), [])
    if len(cases) < len(entete.colonnes):
        raise FichierRefuse(
            f"{nom} : la dernière ligne est coupée. Le fichier est incomplet : téléchargez-le de nouveau."
        )


def _uniques(colonnes: tuple[str, ...]) -> list[str]:
    """Un nom par colonne : les vides et les répétées reçoivent leur rang."""
    vus: set[str] = set()
    noms = []
    for rang, colonne in enumerate(colonnes):
        nom = colonne if colonne and colonne not in vus else f"@{rang}"
        vus.add(nom)
        noms.append(nom)
    return noms


def _entete_du_classeur(nom: str, octets: bytes, forme: Forme) -> _Entete | None:
    try:
        lu = _feuille(octets, forme)
    except Exception as erreur:  # le lecteur de classeurs a ses propres erreurs, et panique parfois
        raise FichierRefuse(f"{nom} : ce classeur ne s'ouvre pas. Enregistrez-le au format CSV UTF-8.") from erreur
    return None if lu is None else _Entete(tuple(c.strip() for c in lu.columns))


def _classeur(octets: bytes, forme: Forme) -> pl.DataFrame:
    lu = _feuille(octets, forme)
    assert lu is not None  # noqa: S101 — _entete_du_classeur l'a lu
    textes = lu.select(pl.all().cast(pl.String).fill_null("")).rename({c: c.strip() for c in lu.columns})
    return textes.with_row_index(LIGNE, offset=forme.sauter + 2)


def _feuille(octets: bytes, forme: Forme) -> pl.DataFrame | None:
    """La feuille voulue, ou la première ; tout en texte."""
    feuilles = pl.read_excel(
        io.BytesIO(octets), sheet_id=0, engine="calamine", infer_schema_length=0,
        read_options={"header_row": forme.sauter},
    )  # fmt: skip
    if forme.feuille:
        return feuilles.get(forme.feuille)
    return next(iter(feuilles.values()), None)
