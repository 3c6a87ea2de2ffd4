"""Les mots fermés des commissions."""

from enum import nonmember

from django.db import models


class Niveau(models.TextChoices):
    """Le ressort d'une instance."""

    REGIONAL = "regional", "Régionale"
    DEPARTEMENTAL = "departemental", "Départementale"


class EtatDeSeance(models.TextChoices):
    """Où en est une séance. Seul `cycle.franchir_seance` écrit un état."""

    PREVUE = "prevue", "Prévue"
    CONVOQUEE = "convoquee", "Convoquée"
    OUVERTE = "ouverte", "Ouverte"
    CLOSE = "close", "Tenue"
    ANNULEE = "annulee", "Annulée"

    # Doivent encore se tenir, ou se tiennent.
    ACTIVES = nonmember(("prevue", "convoquee", "ouverte"))
    # L'ordre du jour, les déports et les convocations y changent encore.
    EN_PREPARATION = nonmember(("prevue", "convoquee"))
    TONS = nonmember(
        {"prevue": "neutre", "convoquee": "info", "ouverte": "attention", "close": "succes", "annulee": "erreur"}
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le libellé dit tout, la couleur rien de plus."""
        return self.TONS[self.value]


class Modalite(models.TextChoices):
    """Comment les membres se réunissent."""

    PRESENTIEL = "presentiel", "En présence"
    VISIO = "visio", "En visioconférence"
    ECRITE = "ecrite", "Consultation écrite"


class Issue(models.TextChoices):
    """Ce qu'il est advenu d'un point. Un dossier n'a jamais deux points « à examiner »."""

    A_EXAMINER = "a_examiner", "À examiner"
    AVIS_RENDU = "avis_rendu", "Avis rendu"
    AJOURNE = "ajourne", "Ajourné"
    REPORTE = "reporte", "Reporté faute de quorum"
    RETIRE = "retire", "Retiré de l’ordre du jour"


class ReponseDeConvocation(models.TextChoices):
    """Ce que répond un membre convoqué. `pouvoir` : il ne vient pas et donne mandat à un autre membre."""

    ATTENDUE = "", "Pas encore répondu"
    VIENT = "vient", "Vient"
    EXCUSE = "excuse", "S’excuse"
    POUVOIR = "pouvoir", "Donne mandat"
