"""Des lignes de tableur prêtes à reprendre, et les fichiers qui les portent."""

import csv
import io
from typing import Any

import xlsxwriter

from esperluette.reprises.colonnes import COLONNES

LIGNE = {
    "cle": "22-001", "equipe": "Équipe du Lié", "forme": "esp", "commune": "22136", "communes": "22136",
    "porteur_prenom": "Anne", "porteur_nom": "Morvan", "porteur_courriel": "anne@lie.example",
    "porteur_profession": "10", "porteur_savoir_faire": "SM54", "porteur_exercice": "liberal",
    "membres": "60/Yann/Kerbrat/yann@lie.example ; 70/Lena/Le Goff/", "demarche": "projet-de-sante", "etat": "accepte",
    "depose_le": "2023-03-01", "decision_le": "15/06/2023", "decision": "Décision ARS 2023-12",
    "reconnue_le": "2023-06-15",
}  # fmt: skip


def ligne(**champs: Any) -> dict[str, str]:
    """Une équipe reconnue en 2023 ; `champs` change des cellules."""
    return {**LIGNE, **champs}


def en_csv(*lignes: dict[str, str], separateur: str = ";", encodage: str = "utf-8-sig") -> bytes:
    """Le tableur rempli, en CSV."""
    sortie = io.StringIO()
    ecrivain = csv.DictWriter(sortie, [c.nom for c in COLONNES], delimiter=separateur, restval="")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return sortie.getvalue().encode(encodage)


def en_xlsx(*lignes: dict[str, Any]) -> bytes:
    """Le tableur rempli, en XLSX ; une valeur qui commence par « = » y est une vraie formule."""
    sortie = io.BytesIO()
    with xlsxwriter.Workbook(sortie, {"in_memory": True}) as classeur:
        feuille = classeur.add_worksheet()
        for rang, colonne in enumerate(COLONNES):
            feuille.write_string(0, rang, colonne.nom)
            for numero, cellules in enumerate(lignes, start=1):
                if (valeur := cellules.get(colonne.nom)) is not None:
                    feuille.write(numero, rang, valeur)
    return sortie.getvalue()
