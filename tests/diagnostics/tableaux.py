"""De petits tableaux de patientèle, aux effectifs inventés."""

import io

import openpyxl

ENTETE = ("code_commune", "commune", "code_postal", "tranche_d_age", "effectif", "ald")
SIMPLE = (
    ("code_commune", "tranche_d_age", "effectif", "ald"),
    ("22136", "0 à 14 ans", "200", "15"),
    ("22136", "15 à 64 ans", "500", "90"),
    ("22136", "65 ans et plus", "300", "160"),
    ("22219", "0 à 14 ans", "60", "12"),
    ("22219", "15 à 64 ans", "120", "30"),
    ("22219", "65 ans et plus", "120", "70"),
    ("22266", "15 à 64 ans", "100", "25"),
)


def csv(*rangees, separateur=";", encodage="utf-8", fin="\r\n"):
    return (fin.join(separateur.join(rangee) for rangee in rangees) + fin).encode(encodage)


def simple(**options):
    return csv(*SIMPLE, **options)


def par_commune(*paires):
    return csv(("code_commune", "effectif"), *((code, str(n)) for code, n in paires))


def classeur(*rangees, autres=()):
    livre, sortie = openpyxl.Workbook(), io.BytesIO()
    for rangee in rangees:
        livre.active.append(rangee)
    for titre, lignes in autres:
        feuille = livre.create_sheet(titre)
        for ligne in lignes:
            feuille.append(ligne)
    livre.save(sortie)
    return sortie.getvalue()
