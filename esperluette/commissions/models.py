"""Les commissions d'une région et leurs séances. L'instruction y ajoutera sièges, ordre du jour et avis."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Niveau
from esperluette.interlocuteurs.models import FicheSourcee
from esperluette.territoires.models import Departement


class Instance(FicheSourcee):
    """Une commission : la CARPEC d'une région, la CCOPD d'un département. L'édition en dit les règles."""

    instance_edition = models.SlugField("instance de l'édition", max_length=60)
    departement = models.ForeignKey(
        Departement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="instances",
        verbose_name="département",
    )
    niveau = models.CharField("niveau", max_length=15, choices=Niveau, default=Niveau.REGIONAL)
    sigle = models.CharField("sigle", max_length=20)
    nom = models.CharField("nom", max_length=250)

    class Meta:
        verbose_name = "instance"
        ordering = ["region_id", "sigle", "departement_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "identifiant"], condition=~Q(identifiant=""), name="instance_unique_par_region"
            ),
            models.CheckConstraint(
                name="instance_departement_si_departementale",
                condition=Q(departement=None) | Q(niveau=Niveau.DEPARTEMENTAL),
                violation_error_message="Seule une instance départementale a un département.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sigle} ({self.departement.nom})" if self.departement else self.sigle


class SeanceQuerySet(models.QuerySet["Seance"]):
    def publiees(self, region: str) -> "SeanceQuerySet":
        """Les séances publiques d'une région (sa clé), annulées comprises, avec leur instance.

        Celles qu'on invente pour la démonstration n'existent que là.
        """
        publiees = self.filter(region__cle=region, actif=True, publique=True, instance__actif=True)
        publiees = publiees.select_related("instance__departement")
        return publiees if settings.DEMONSTRATION else publiees.filter(fictive=False)

    def a_venir(self, le: datetime.date | None = None) -> "SeanceQuerySet":
        """Celles qui doivent encore se tenir, la plus proche d'abord."""
        return self.filter(date__gte=le or timezone.localdate(), etat=EtatDeSeance.PREVUE).order_by(
            "date", "heure", "pk"
        )


class Seance(FicheSourcee):
    """Une réunion d'une instance. `depot_avant` : dernier jour pour déposer un dossier qui y passera."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="seances", verbose_name="instance")
    date = models.DateField("date")
    heure = models.TimeField("heure", null=True, blank=True)
    lieu = models.CharField("lieu", max_length=250, blank=True)
    a_distance = models.BooleanField("en visioconférence", default=False)
    # Pour les convoqués seulement : jamais publié.
    lien_visio = models.URLField("lien de visioconférence", max_length=500, blank=True)
    depot_avant = models.DateField("date limite de dépôt", null=True, blank=True)
    capacite = models.PositiveSmallIntegerField("nombre de dossiers possible", null=True, blank=True)
    publique = models.BooleanField("au calendrier public", default=True)
    etat = models.CharField("état", max_length=10, choices=EtatDeSeance, default=EtatDeSeance.PREVUE)
    fictive = models.BooleanField("séance de démonstration", default=False)

    objects = SeanceQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["-date", "instance_id"]
        indexes = [models.Index(fields=["region", "date"], name="seance_region_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "identifiant"], condition=~Q(identifiant=""), name="seance_unique_par_region"
            ),
            models.CheckConstraint(
                name="seance_depot_avant_la_date",
                condition=Q(depot_avant=None) | Q(depot_avant__lte=F("date")),
                violation_error_message="On dépose avant la séance, ou le jour même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance} du {self.date:%d/%m/%Y}" if isinstance(self.date, datetime.date) else str(self.date)
