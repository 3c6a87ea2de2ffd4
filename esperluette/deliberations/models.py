"""La séance telle qu'elle se tient : lectures, présences, voix, avis, réserves, procès-verbal."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.commissions.models import Instance, Point, Seance, Siege
from esperluette.deliberations.enums import Cote, EtatDeReserve, GesteDeReserve, Mode, Sens, SorteDIssue
from esperluette.documents.models import DocumentProduit, Signature
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.models import Fichier


def _compte(nom: str, **options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=nom, **options
    )


class OptionsDeLecture(models.Model):
    """Comment une instance fait lire ses dossiers. Sans ligne : on voit l'avis des autres après le sien."""

    instance = models.OneToOneField(
        Instance, on_delete=models.CASCADE, related_name="options_de_lecture", verbose_name="instance"
    )
    apres_le_sien = models.BooleanField("voir l'avis des autres après avoir rendu le sien", default=True)

    class Meta:
        verbose_name = "options de lecture"
        verbose_name_plural = "options de lecture"

    def __str__(self) -> str:
        return f"Lecture de {self.instance_id}"


class Tenue(models.Model):
    """Ce qui vaut pour toute une séance ouverte : qui la préside, et quand finit une consultation écrite."""

    seance = models.OneToOneField(Seance, on_delete=models.CASCADE, related_name="tenue", verbose_name="séance")
    preside_par = _compte("présidée par", null=True, blank=True)
    observations = models.TextField("observations au procès-verbal", blank=True)
    vote_jusqu_a = models.DateTimeField("consultation écrite ouverte jusqu'au", null=True, blank=True)
    versions = models.JSONField("versions des champs", default=dict)

    class Meta:
        verbose_name = "tenue de séance"
        verbose_name_plural = "tenues de séance"

    def __str__(self) -> str:
        return f"Tenue de {self.seance_id}"


class Presence(models.Model):
    """Une personne à la table, d'une heure à une autre. Partie puis revenue : deux lignes. Absente : sans heure."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="presences", verbose_name="séance")
    siege = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="presences", verbose_name="siège")
    compte = _compte("personne")
    mode = models.CharField("mode", max_length=10, choices=Mode)
    arrive_le = models.DateTimeField("arrivée", null=True, blank=True)
    parti_le = models.DateTimeField("départ", null=True, blank=True)
    saisie_par = _compte("saisie par")

    class Meta:
        verbose_name = "présence"
        ordering = ["seance_id", "siege__ordre", "compte_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "compte"], condition=Q(parti_le=None), name="presence_en_cours_unique"
            ),
            models.CheckConstraint(
                name="presence_absent_sans_heure",
                condition=Q(mode=Mode.ABSENT, arrive_le=None, parti_le=None)
                | (~Q(mode=Mode.ABSENT) & Q(arrive_le__isnull=False)),
                violation_error_message="Qui est là a une heure d’arrivée ; qui est absent n’en a pas.",
            ),
            models.CheckConstraint(
                name="presence_depart_apres_arrivee", condition=Q(parti_le=None) | Q(parti_le__gte=F("arrive_le"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compte} : {self.get_mode_display()}"


class Pouvoir(models.Model):
    """Le mandat qu'un membre absent donne à un autre membre, pour une séance (CRPA, R. 133-9)."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="pouvoirs", verbose_name="séance")
    de = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="+", verbose_name="siège qui donne")
    mandant = _compte("donné par")
    a = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="+", verbose_name="siège qui reçoit")
    donne_le = models.DateTimeField("donné le", default=timezone.now)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    saisi_par = _compte("saisi par")

    class Meta:
        verbose_name = "mandat de séance"
        verbose_name_plural = "mandats de séance"
        ordering = ["seance_id", "donne_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "de"],
                condition=Q(retire_le=None),
                name="pouvoir_un_par_siege",
                violation_error_message="Ce siège a déjà donné mandat.",
            ),
            models.CheckConstraint(
                name="pouvoir_a_un_autre",
                condition=~Q(de=F("a")),
                violation_error_message="On donne mandat à un autre siège que le sien.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.de} → {self.a}"


class Evaluation(models.Model):
    """La lecture d'un dossier par un membre : sa grille, l'avis écrit qu'il propose. Rendue, les autres la voient."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="evaluations", verbose_name="point")
    compte = _compte("membre")
    siege = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="evaluations", verbose_name="siège")
    valeurs = models.JSONField("grille", default=dict)
    avis_propose = models.SlugField("avis proposé", max_length=60, blank=True)
    texte = models.TextField("avis écrit", max_length=10000, blank=True)
    versions = models.JSONField("versions des champs", default=dict)
    lue_le = models.DateTimeField("ouverte le", default=timezone.now)
    passee_le = models.DateTimeField("passée le", null=True, blank=True)
    modifiee_le = models.DateTimeField("modifiée le", null=True, blank=True)
    rendue_le = models.DateTimeField("rendue le", null=True, blank=True)

    class Meta:
        verbose_name = "évaluation"
        ordering = ["point_id", "siege__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["point", "compte"], name="evaluation_une_par_membre"),
            models.CheckConstraint(
                name="evaluation_rendue_dit_un_avis",
                condition=Q(rendue_le=None) | ~Q(avis_propose=""),
                violation_error_message="Un avis rendu dit lequel.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} lu par {self.compte}"


class Voix(models.Model):
    """La voix d'un siège sur l'avis proposé pour un point : facultative en séance, attendue par écrit."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="voix", verbose_name="point")
    siege = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="voix", verbose_name="siège")
    compte = _compte("exprimée par")
    sens = models.CharField("sens", max_length=10, choices=Sens)
    version = models.PositiveIntegerField("version", default=1)
    exprimee_le = models.DateTimeField("exprimée le", default=timezone.now)

    class Meta:
        verbose_name = "voix"
        verbose_name_plural = "voix"
        ordering = ["point_id", "siege__ordre", "pk"]
        constraints = [models.UniqueConstraint(fields=["point", "siege"], name="voix_une_par_siege")]

    def __str__(self) -> str:
        return f"{self.siege} : {self.get_sens_display()}"


