"""La liste filtrée dans un tableur : CSV au fil de l'eau, XLSX écrit sur disque ligne à ligne."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO

import xlsxwriter

from esperluette.commun.tableur import sans_formule
from esperluette.instruction.table import Colonne, Ligne, Valeur

DATE = "dd/mm/yyyy"
LARGEURS = {"equipe": 40, "demarche": 40, "territoire": 50, "main": 26, "agent": 26}


class _Echo:
    """Un fichier qui rend ce qu'on lui écrit : le CSV part sans être assemblé."""

    def write(self, texte: str) -> str:
        return texte


def en_csv(lignes: Iterable[Ligne], colonnes: list[Colonne]) -> Iterator[str]:
    """Point-virgule, UTF-8 avec sa marque, aucune formule ; une ligne à la fois."""
    ecrivain = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff" + ecrivain.writerow([c.libelle for c in colonnes])
    for ligne in lignes:
        yield ecrivain.writerow([sans_formule(_texte(c.valeur(ligne))) for c in colonnes])


def _texte(valeur: Valeur) -> str:
    return valeur.isoformat() if isinstance(valeur, date) else valeur or ""


def en_xlsx(lignes: Iterable[Ligne], colonnes: list[Colonne]) -> IO[bytes]:
    """Un classeur : de vraies dates, des textes qui ne sont jamais des formules, l'en-tête figé et filtrable."""
    sortie = tempfile.TemporaryFile()  # noqa: SIM115 — la réponse le ferme, une fois lu
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(sortie, options) as classeur:
        feuille = classeur.add_worksheet("Dossiers")
        gras, jour = classeur.add_format({"bold": True}), classeur.add_format({"num_format": DATE})
        feuille.freeze_panes(1, 1)
        for rang, colonne in enumerate(colonnes):
            feuille.set_column(rang, rang, LARGEURS.get(colonne.cle, 18))
            feuille.write_string(0, rang, colonne.libelle, gras)
        numero = 0
        for numero, ligne in enumerate(lignes, start=1):
            for rang, colonne in enumerate(colonnes):
                valeur = colonne.valeur(ligne)
                if isinstance(valeur, date):
                    feuille.write_datetime(numero, rang, valeur, jour)
                elif valeur:
                    feuille.write_string(numero, rang, valeur)
        feuille.autofilter(0, 0, numero, len(colonnes) - 1)
    sortie.seek(0)
    return sortie
