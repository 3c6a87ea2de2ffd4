"""Lire un tableau de patientèle (CSV ou XLSX) sans rien en garder, et fabriquer le modèle vide. Sans base."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl
import xlsxwriter

from esperluette.commun.erreurs import ErreurMetier
from esperluette.diagnostics.patienteles.nominatif import (
    Cellule,
    DonneesDePersonnes,
    lettre,
    refuser_les_intitules,
    refuser_les_valeurs,
)
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.fichiers.controle import XLSX, reconnaitre
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.territoires.octets import MO
from esperluette.territoires.tables import SEPARATEURS

MODE_D_EMPLOI = "Mode d’emploi"
_TITRES = 5  # lignes de titre admises avant l'en-tête


class TableauRefuse(ErreurMetier):
    """Le fichier ne se lit pas ; la phrase dit quoi faire."""


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une ligne non vide : son numéro dans le fichier, ses cellules par colonne reconnue."""

    numero: int
    valeurs: dict[str, str]


def lire(octets: bytes) -> list[Rangee]:
    """Les lignes du tableau. Lève `DonneesDePersonnes` (le fichier parle de personnes) ou `TableauRefuse`."""
    if len(octets) > reglages().limites.taille_mo * MO:
        raise TableauRefuse(
            f"Le fichier dépasse {reglages().limites.taille_mo} Mo : un tableau d’effectifs est bien plus petit. "
            "Rien n’a été lu."
        )
    if not octets.strip():
        raise TableauRefuse("Le fichier est vide.")
    feuilles = list(_classeur(octets)) if octets.startswith(b"PK") else [_csv(octets)]
    for cellules in feuilles:
        refuser_les_valeurs(cellules)
    return _rangees(feuilles[0]) if feuilles else []


def _csv(octets: bytes) -> list[Cellule]:
    texte = _decoder(octets)
    entete = next((ligne for ligne in texte.splitlines() if any(s in ligne for s in SEPARATEURS)), "")
    separateur = max(SEPARATEURS, key=entete.count)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
    cellules: list[Cellule] = []
    debut = 0
    try:
        for rangee in lecteur:
            numero, debut = debut + 1, lecteur.line_num
            cellules += _cellules(numero, ((valeur, False) for valeur in rangee))
    except csv.Error as erreur:
        raise TableauRefuse(
            f"Ligne {lecteur.line_num} : le fichier ne se lit pas (guillemet ouvert ou cellule démesurée). "
            "Enregistrez-le de nouveau depuis votre tableur."
        ) from erreur
    return cellules


def _decoder(octets: bytes) -> str:
    """UTF-16 s'il le dit, UTF-8 avec ou sans marque, sinon l'encodage de Windows."""
    refus = TableauRefuse("Ce n’est ni un CSV, ni un classeur XLSX : enregistrez le tableau dans l’un des deux.")
    encodages = ("utf-16",) if octets.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encodage in encodages:
        try:
            texte = octets.decode(encodage)
        except UnicodeDecodeError:
            continue
        debut = texte.lstrip()[:5].lower()
        if any(c < " " and c not in "\t\r\n" for c in texte) or debut in ("%pdf-", "<html", "<!doc"):
            raise refus
        return texte
    raise refus


def _classeur(octets: bytes) -> Iterator[list[Cellule]]:
    """Les cellules de chaque feuille : la première est lue, les autres ne sont que surveillées."""
    try:
        if reconnaitre("tableau.xlsx", octets) is not XLSX:
            raise TableauRefuse("Ce fichier n’est pas un classeur Excel : enregistrez-le en XLSX ou en CSV.")
    except FichierRefuse as refus:
        raise TableauRefuse(str(refus).replace("« tableau.xlsx »", "Le fichier")) from refus
    _sans_entite(octets)
    limites = reglages().limites
    try:
        classeur = openpyxl.load_workbook(io.BytesIO(octets), read_only=True, data_only=True, keep_links=False)
        for feuille in classeur.worksheets:
            feuille.reset_dimensions()  # ce qu'un fichier annonce de sa taille n'engage que lui
            cellules: list[Cellule] = []
            if feuille.title != MODE_D_EMPLOI:
                rangees = feuille.iter_rows(max_row=limites.lignes + 2, max_col=limites.colonnes + 1)
                for numero, rangee in enumerate(rangees, start=1):
                    cellules += _cellules(numero, (_valeur(cellule.value) for cellule in rangee))
                yield cellules
    except ErreurMetier:
        raise
    except Exception as erreur:  # un classeur abîmé échoue de cent façons
        raise TableauRefuse("Ce classeur est abîmé : enregistrez-le de nouveau depuis votre tableur.") from erreur


