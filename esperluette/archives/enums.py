"""Vocabulaire des archives."""

from django.db import models


class EtatArchive(models.TextChoices):
    """Où en est une archive demandée."""

    EN_FILE = "en_file", "En attente"
    EN_COURS = "en_cours", "En préparation"
    PRETE = "prete", "Prête"
    ECHOUEE = "echouee", "Échouée"
    EXPIREE = "expiree", "Expirée"
