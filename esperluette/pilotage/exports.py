"""Les mêmes chiffres dans un tableur : un CSV par tableau, ou un classeur de tous."""

import csv
import io
from collections.abc import Iterable

import xlsxwriter

from esperluette.commun.tableur import sans_formule
from esperluette.pilotage.tableaux import Tableau, Valeur

LARGEUR = 26
LONGUEUR_FEUILLE = 31  # ce qu'Excel admet


def en_csv(tableau: Tableau) -> str:
    """Point-virgule, UTF-8 avec sa marque, virgule décimale, aucune formule."""
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(tableau.colonnes)
    ecrivain.writerows([_texte(valeur) for valeur in ligne] for ligne in tableau.lignes)
    return "\ufeff" + sortie.getvalue()


def _texte(valeur: Valeur) -> str:
    if isinstance(valeur, float):
        return str(valeur).replace(".", ",").removesuffix(",0")
    return sans_formule(valeur) if isinstance(valeur, str) else "" if valeur is None else str(valeur)


def en_xlsx(tableaux: Iterable[Tableau], entete: str) -> bytes:
    """Une feuille par tableau, de vrais nombres ; la première dit ce qu'on regarde."""
    sortie = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(sortie, options) as classeur:
        gras = classeur.add_format({"bold": True})
        for tableau in tableaux:
            feuille = classeur.add_worksheet(tableau.cle[:LONGUEUR_FEUILLE])
            feuille.write_string(0, 0, f"{tableau.titre}. {entete}", gras)
            feuille.set_column(0, len(tableau.colonnes) - 1, LARGEUR)
            feuille.freeze_panes(2, 1)
            for rang, colonne in enumerate(tableau.colonnes):
                feuille.write_string(1, rang, colonne, gras)
            for numero, ligne in enumerate(tableau.lignes, start=2):
                for rang, valeur in enumerate(ligne):
                    if isinstance(valeur, str):
                        feuille.write_string(numero, rang, valeur)
                    elif valeur is not None:
                        feuille.write_number(numero, rang, valeur)
    return sortie.getvalue()