def _sans_entite(octets: bytes) -> None:
    """Une déclaration d'entités ferait gonfler le fichier à la lecture : aucun tableur n'en écrit."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        for membre in archive.infolist():
            if membre.filename.endswith((".xml", ".rels")) and b"<!" in archive.open(membre).read(4096):
                raise TableauRefuse("Ce classeur contient ce qu’un tableur n’écrit jamais : il est refusé.")


def _valeur(brute: Any) -> tuple[str, bool]:
    if isinstance(brute, datetime | date):
        return "date", True
    if isinstance(brute, time):
        return "heure", False
    if isinstance(brute, float) and brute.is_integer():
        return str(int(brute)), False
    return "" if brute is None else str(brute), False


def _cellules(numero: int, valeurs: Any) -> Iterator[Cellule]:
    limites = reglages().limites
    if numero > limites.lignes + 1:
        raise TableauRefuse(
            f"Plus de {limites.lignes} lignes : un tableau d’effectifs en a bien moins. Additionnez les lignes par "
            "commune et par tranche d’âge."
        )
    for rang, (valeur, est_date) in enumerate(valeurs):
        texte = " ".join(valeur.split())
        if not texte:
            continue
        if len(texte) > limites.cellule:
            raise TableauRefuse(f"Ligne {numero}, colonne {lettre(rang)} : la cellule est démesurée.")
        if rang >= limites.colonnes:
            raise TableauRefuse(f"Ligne {numero} : plus de {limites.colonnes} colonnes. Partez du modèle vide.")
        yield Cellule(numero, rang, texte, est_date)


def _rangees(cellules: list[Cellule]) -> list[Rangee]:
    """Les lignes, sous leur en-tête ; quelques lignes de titre, d'une seule cellule, peuvent le précéder."""
    par_ligne: dict[int, dict[int, str]] = {}
    for cellule in cellules:
        par_ligne.setdefault(cellule.ligne, {})[cellule.colonne] = cellule.texte
    lignes = list(par_ligne.items())
    if not lignes:
        raise TableauRefuse("Le tableau est vide.")
    rang = next((r for r, (_, contenu) in enumerate(lignes[: _TITRES + 1]) if len(contenu) > 1), 0)
    colonnes = _colonnes(lignes[rang][1])
    rangees = []
    for numero, contenu in lignes[rang + 1 :]:
        if orphelines := set(contenu) - set(colonnes):
            raise TableauRefuse(
                f"Ligne {numero} : la colonne {lettre(min(orphelines))} n’a pas d’intitulé. Partez du modèle vide."
            )
        rangees.append(Rangee(numero, {colonnes[c]: texte for c, texte in contenu.items()}))
    if not rangees:
        raise TableauRefuse("Le tableau n’a pas de ligne sous son en-tête.")
    return rangees


def _colonnes(entete: dict[int, str]) -> dict[int, str]:
    """La colonne reconnue sous chaque intitulé ; toute autre fait refuser le fichier."""
    intitules = [entete.get(rang, "") for rang in range(max(entete) + 1)]
    refuser_les_intitules(intitules)
    colonnes = {rang: reglages().colonne_de(intitule) for rang, intitule in enumerate(intitules) if intitule}
    attendues = ", ".join(c.modele for c in reglages().colonnes.values())
    if inattendues := [rang for rang, cle in colonnes.items() if not cle]:
        raise TableauRefuse(
            f"La colonne {lettre(inattendues[0])} n’est pas de celles d’un tableau d’effectifs. Ne gardez que : "
            f"{attendues}. Le fichier entier est refusé, et rien n’en est gardé."
        )
    presentes = list(colonnes.values())
    if doubles := {c for c in presentes if presentes.count(c) > 1}:
        libelle = reglages().colonnes[sorted(doubles)[0]].libelle
        raise TableauRefuse(f"Deux colonnes disent la même chose (« {libelle} ») : gardez-en une.")
    if "effectif" not in presentes:
        raise DonneesDePersonnes(
            "Aucune colonne ne compte les patients : le tableau ressemble à une ligne par personne."
        )
    if "code" not in presentes and not {"commune", "code_postal"} <= set(presentes):
        raise TableauRefuse("Il manque la commune : son code INSEE, ou son nom et son code postal.")
    return colonnes


def modele_csv() -> bytes:
    """Le modèle vide : l'en-tête, en UTF-8 avec sa marque, séparé par des points-virgules."""
    sortie = io.StringIO()
    csv.writer(sortie, delimiter=";", lineterminator="\r\n").writerow(c.modele for c in reglages().colonnes.values())
    return ("\ufeff" + sortie.getvalue()).encode("utf-8")


def modele_xlsx() -> bytes:
    """Le modèle vide en classeur ; une seconde feuille dit ce que chaque colonne attend."""
    sortie = io.BytesIO()
    with xlsxwriter.Workbook(sortie, {"in_memory": True, "strings_to_formulas": False}) as classeur:
        gras, texte = classeur.add_format({"bold": True}), classeur.add_format({"num_format": "@"})
        feuille = classeur.add_worksheet("Patientèle")
        feuille.freeze_panes(1, 0)
        for rang, (cle, colonne) in enumerate(reglages().colonnes.items()):
            # Du texte : « 01004 » garde son zéro, et « 10-14 » ne devient pas une date.
            feuille.set_column(rang, rang, 22, None if cle in ("effectif", "ald") else texte)
            feuille.write_string(0, rang, colonne.modele, gras)
        aide = classeur.add_worksheet(MODE_D_EMPLOI)
        aide.set_column(0, 0, 20)
        aide.set_column(1, 2, 60)
        for rang, titre in enumerate(("Colonne", "Ce qu’on y met", "À savoir")):
            aide.write_string(0, rang, titre, gras)
        for ligne, colonne in enumerate(reglages().colonnes.values(), start=1):
            for rang, dite in enumerate((colonne.modele, colonne.libelle, colonne.aide)):
                aide.write_string(ligne, rang, dite)
        aide.write_string(
            len(reglages().colonnes) + 2, 0, "Aucune donnée de patient : des effectifs, jamais une ligne par personne."
        )
    return sortie.getvalue()
