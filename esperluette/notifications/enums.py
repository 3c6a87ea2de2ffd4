"""Vocabulaire des courriels."""

from django.db import models


class Etat(models.TextChoices):
    """Où en est un courriel. `EN_COURS` : confié au serveur de courriel, réponse attendue."""

    A_ENVOYER = "a_envoyer", "À envoyer"
    EN_COURS = "en_cours", "Envoi en cours"
    ENVOYE = "envoye", "Envoyé"
    LIVRE = "livre", "Livré dans la boîte locale"
    ECHEC = "echec", "Échec"
