"""Vocabulaire des reconnaissances."""

from enum import nonmember

from django.db import models


class EtatReconnaissance(models.TextChoices):
    """Ce que disent les dates d'une reconnaissance ; rien ne s'écrit en base."""

    EN_COURS = "en_cours", "En cours"
    SUSPENDUE = "suspendue", "Suspendue"
    RETIREE = "retiree", "Retirée"
    FINIE = "finie", "Finie"
    A_VENIR = "a_venir", "À venir"

    TONS = nonmember(
        {"en_cours": "succes", "suspendue": "attention", "retiree": "erreur", "finie": "neutre", "a_venir": "info"}
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le libellé dit tout, la couleur rien de plus."""
        return self.TONS[self.value]


class IssueRetrait(models.TextChoices):
    """Ce que l'ARS a décidé, une fois l'équipe entendue."""

    RETIREE = "retiree", "Reconnaissance retirée"
    MAINTENUE = "maintenue", "Reconnaissance maintenue"


class OrigineDuDelai(models.TextChoices):
    """D'où vient le délai laissé à l'équipe : jamais inventé."""

    EDITION = "edition", "Prévu par les règles de la région"
    AGENT = "agent", "Fixé par l’ARS"
