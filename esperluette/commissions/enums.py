"""Les mots fermés des commissions."""

from django.db import models


class Niveau(models.TextChoices):
    """Le ressort d'une instance."""

    REGIONAL = "regional", "Régionale"
    DEPARTEMENTAL = "departemental", "Départementale"


class EtatDeSeance(models.TextChoices):
    """Où en est une séance."""

    PREVUE = "prevue", "Prévue"
    TENUE = "tenue", "Tenue"
    ANNULEE = "annulee", "Annulée"
