"""Lire le tableur déposé (CSV ou XLSX) sans rien en croire, et fabriquer le modèle vide."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from esperluette.commun.erreurs import ErreurMetier
from esperluette.fichiers.controle import XLSX, reconnaitre
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.noms import nettoyer_nom
from esperluette.reprises.colonnes import COLONNES, PAR_NOM

TAILLE_MAXIMALE = 5 * 1024 * 1024
LIGNES_MAXIMALES = 5_000
CELLULE_MAXIMALE = 20_000
SEPARATEURS = (";", ",", "\t")


class TableurRefuse(ErreurMetier):
    """Le fichier ne se lit pas, ou il est dangereux ; la phrase dit quoi faire."""


@dataclass(frozen=True, slots=True)
class LigneLue:
    """Une ligne non vide : son numéro dans le tableur, et ses cellules en texte, par colonne."""

    numero: int
    cellules: dict[str, str]


def lire(nom: str, octets: bytes) -> list[LigneLue]:
    """Les lignes du tableur, en-tête compris dans la numérotation. Lève `TableurRefuse`."""
    nom = nettoyer_nom(nom)
    if len(octets) > TAILLE_MAXIMALE:
        raise TableurRefuse(
            f"« {nom} » dépasse {TAILLE_MAXIMALE // (1024 * 1024)} Mo : coupez-le en plusieurs fichiers."
        )
    if not octets.strip():
        raise TableurRefuse(f"« {nom} » est vide.")
    lignes = _lignes_xlsx(nom, octets) if octets.startswith(b"PK") else _lignes_csv(nom, octets)
    return _par_colonne(lignes)


def _lignes_csv(nom: str, octets: bytes) -> Iterator[tuple[int, list[str]]]:
    texte = _decoder(nom, octets)
    entete = texte.split("\n", 1)[0]
    separateur = max(SEPARATEURS, key=entete.count)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    try:
        for cellules in lecteur:
            yield lecteur.line_num, cellules
    except csv.Error as erreur:
        raise TableurRefuse(
            f"Ligne {lecteur.line_num} : le fichier ne se lit pas (guillemet ouvert, ou cellule démesurée). "
            "Enregistrez-le à nouveau depuis votre tableur."
        ) from erreur


def _decoder(nom: str, octets: bytes) -> str:
    """UTF-8 (avec ou sans marque), sinon l'encodage de Windows ; un octet nul n'est pas du texte."""
    if b"\0" in octets:
        raise TableurRefuse(f"« {nom} » n’est ni un CSV, ni un classeur XLSX. Enregistrez-le dans l’un des deux.")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        raise TableurRefuse(f"« {nom} » n’est pas un texte lisible : enregistrez-le en CSV UTF-8.") from None


def _lignes_xlsx(nom: str, octets: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        genre = reconnaitre(nom if nom.lower().endswith(".xlsx") else f"{nom}.xlsx", octets)
    except FichierRefuse as refus:
        raise TableurRefuse(str(refus)) from refus
    if genre is not XLSX:
        raise TableurRefuse(f"« {nom} » n’est pas un classeur Excel : enregistrez-le en XLSX ou en CSV.")
    _sans_entite(nom, octets)
    try:
        classeur = openpyxl.load_workbook(io.BytesIO(octets), read_only=True, data_only=False, keep_links=False)
        feuille = classeur.worksheets[0]
        feuille.reset_dimensions()  # ce qu'un fichier annonce de sa taille n'engage que lui
        for numero, rangee in enumerate(feuille.iter_rows(max_row=LIGNES_MAXIMALES + 2, max_col=100), start=1):
            yield numero, [_cellule(cellule, numero) for cellule in rangee]
    except TableurRefuse:
        raise
    except (InvalidFileException, KeyError, ValueError, TypeError, IndexError, OSError, SyntaxError) as erreur:
        raise TableurRefuse(f"« {nom} » est abîmé : enregistrez-le à nouveau depuis votre tableur.") from erreur


def _sans_entite(nom: str, octets: bytes) -> None:
    """Une déclaration d'entités ferait gonfler le fichier à la lecture : aucun tableur n'en écrit."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        for membre in archive.infolist():
            if membre.filename.endswith((".xml", ".rels")) and b"<!" in archive.open(membre).read(4096):
                raise TableurRefuse(
                    f"« {nom} » contient une déclaration qu’un tableur n’écrit jamais : il est refusé."
                )


