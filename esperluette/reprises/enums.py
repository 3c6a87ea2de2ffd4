"""Vocabulaire des reprises."""

from enum import nonmember

from django.db import models

from esperluette.dossiers.enums import Etat


class EtapeReprise(models.TextChoices):
    """Où en est un dossier qu'on reprend ; les autres états naissent d'un acte fait ici."""

    BROUILLON = Etat.BROUILLON.value, "En cours d'écriture"
    DEPOSE = Etat.DEPOSE.value, "Déposé, à prendre en instruction"
    EN_INSTRUCTION = Etat.EN_INSTRUCTION.value, "En instruction"
    AVIS_RENDU = Etat.AVIS_RENDU.value, "Avis rendu, à décider"
    ACCEPTE = Etat.ACCEPTE.value, "Accepté"
    REFUSE = Etat.REFUSE.value, "Refusé"
    SANS_SUITE = Etat.SANS_SUITE.value, "Classé sans suite"

    # La colonne de la date où le dossier est entré dans chaque état, dans l'ordre du chemin.
    CHEMINS = nonmember(
        {
            "brouillon": (),
            "depose": ("depose_le",),
            "en_instruction": ("depose_le", "instruit_le"),
            "avis_rendu": ("depose_le", "instruit_le", "avis_le"),
            "accepte": ("depose_le", "instruit_le", "avis_le", "decision_le"),
            "refuse": ("depose_le", "instruit_le", "avis_le", "decision_le"),
            "sans_suite": ("depose_le", "instruit_le", "decision_le"),
        }
    )
    # Sans elles, le passage ne se date pas ; les autres se devinent d'elles, et c'est dit.
    INDISPENSABLES = nonmember(("depose_le", "decision_le"))


class NatureActe(models.TextChoices):
    """Un acte d'alors, numérisé. Une page signée se joint à part : il faut dire qui l'a signée, et quand."""

    PROJET = "projet-signe", "Le projet signé"
    DECISION = "decision", "La décision"
    PROCES_VERBAL = "proces-verbal", "Le procès-verbal de la commission"
    PAGE_SIGNEE = "page-signee", "La page signée à la main, numérisée"
    AUTRE = "autre-acte", "Un autre acte"
