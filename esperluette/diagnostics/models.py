"""Ce que l'équipe retient du diagnostic de son territoire."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from esperluette.diagnostics.enums import DecisionDeConstat, GenreDeConstat
from esperluette.equipes.models import Equipe

PHRASE_MAXIMUM = 1_000


class ConstatRetenuQuerySet(models.QuerySet["ConstatRetenu"]):
    def gardes(self) -> "ConstatRetenuQuerySet":
        """Ceux dont la phrase peut se reprendre dans le projet, récrits ou non."""
        return self.exclude(decision=DecisionDeConstat.ECARTE)


class ConstatRetenu(models.Model):
    """Ce que l'équipe décide d'un constat calculé : le garder, le récrire, l'écarter ; par qui, et de quelle phrase.

    `constat` est son identifiant dans les règles de constat. `phrase_origine` est la phrase calculée le jour de la
    décision : si les chiffres changent, la décision reste et l'écran dit que la phrase a changé. `version` croît à
    chaque décision : deux personnes ne s'écrasent pas.
    """

    equipe = models.ForeignKey(
        Equipe, on_delete=models.CASCADE, related_name="constats_retenus", verbose_name="équipe"
    )
    constat = models.CharField("constat", max_length=80)
    genre = models.CharField("genre", max_length=10, choices=GenreDeConstat)
    decision = models.CharField("décision", max_length=10, choices=DecisionDeConstat)
    phrase = models.CharField("phrase retenue", max_length=PHRASE_MAXIMUM)
    phrase_origine = models.CharField("phrase calculée ce jour-là", max_length=PHRASE_MAXIMUM)
    source = models.CharField("source", max_length=500, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="décidé par"
    )
    le = models.DateTimeField("décidé le", default=timezone.now)

    objects = ConstatRetenuQuerySet.as_manager()

    class Meta:
        verbose_name = "constat retenu"
        verbose_name_plural = "constats retenus"
        ordering = ["genre", "constat"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipe", "constat"],
                name="une_decision_par_constat",
                violation_error_message="L’équipe a déjà décidé de ce constat.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.constat} : {self.get_decision_display()}"