class AvisRendu(models.Model):
    """Ce que la commission dit d'un point : préparé, rendu en séance, définitif à la clôture.

    `historique` : ce qui avait été rendu avant qu'on reprenne le point.
    """

    point = models.OneToOneField(Point, on_delete=models.CASCADE, related_name="avis_rendu", verbose_name="point")
    sorte = models.CharField("issue", max_length=12, choices=SorteDIssue, default=SorteDIssue.AVIS)
    avis = models.SlugField("avis", max_length=60, blank=True)
    libelle = models.CharField("intitulé de l'avis", max_length=200, blank=True)
    effet = models.CharField("effet", max_length=30, blank=True)
    motif = models.TextField("motif", max_length=10000, blank=True)
    seance_suivante = models.ForeignKey(
        Seance, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="séance proposée"
    )
    quorum = models.JSONField("quorum constaté", default=dict)
    voix = models.JSONField("voix comptées", default=dict)
    versions = models.JSONField("versions des champs", default=dict)
    historique = models.JSONField("avis repris", default=list)
    rendu_le = models.DateTimeField("rendu le", null=True, blank=True)
    rendu_par = _compte("rendu par", null=True, blank=True)
    definitif_le = models.DateTimeField("définitif le", null=True, blank=True)

    class Meta:
        verbose_name = "avis rendu"
        verbose_name_plural = "avis rendus"
        ordering = ["point_id"]
        constraints = [
            models.CheckConstraint(
                name="avis_definitif_apres_rendu", condition=Q(definitif_le=None) | Q(rendu_le__isnull=False)
            ),
            models.CheckConstraint(
                name="avis_rendu_dit_lequel",
                condition=Q(rendu_le=None) | ~Q(avis="") | Q(sorte=SorteDIssue.AJOURNEMENT),
                violation_error_message="Un avis rendu dit lequel.",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle or self.get_sorte_display()

    @property
    def est_un_ajournement(self) -> bool:
        return self.sorte == SorteDIssue.AJOURNEMENT

    @property
    def avis_repris(self) -> list[dict[str, Any]]:
        """Ce qui avait été rendu, l'heure relue : l'écran la dit à l'heure d'ici."""
        return [{**ligne, "rendu_le": datetime.datetime.fromisoformat(ligne["rendu_le"])} for ligne in self.historique]


class Desaccord(models.Model):
    """Un membre demande que son désaccord figure au procès-verbal (CRPA, R. 133-13)."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="desaccords", verbose_name="point")
    siege = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="+", verbose_name="siège")
    texte = models.TextField("mention", max_length=2000, blank=True)
    demande_le = models.DateTimeField("demandé le", default=timezone.now)
    saisi_par = _compte("saisi par")

    class Meta:
        verbose_name = "désaccord"
        ordering = ["point_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["point", "siege"], name="desaccord_un_par_siege")]

    def __str__(self) -> str:
        return f"Désaccord de {self.siege}"


class Reserve(models.Model):
    """Une condition que pose la commission, suivie jusqu'à sa levée ou son abandon. Connue à la clôture."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="reserves", verbose_name="dossier")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="reserves", verbose_name="point")
    texte = models.TextField("réserve", max_length=10000)
    cote = models.CharField("à lever par", max_length=10, choices=Cote, default=Cote.EQUIPE)
    responsable = models.CharField("responsable", max_length=150, blank=True)
    avant_le = models.DateField("avant le", null=True, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatDeReserve, default=EtatDeReserve.A_LEVER)
    versions = models.JSONField("versions des champs", default=dict)
    cle = models.UUIDField("clé de saisie", default=uuid.uuid4, unique=True, editable=False)
    posee_le = models.DateTimeField("posée le", default=timezone.now)
    posee_par = _compte("saisie par")
    definitive_le = models.DateTimeField("définitive le", null=True, blank=True)
    levee_le = models.DateTimeField("levée ou abandonnée le", null=True, blank=True)
    levee_par = _compte("levée ou abandonnée par", null=True, blank=True)

    class Meta:
        verbose_name = "réserve"
        ordering = ["dossier_id", "posee_le", "pk"]
        indexes = [models.Index(fields=["etat", "avant_le"], name="reserve_a_lever")]
        constraints = [
            models.CheckConstraint(
                name="reserve_etat_connu",
                condition=Q(etat__in=["a_lever", "levee", "abandonnee"]),
                violation_error_message="Une réserve est à lever, levée ou abandonnée.",
            ),
            models.CheckConstraint(
                name="reserve_finie_dit_quand",
                condition=Q(etat="a_lever", levee_le=None, levee_par=None)
                | (~Q(etat="a_lever") & Q(levee_le__isnull=False, levee_par__isnull=False)),
                violation_error_message="Une réserve levée ou abandonnée dit quand et par qui.",
            ),
        ]

    def __str__(self) -> str:
        return f"Réserve sur {self.dossier}"

    @property
    def etat_enum(self) -> EtatDeReserve:
        return EtatDeReserve(self.etat)


class EtapeDeReserve(models.Model):
    """Une ligne de l'histoire d'une réserve : posée, preuve déposée, levée, abandonnée, rouverte."""

    reserve = models.ForeignKey(Reserve, on_delete=models.CASCADE, related_name="etapes", verbose_name="réserve")
    geste = models.CharField("geste", max_length=12, choices=GesteDeReserve)
    texte = models.TextField("texte", max_length=10000, blank=True)
    fichier = models.ForeignKey(
        Fichier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="fichier"
    )
    le = models.DateTimeField("le", default=timezone.now)
    par = _compte("par")

    class Meta:
        verbose_name = "étape d'une réserve"
        verbose_name_plural = "étapes d'une réserve"
        ordering = ["reserve_id", "le", "pk"]

    def __str__(self) -> str:
        return f"{self.get_geste_display()}, {self.le:%d/%m/%Y}"


class ProcesVerbal(models.Model):
    """Le procès-verbal d'une séance (CRPA, R. 133-13) : établi à la clôture, corrigeable, validé puis figé."""

    seance = models.OneToOneField(
        Seance, on_delete=models.PROTECT, related_name="proces_verbal", verbose_name="séance"
    )
    contenu = models.JSONField("contenu")
    version = models.PositiveIntegerField("version", default=1)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    etabli_le = models.DateTimeField("établi le", default=timezone.now)
    etabli_par = _compte("établi par")
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    valide_par = _compte("validé par", null=True, blank=True)
    # Désigné quand le président et ses suppléants sont écartés d'un point (docs/adr/0009).
    confie_a = _compte("validation confiée à", null=True, blank=True)
    signatures = GenericRelation(Signature)
    documents = GenericRelation(DocumentProduit)

    class Meta:
        verbose_name = "procès-verbal"
        verbose_name_plural = "procès-verbaux"
        constraints = [
            models.CheckConstraint(
                name="pv_valide_par_quelqu_un",
                condition=Q(valide_le=None, valide_par=None) | Q(valide_le__isnull=False, valide_par__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Procès-verbal de la séance {self.seance_id}"

    @property
    def est_fige(self) -> bool:
        return self.valide_le is not None

    @property
    def empreinte_courte(self) -> str:
        """Les douze premiers caractères, tels qu'imprimés."""
        return self.empreinte[:12]


class Extrait(models.Model):
    """La part du procès-verbal qui concerne un dossier, et lui seul."""

    proces_verbal = models.ForeignKey(
        ProcesVerbal, on_delete=models.PROTECT, related_name="extraits", verbose_name="procès-verbal"
    )
    point = models.OneToOneField(Point, on_delete=models.PROTECT, related_name="extrait", verbose_name="point")
    contenu = models.JSONField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    documents = GenericRelation(DocumentProduit)

    class Meta:
        verbose_name = "extrait de procès-verbal"
        verbose_name_plural = "extraits de procès-verbal"
        ordering = ["proces_verbal_id", "point__ordre"]

    def __str__(self) -> str:
        return f"Extrait pour {self.point}"


class Saisie(models.Model):
    """Une saisie déjà reçue en séance, par sa clé : rejouée après une coupure, elle rend la même réponse."""

    cle = models.UUIDField("clé", primary_key=True)
    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="saisies", verbose_name="séance")
    compte = _compte("saisie par")
    geste = models.CharField("geste", max_length=30)
    reponse = models.JSONField("réponse rendue", default=dict)
    le = models.DateTimeField("reçue le", default=timezone.now)

    class Meta:
        verbose_name = "saisie de séance"
        verbose_name_plural = "saisies de séance"
        indexes = [models.Index(fields=["le"], name="saisie_le")]

    def __str__(self) -> str:
        return f"{self.geste} {self.cle}"


class Relance(models.Model):
    """Un rappel déjà parti : sa clé (« lecture-3-12-j7 ») empêche de l'envoyer deux fois."""

    cle = models.CharField("clé", max_length=80, unique=True)
    le = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "relance"

    def __str__(self) -> str:
        return self.cle
