"""Les mots fermés des délibérations."""

from enum import nonmember

from django.db import models


class Mode(models.TextChoices):
    """Comment une personne est là. « À distance » compte au quorum comme une présence (CRPA, R. 133-10)."""

    PRESENT = "present", "Présent"
    DISTANCE = "distance", "À distance"
    ABSENT = "absent", "Absent"

    LA = nonmember(("present", "distance"))


class Sens(models.TextChoices):
    """La voix d'un siège sur l'avis proposé."""

    POUR = "pour", "Pour"
    CONTRE = "contre", "Contre"
    ABSTENTION = "abstention", "Abstention"


class SorteDIssue(models.TextChoices):
    """Ce que la commission fait d'un point."""

    AVIS = "avis", "Avis"
    AJOURNEMENT = "ajournement", "Ajournement"


class Cote(models.TextChoices):
    """Qui doit lever une réserve."""

    EQUIPE = "equipe", "L’équipe"
    ARS = "ars", "L’ARS"


class EtatDeReserve(models.TextChoices):
    """Où en est une réserve : il n'y en a pas sans état."""

    A_LEVER = "a_lever", "À lever"
    LEVEE = "levee", "Levée"
    ABANDONNEE = "abandonnee", "Abandonnée"

    TONS = nonmember({"a_lever": "attention", "levee": "succes", "abandonnee": "neutre"})

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le libellé dit tout."""
        return self.TONS[self.value]


class GesteDeReserve(models.TextChoices):
    """L'histoire d'une réserve, ligne à ligne."""

    POSEE = "posee", "Posée par la commission"
    PREUVE = "preuve", "Preuve déposée"
    LEVEE = "levee", "Levée"
    ABANDONNEE = "abandonnee", "Abandonnée"
    ROUVERTE = "rouverte", "Rouverte"