def _cellule(cellule: Any, numero: int) -> str:
    valeur = cellule.value
    if valeur is None:
        return ""
    if getattr(cellule, "data_type", "") == "f":
        raise TableurRefuse(
            f"Ligne {numero} : une cellule contient une formule. Collez les valeurs seules (collage spécial, valeurs)."
        )
    if isinstance(valeur, datetime):
        return valeur.date().isoformat()
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    return str(valeur)


def _par_colonne(lignes: Iterator[tuple[int, list[str]]]) -> list[LigneLue]:
    entete: list[str] = []
    lues: list[LigneLue] = []
    for numero, cellules in lignes:
        propres = [" ".join(c.replace("\u00a0", " ").split()) for c in cellules]
        if not any(propres):
            continue
        if not entete:
            entete = _entete(propres, numero)
            continue
        if len(lues) == LIGNES_MAXIMALES:
            raise TableurRefuse(f"Plus de {LIGNES_MAXIMALES} lignes : coupez le fichier en plusieurs.")
        surplus = [c for c in propres[len(entete) :] if c]
        if surplus:
            raise TableurRefuse(f"Ligne {numero} : plus de cellules que de colonnes. Un séparateur est en trop.")
        for cellule in propres:
            if len(cellule) > CELLULE_MAXIMALE:
                raise TableurRefuse(f"Ligne {numero} : une cellule est démesurée. Raccourcissez-la.")
        lues.append(LigneLue(numero, dict(zip(entete, propres, strict=False))))
    if not entete:
        raise TableurRefuse("Le tableur n’a pas d’en-tête. Partez du modèle vide.")
    return lues


def _entete(cellules: Sequence[str], numero: int) -> list[str]:
    """Les noms de colonnes, tels que le modèle les écrit (leur nom ou leur libellé)."""
    par_libelle = {c.libelle.casefold(): c.nom for c in COLONNES}
    noms = [par_libelle.get(c.casefold(), c.casefold()) for c in cellules]
    while noms and not noms[-1]:
        noms.pop()
    inconnues = [c for c, nom in zip(cellules, noms, strict=False) if nom not in PAR_NOM]
    if inconnues:
        raise TableurRefuse(
            f"Ligne {numero} : colonne inconnue « {inconnues[0][:60]} ». Gardez les en-têtes du modèle vide."
        )
    if doubles := {n for n in noms if noms.count(n) > 1}:
        raise TableurRefuse(f"Ligne {numero} : la colonne « {sorted(doubles)[0]} » est en double.")
    manquantes = [c.nom for c in COLONNES if c.obligatoire and c.nom not in noms]
    if manquantes:
        raise TableurRefuse(f"Il manque des colonnes obligatoires : {', '.join(manquantes)}. Partez du modèle vide.")
    return noms


def modele_csv() -> bytes:
    """Le modèle vide : l'en-tête, en UTF-8 avec sa marque, séparé par des points-virgules."""
    sortie = io.StringIO()
    csv.writer(sortie, delimiter=";", lineterminator="\r\n").writerow([c.nom for c in COLONNES])
    return ("\ufeff" + sortie.getvalue()).encode("utf-8")


def modele_xlsx() -> bytes:
    """Le modèle vide en classeur : l'en-tête, et une seconde feuille qui dit ce que chaque colonne attend."""
    sortie = io.BytesIO()
    with xlsxwriter.Workbook(sortie, {"in_memory": True, "strings_to_formulas": False}) as classeur:
        gras = classeur.add_format({"bold": True})
        texte = classeur.add_format({"num_format": "@"})
        feuille = classeur.add_worksheet("Équipes")
        feuille.freeze_panes(1, 2)
        for rang, colonne in enumerate(COLONNES):
            feuille.set_column(rang, rang, 20, texte)  # du texte : « 01004 » garde son zéro
            feuille.write_string(0, rang, colonne.nom, gras)
        aide = classeur.add_worksheet("Mode d’emploi")
        aide.set_column(0, 4, 34)
        for rang, titre in enumerate(("Colonne", "Ce qu’on y met", "Obligatoire", "Valeurs admises", "Exemple")):
            aide.write_string(0, rang, titre, gras)
        for ligne, colonne in enumerate(COLONNES, start=1):
            quoi = ". ".join(filter(None, (colonne.libelle, colonne.aide)))
            dites = (
                colonne.nom,
                quoi,
                "oui" if colonne.obligatoire else "",
                ", ".join(colonne.choix),
                colonne.exemple,
            )
            for rang, dite in enumerate(dites):
                aide.write_string(ligne, rang, dite)
    return sortie.getvalue()
