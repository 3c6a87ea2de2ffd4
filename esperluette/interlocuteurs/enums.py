"""Les mots fermés des interlocuteurs."""

from django.db import models


class NiveauDePortee(models.TextChoices):
    """Où vaut un contact, du plus précis au plus large : le plus précis l'emporte."""

    COMMUNE = "commune", "Commune"
    INTERCOMMUNALITE = "intercommunalite", "Intercommunalité"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
