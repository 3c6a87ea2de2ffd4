"""Des trames remplies à importer : les nôtres, remplies par programme, et les gestes pour les déposer."""

from functools import cache
from io import BytesIO
from typing import Any

import docx
from docx.document import Document

from esperluette.importations.actions import deposer
from esperluette.importations.models import Importation
from tests.fabriques.fichiers import upload


def octets_de(document: Document) -> bytes:
    sortie = BytesIO()
    document.save(sortie)
    return sortie.getvalue()


@cache
def trame_bretonne(**autres: str) -> bytes:
    """Une petite trame bretonne : trois rubriques, des cases, un tableau de personnes, un passage sans question."""
    document = docx.Document()
    document.add_heading("1.1. Le territoire de réalisation du projet", 2)
    document.add_paragraph(autres.get("territoire", "Cinq communes autour du bourg."))
    document.add_paragraph("Communes du territoire de réalisation du projet : Plouha, Allineuc")
    document.add_heading("1.2. La patientèle", 2)
    document.add_paragraph(autres.get("patientele", "Nous suivons 2 300 patients."))
    document.add_heading("1.3. L’offre de soins", 2)
    document.add_paragraph("Un passage sans question.")
    document.add_heading("2.1. Professionnels impliqués dans la démarche", 2)
    tableau = document.add_table(rows=1, cols=4)
    for case, titre in zip(tableau.rows[0].cells, ("Nom", "Prénom", "Profession", "Commune d’exercice"), strict=True):
        case.text = titre
    for personne in (("TANGUY", "Maëlle", "Infirmière", "Plouha"), ("RIOU", "Paul", "Coordinateur", "Plouha")):
        for case, texte in zip(tableau.add_row().cells, personne, strict=True):
            case.text = texte
    document.add_heading("2.4. Les modalités de travail existantes", 2)
    for libelle, coche in (("Téléphone", "☒"), ("Messagerie sécurisée", "☐"), ("Protocoles de prise en charge", "☒")):
        document.add_paragraph(f"{coche} {libelle}")
    document.add_heading("2.5. Les axes du projet de santé", 2)
    for rang, titre in enumerate(("Le retour à domicile", "Le diabète"), start=1):
        document.add_paragraph(f"Axe thématique {rang} : {titre}")
        document.add_paragraph("Référent(s) de l’action : Mme Tanguy")
        document.add_paragraph("Enjeu / difficulté identifiée : un constat partagé")
    document.add_heading("2.6. Calendrier prévisionnel de réalisation du projet", 2)
    document.add_paragraph("Dépôt du projet de santé : 1er mars 2027")
    return octets_de(document)


def importation(
    dossier: Any, *, acteur: Any = None, nom: str = "projet.docx", octets: bytes | None = None
) -> Importation:
    """Une trame déposée et lue, par la vraie action."""
    acteur = acteur or dossier.equipe.porteur.compte
    return deposer(dossier, upload(nom, octets or trame_bretonne()), acteur=acteur)
