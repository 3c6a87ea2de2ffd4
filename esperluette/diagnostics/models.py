"""La patientèle d'une équipe, en effectifs, jamais des personnes ; ce que l'équipe retient de son diagnostic."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.diagnostics.enums import DecisionDeConstat, GenreDeConstat
from esperluette.diagnostics.patienteles.reglages import effectif_minimal
from esperluette.equipes.models import Equipe, Membre
from esperluette.territoires.models import Commune

PHRASE_MAXIMUM = 1_000


class PatienteleQuerySet(models.QuerySet["Patientele"]):
    def en_cours(self) -> "PatienteleQuerySet":
        """Celles qui comptent : ni remplacées, ni retirées, et dont le membre est toujours dans l'équipe."""
        return self.filter(courante=True).filter(Q(membre=None) | Q(membre__sorti_le=None))


class Patientele(models.Model):
    """D'où viennent les patients d'un membre, ou de toute l'équipe (`membre` vide). Un import en fait une version.

    Aucun effectif de 1 à 10 n'y entre : les communes moins représentées sont comptées ensemble, sans leur nom.
    """

    equipe = models.ForeignKey(Equipe, on_delete=models.PROTECT, related_name="patienteles", verbose_name="équipe")
    membre = models.ForeignKey(
        Membre, null=True, blank=True, on_delete=models.PROTECT, related_name="patienteles", verbose_name="membre"
    )
    version = models.PositiveSmallIntegerField("version")
    jeton = models.UUIDField("jeton de l’aperçu", default=uuid.uuid4, unique=True)
    periode = models.CharField("période", max_length=80, blank=True)
    total = models.PositiveIntegerField("patients", null=True, blank=True)
    ald = models.PositiveIntegerField("dont en ALD", null=True, blank=True)
    autres_communes = models.PositiveIntegerField("communes moins représentées", default=0)
    autres_effectif = models.PositiveIntegerField("patients de ces communes", default=0)
    lignes = models.PositiveIntegerField("lignes lues", default=0)
    rejetees = models.PositiveIntegerField("lignes laissées de côté", default=0)
    courante = models.BooleanField("en vigueur", default=True)
    importee_le = models.DateTimeField("importée le", default=timezone.now)
    importee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="importée par"
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)
    retiree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="retirée par",
    )

    objects = PatienteleQuerySet.as_manager()

    class Meta:
        verbose_name = "patientèle"
        ordering = ["equipe", "-importee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipe", "membre"],
                condition=Q(courante=True),
                name="une_patientele_en_vigueur_par_membre",
                violation_error_message="Ce membre a déjà une patientèle en vigueur.",
            ),
            models.UniqueConstraint(
                fields=["equipe"],
                condition=Q(courante=True, membre=None),
                name="une_patientele_en_vigueur_pour_l_equipe",
                violation_error_message="L’équipe a déjà une patientèle en vigueur.",
            ),
            models.CheckConstraint(
                name="patientele_sans_faible_effectif",
                condition=(Q(total=None) | Q(total__gte=effectif_minimal()))
                & (Q(ald=None) | Q(ald=0) | Q(ald__gte=effectif_minimal()))
                & (Q(autres_effectif=0) | Q(autres_effectif__gte=effectif_minimal())),
                violation_error_message="Un effectif faible ne se garde pas.",
            ),
            models.CheckConstraint(
                name="patientele_retiree_ou_chiffree",
                condition=Q(retiree_le=None, total__isnull=False) | Q(retiree_le__isnull=False, courante=False),
                violation_error_message="Une patientèle retirée n’est plus en vigueur.",
            ),
        ]

    def __str__(self) -> str:
        return f"Patientèle de {self.de}, version {self.version}"

    @property
    def de(self) -> str:
        """« Anne Morvan », ou « l’équipe »."""
        return str(self.membre) if self.membre is not None else "l’équipe"


