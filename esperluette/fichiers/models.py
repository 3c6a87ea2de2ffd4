"""Les pièces jointes, telles qu'elles ont été reçues."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.vigilance import SORTES


def _chemin(_fichier: "Fichier", _nom: str) -> str:
    # Ni le nom saisi ni l'extension n'atteignent le stockage.
    return f"fichiers/{timezone.localdate():%Y/%m}/{uuid4().hex}"


def _chemin_de_vignette(_fichier: "Fichier", _nom: str) -> str:
    return f"vignettes/{timezone.localdate():%Y/%m}/{uuid4().hex}"


class Fichier(models.Model):
    """Un fichier contrôlé et gardé tel quel. Qui peut le lire est l'affaire de l'app propriétaire."""

    nom = models.CharField("nom", max_length=150)
    type_mime = models.CharField("type", max_length=100)
    taille = models.PositiveBigIntegerField("taille en octets")
    empreinte = models.CharField("empreinte", max_length=64, db_index=True)
    contenu = models.FileField("contenu", upload_to=_chemin, max_length=100)
    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="déposé par",
    )
    depose_le = models.DateTimeField("déposé le", default=timezone.now)
    analyse = models.CharField("analyse antivirus", max_length=12, choices=Analyse, default=Analyse.NON_ANALYSE)
    analyse_le = models.DateTimeField("analysé le", null=True, blank=True)
    # Le nom du danger reconnu, ou la cause d'un échec ; jamais un extrait du fichier.
    analyse_motif = models.CharField("motif de l'analyse", max_length=200, blank=True)
    essais = models.PositiveSmallIntegerField("essais d'analyse", default=0)
    # Le texte et la première page ont été lus, après l'antivirus.
    examine_le = models.DateTimeField("examiné le", null=True, blank=True)
    vignette = models.FileField("vignette", upload_to=_chemin_de_vignette, max_length=100, blank=True)
    # Ce à quoi le fichier fait penser (« nir », « naissance »), jamais ce qui y a été lu.
    vigilances = models.JSONField("vigilances", default=list, blank=True)
    vigilance_vue_le = models.DateTimeField("avertissement lu le", null=True, blank=True)
    vigilance_vue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="avertissement lu par",
    )

    class Meta:
        verbose_name = "fichier"
        ordering = ["-depose_le", "-pk"]
        indexes = [
            models.Index(fields=["analyse", "analyse_le"], name="fichier_analyse"),
            models.Index(fields=["id"], name="fichier_a_examiner", condition=Q(examine_le=None)),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def en_quarantaine(self) -> bool:
        return self.analyse == Analyse.INFECTE

    @property
    def a_juger(self) -> bool:
        """Vrai tant que l'antivirus n'a rien dit de ce fichier, qu'il doit regarder."""
        return self.analyse in (Analyse.EN_ATTENTE, Analyse.ECHEC)

    @property
    def avertissements(self) -> list[str]:
        """Les phrases de vigilance à montrer, vide s'il n'y en a pas."""
        return [SORTES[cle].replace("Ce texte", "Ce fichier") for cle in self.vigilances if cle in SORTES]

    @property
    def avertissement_a_lire(self) -> bool:
        return bool(self.vigilances) and self.vigilance_vue_le is None
