"""Vocabulaire des courriels et de leur rythme."""

from django.db import models


class Etat(models.TextChoices):
    """Où en est un courriel. `EN_COURS` : confié au serveur de courriel, réponse attendue."""

    A_ENVOYER = "a_envoyer", "À envoyer"
    EN_COURS = "en_cours", "Envoi en cours"
    ENVOYE = "envoye", "Envoyé"
    LIVRE = "livre", "Livré dans la boîte locale"
    ECHEC = "echec", "Échec"
    A_REGROUPER = "a_regrouper", "Attend le récapitulatif du jour"
    REGROUPE = "regroupe", "Parti dans un récapitulatif"
    NON_VOULU = "non_voulu", "Non envoyé, au choix de la personne"


class Rythme(models.TextChoices):
    """Quand une sorte de courriel part."""

    IMMEDIAT = "immediat", "Tout de suite"
    QUOTIDIEN = "quotidien", "Une fois par jour"
    JAMAIS = "jamais", "Jamais"


class Public(models.TextChoices):
    """À quel titre on reçoit une sorte de courriel."""

    COMPTE = "compte", "Mon compte"
    EQUIPE = "equipe", "Dans mes équipes"
    AGENT = "agent", "Comme agent"
    COMMISSION = "commission", "En commission"
