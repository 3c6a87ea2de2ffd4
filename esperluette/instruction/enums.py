"""Vocabulaire de l'instruction."""

from django.db import models


class Resultat(models.TextChoices):
    """Ce qu'un geste par lot a donné sur un dossier."""

    A_FAIRE = "a_faire", "À faire"
    FAIT = "fait", "Fait"
    REFUSE = "refuse", "Refusé"
