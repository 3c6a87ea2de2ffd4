"""Le travail des agents : à qui revient un dossier, qui relaie qui, ce qu'on regarde."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.dossiers.models import Dossier
from esperluette.instruction import models_fiche as models_fiche  # Django trouve ses modèles par ce module
from esperluette.instruction.enums import Resultat
from esperluette.territoires.models import Region


class Affectation(models.Model):
    """Un dossier confié à un agent : à la place de qui, par qui (personne : au dépôt, par la règle), pourquoi."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="affectations", verbose_name="dossier")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="agent"
    )
    ancien = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="à la place de",
    )
    motif = models.CharField("motif", max_length=500, blank=True)
    le = models.DateTimeField("le", default=timezone.now)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="par",
    )

    class Meta:
        verbose_name = "affectation"
        ordering = ["-le", "-pk"]

    def __str__(self) -> str:
        return f"{self.dossier_id} : {self.agent or 'personne'}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def valables(self) -> "AbsenceQuerySet":
        """Celles qui n'ont pas été annulées."""
        return self.filter(annulee_le=None)

    def entre(self, debut: datetime.date, fin: datetime.date) -> "AbsenceQuerySet":
        """Celles qui touchent cette période, bornes comprises."""
        return self.valables().filter(debut__lte=fin, fin__gte=debut)

    def en_cours(self, le: datetime.date | None = None) -> "AbsenceQuerySet":
        """Celles de ce jour-là."""
        jour = le or timezone.localdate()
        return self.entre(jour, jour)


class Absence(models.Model):
    """Un agent absent, et le collègue qui le relaie : nouveaux dossiers et rappels vont au relais."""

    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences", verbose_name="agent absent"
    )
    debut = models.DateField("du")
    fin = models.DateField("au")
    relais = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="relais", verbose_name="relais"
    )
    posee_le = models.DateTimeField("posée le", default=timezone.now)
    posee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="posée par"
    )
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        ordering = ["debut", "pk"]
        indexes = [models.Index(fields=["relais", "fin"], name="absence_relais")]
        constraints = [
            models.CheckConstraint(
                name="absence_dates_dans_l_ordre",
                condition=Q(fin__gte=F("debut")),
                violation_error_message="Une absence finit après avoir commencé.",
            ),
            models.CheckConstraint(
                name="absence_relayee_par_un_autre",
                condition=~Q(relais=F("compte")),
                violation_error_message="On ne se relaie pas soi-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compte} du {self.debut} au {self.fin}"


class VueDeListe(models.Model):
    """Des filtres qu'un agent a nommés pour les retrouver, et qu'il partage ou non avec ceux de sa région.

    Le nom vide est celui de ses réglages de tous les jours : les colonnes qu'il a choisies.
    """

    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vues_de_liste", verbose_name="compte"
    )
    nom = models.CharField("nom", max_length=80, blank=True)
    requete = models.CharField("filtres", max_length=1000, blank=True)
    colonnes = models.CharField("colonnes", max_length=300, blank=True)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="partagée en"
    )

    class Meta:
        verbose_name = "vue de la liste"
        verbose_name_plural = "vues de la liste"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "nom"],
                name="vue_nom_unique",
                violation_error_message="Vous avez déjà des filtres de ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom or f"réglages de {self.compte}"


class Lot(models.Model):
    """Un même geste sur plusieurs dossiers : préparé (l'aperçu), lancé une fois, avec le compte rendu de chacun."""

    cle = models.UUIDField("clé", primary_key=True, default=uuid.uuid4, editable=False)
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="compte"
    )
    geste = models.CharField("geste", max_length=40)
    parametres = models.JSONField("paramètres", default=dict)
    requete = models.CharField("filtres d'où l'on vient", max_length=1000, blank=True)
    prepare_le = models.DateTimeField("préparé le", default=timezone.now)
    lance_le = models.DateTimeField("lancé le", null=True, blank=True)

    class Meta:
        verbose_name = "lot"
        ordering = ["-prepare_le"]

    def __str__(self) -> str:
        return f"{self.geste} du {self.prepare_le:%d/%m/%Y}"


class LigneDeLot(models.Model):
    """Un dossier d'un lot, et ce qu'il en est advenu."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="lignes", verbose_name="lot")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+", verbose_name="dossier")
    resultat = models.CharField("résultat", max_length=10, choices=Resultat, default=Resultat.A_FAIRE)
    motif = models.CharField("raison du refus", max_length=500, blank=True)

    class Meta:
        verbose_name = "ligne d'un lot"
        verbose_name_plural = "lignes d'un lot"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["lot", "dossier"], name="lot_dossier_unique")]

    def __str__(self) -> str:
        return f"{self.dossier_id} : {self.get_resultat_display()}"
