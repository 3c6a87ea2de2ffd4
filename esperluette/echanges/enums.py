"""Vocabulaire des échanges."""

from django.db import models


class Cote(models.TextChoices):
    """De quel côté du fil vient un message."""

    EQUIPE = "equipe", "L’équipe"
    ARS = "ars", "L’ARS"


class Ecrit(models.TextChoices):
    """Ce qu'un brouillon deviendra."""

    MESSAGE = "message", "Message"
    NOTE = "note", "Note interne"
