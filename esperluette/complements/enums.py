"""Vocabulaire des compléments : où en est une demande, ce qu'on rappelle avant une échéance."""

from django.db import models


class EtatDemande(models.TextChoices):
    """Où en est une demande ; déduit de ses dates, jamais écrit."""

    BROUILLON = "brouillon", "En préparation"
    ENVOYEE = "envoyee", "Envoyée à l’équipe"
    REPONDUE = "repondue", "Réponse reçue"
    CLOSE = "close", "Close"
    ANNULEE = "annulee", "Annulée"


class EtatRemarque(models.TextChoices):
    """Où en est une remarque, pour l'équipe puis pour l'agent."""

    A_TRAITER = "a_traiter", "À traiter"
    PRETE = "prete", "Réponse prête"
    A_RELIRE = "a_relire", "À relire"
    LEVEE = "levee", "Levée"
    REDEMANDEE = "redemandee", "Redemandée"


class SorteRappel(models.TextChoices):
    """Ce dont on prévient, une seule fois, avant une date ou quand elle passe."""

    SILENCE = "silence", "Le silence va valoir décision"
    COMPLEMENTS = "complements", "Les compléments sont attendus"
    RETARD = "retard", "La date limite des compléments est passée"
