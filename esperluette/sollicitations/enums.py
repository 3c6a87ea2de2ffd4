"""Vocabulaire des sollicitations."""

from django.db import models


class Issue(models.TextChoices):
    """Ce que l'ARS a répondu."""

    FOURNI = "fourni", "Chiffre fourni"
    INDISPONIBLE = "indisponible", "L’ARS ne l’a pas"


class EtatSollicitation(models.TextChoices):
    """Où en est une demande ; déduit de ce qui y est écrit et de ce que porte le projet, jamais écrit."""

    EN_ATTENTE = "en_attente", "Demandé"
    A_INSERER = "a_inserer", "Reçu, à insérer"
    INSERE = "insere", "Dans le projet"
    OTE = "ote", "Reçu, plus dans le projet"
    FOURNI = "fourni", "Reçu"
    INDISPONIBLE = "indisponible", "L’ARS ne l’a pas"
    RETIRE = "retire", "Retiré"