class CommuneDePatientele(models.Model):
    """Combien de patients vivent dans une commune : onze au moins, ou la commune n'est pas nommée."""

    patientele = models.ForeignKey(
        Patientele, on_delete=models.CASCADE, related_name="communes", verbose_name="patientèle"
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    effectif = models.PositiveIntegerField("patients")

    class Meta:
        verbose_name = "commune d’une patientèle"
        verbose_name_plural = "communes d’une patientèle"
        ordering = ["patientele", "-effectif", "commune"]
        constraints = [
            models.UniqueConstraint(fields=["patientele", "commune"], name="commune_une_fois_par_patientele"),
            models.CheckConstraint(
                name="commune_de_patientele_sans_faible_effectif", condition=Q(effectif__gte=effectif_minimal())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} : {self.effectif}"


class TrancheDePatientele(models.Model):
    """Combien de patients ont un âge : une tranche peu fournie est réunie à sa voisine."""

    patientele = models.ForeignKey(
        Patientele, on_delete=models.CASCADE, related_name="tranches", verbose_name="patientèle"
    )
    debut = models.PositiveSmallIntegerField("de")
    fin = models.PositiveSmallIntegerField("à", null=True, blank=True)
    effectif = models.PositiveIntegerField("patients")
    ald = models.PositiveIntegerField("dont en ALD", null=True, blank=True)

    class Meta:
        verbose_name = "tranche d’âge d’une patientèle"
        verbose_name_plural = "tranches d’âge d’une patientèle"
        ordering = ["patientele", "debut"]
        constraints = [
            models.UniqueConstraint(fields=["patientele", "debut"], name="tranche_une_fois_par_patientele"),
            models.CheckConstraint(
                name="tranche_de_patientele_sans_faible_effectif",
                condition=Q(effectif__gte=effectif_minimal()) & (Q(ald=None) | Q(ald__gte=effectif_minimal())),
            ),
        ]

    def __str__(self) -> str:
        return self.libelle

    @property
    def libelle(self) -> str:
        """« 15 à 29 ans », « 75 ans et plus »."""
        return f"{self.debut} ans et plus" if self.fin is None else f"{self.debut} à {self.fin} ans"


class PatienteleCommune(models.Model):
    """Combien de patients deux membres suivent l'un et l'autre, d'après eux ; sans membres, au moins deux de
    l'équipe. `effectif` vide : de 1 à 10, un nombre qu'on ne garde pas.
    """

    equipe = models.ForeignKey(
        Equipe, on_delete=models.PROTECT, related_name="patienteles_communes", verbose_name="équipe"
    )
    membre = models.ForeignKey(
        Membre, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="un membre"
    )
    autre = models.ForeignKey(
        Membre, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="un autre membre"
    )
    effectif = models.PositiveIntegerField("patients suivis par les deux", null=True, blank=True)
    methode = models.CharField("façon de compter", max_length=200, blank=True)
    declaree_le = models.DateTimeField("déclarée le", default=timezone.now)
    declaree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déclarée par"
    )

    class Meta:
        verbose_name = "patientèle commune"
        verbose_name_plural = "patientèles communes"
        ordering = ["equipe", "pk"]
        constraints = [
            models.CheckConstraint(
                name="patientele_commune_sans_faible_effectif",
                condition=Q(effectif=None) | Q(effectif=0) | Q(effectif__gte=effectif_minimal()),
                violation_error_message="Un effectif faible ne se garde pas.",
            ),
            models.CheckConstraint(
                name="patientele_commune_de_deux_ou_de_tous",
                condition=Q(membre=None, autre=None) | Q(membre__lt=models.F("autre")),
                violation_error_message="Choisissez deux membres différents, ou toute l’équipe.",
            ),
            models.UniqueConstraint(fields=["equipe", "membre", "autre"], name="patientele_commune_une_fois"),
            models.UniqueConstraint(
                fields=["equipe"], condition=Q(membre=None), name="patientele_commune_de_l_equipe_une_fois"
            ),
        ]

    def __str__(self) -> str:
        return "Patientèle commune de l’équipe" if self.membre is None else f"{self.membre} et {self.autre}"


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

    @property
    def a_reprendre(self) -> str:
        """La phrase et sa source, telles qu'elles entrent dans le projet."""
        return f"{self.phrase} ({self.source})" if self.source else self.phrase
