"""Les mots fermés des décisions."""

from enum import nonmember

from django.db import models


class Sens(models.TextChoices):
    """Ce que l'ARS décide."""

    ACCORD = "accord", "Accord"
    ACCORD_RESERVES = "accord_reserves", "Accord avec réserves"
    AJOURNEMENT = "ajournement", "Ajournement"
    REFUS = "refus", "Refus"

    FAVORABLES = nonmember(("accord", "accord_reserves"))
    TONS = nonmember({"accord": "succes", "accord_reserves": "succes", "ajournement": "attention", "refus": "erreur"})
    # Le geste du dossier que la notification franchit.
    GESTES = nonmember(
        {"accord": "accepter", "accord_reserves": "accepter", "ajournement": "differer", "refus": "refuser"}
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le mot dit tout."""
        return self.TONS[self.value]

    @property
    def geste(self) -> str:
        """La transition du dossier que franchit la notification."""
        return self.GESTES[self.value]


class EtatDecision(models.TextChoices):
    """Où en est une décision. Seul `cycle.avancer` l'écrit."""

    BROUILLON = "brouillon", "En préparation"
    RELUE = "relue", "Relue"
    SIGNEE = "signee", "Signée, à notifier"
    NOTIFIEE = "notifiee", "Notifiée"
    ANNULEE = "annulee", "Abandonnée"
    REMPLACEE = "remplacee", "Remplacée"
    RETIREE = "retiree", "Retirée"

    EN_PREPARATION = nonmember(("brouillon", "relue"))
    AVANT_NOTIFICATION = nonmember(("brouillon", "relue", "signee"))
    # Ce que l'équipe a reçu, encore valable ou non.
    RECUES = nonmember(("notifiee", "remplacee", "retiree"))
    TONS = nonmember(
        {
            "brouillon": "info",
            "relue": "info",
            "signee": "attention",
            "notifiee": "succes",
            "annulee": "neutre",
            "remplacee": "neutre",
            "retiree": "neutre",
        }
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille."""
        return self.TONS[self.value]


class NatureDeCourrier(models.TextChoices):
    """Ce qu'un courrier porte à l'équipe."""

    DECISION = "decision", "La décision"
    RETRAIT = "retrait", "Le retrait de la décision"
