"""Les archives demandées à l'écran : faites par une tâche, gardées le temps d'être prises."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.archives.enums import EtatArchive
from esperluette.dossiers.models import Dossier

DUREE_DU_LIEN = timedelta(days=2)


def _chemin(_archive: "Archive", _nom: str) -> str:
    return f"archives/{uuid4().hex}.zip"


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def de(self, compte: Any) -> "ArchiveQuerySet":
        """Celles que ce compte a demandées : un lien ne sert qu'à lui."""
        return self.filter(demandee_par=compte)

    def en_preparation(self) -> "ArchiveQuerySet":
        return self.filter(etat__in=(EtatArchive.EN_FILE, EtatArchive.EN_COURS))


class Archive(models.Model):
    """Un dossier qu'une personne emporte : sa part, où en est sa préparation, jusqu'à quand son lien vaut."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="archives", verbose_name="dossier")
    pour = models.CharField("part", max_length=10, choices=[("equipe", "l’équipe"), ("ars", "l’ARS")])
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    demandee_le = models.DateTimeField("demandée le", default=timezone.now)
    etat = models.CharField("état", max_length=10, choices=EtatArchive, default=EtatArchive.EN_FILE)
    fait = models.PositiveIntegerField("pièces écrites", default=0)
    total = models.PositiveIntegerField("pièces à écrire", default=0)
    fichier = models.FileField("fichier", upload_to=_chemin, max_length=100, blank=True)
    taille = models.PositiveBigIntegerField("taille en octets", default=0)
    empreinte = models.CharField("empreinte du fichier", max_length=64, blank=True)
    alertes = models.PositiveIntegerField("pièces manquantes ou changées", default=0)
    prete_le = models.DateTimeField("prête le", null=True, blank=True)
    expire_le = models.DateTimeField("expire le", null=True, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = "archive"
        ordering = ["-demandee_le", "-pk"]
        indexes = [models.Index(fields=["etat", "expire_le"], name="archive_etat")]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "pour", "demandee_par"],
                condition=Q(etat__in=("en_file", "en_cours")),
                name="archive_une_a_la_fois",
                violation_error_message="Cette archive se prépare déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"Archive de {self.dossier}"

    @property
    def en_preparation(self) -> bool:
        return self.etat in (EtatArchive.EN_FILE, EtatArchive.EN_COURS)

    @property
    def est_prete(self) -> bool:
        """Son lien vaut encore."""
        return self.etat == EtatArchive.PRETE and self.expire_le is not None and self.expire_le > timezone.now()

    @property
    def avancement(self) -> int:
        """En pour cent."""
        return 100 * self.fait // self.total if self.total else 0


class Preavis(models.Model):
    """Quelqu'un a été prévenu que ce qui est à lui va être effacé ; s'il s'en sert de nouveau, le préavis tombe."""

    regle = models.CharField("règle", max_length=40)
    objet_id = models.PositiveBigIntegerField("objet")
    envoye_le = models.DateTimeField("envoyé le", default=timezone.now)

    class Meta:
        verbose_name = "préavis d'effacement"
        verbose_name_plural = "préavis d'effacement"
        constraints = [models.UniqueConstraint(fields=["regle", "objet_id"], name="preavis_unique")]

    def __str__(self) -> str:
        return f"{self.regle} {self.objet_id}"


class Purge(models.Model):
    """Une application des durées de conservation à une règle : ce qu'elle a effacé, prévenu, retenu."""

    regle = models.CharField("règle", max_length=40)
    jours = models.PositiveIntegerField("durée appliquée, en jours")
    statut = models.CharField("statut de la durée", max_length=12)
    effaces = models.PositiveIntegerField("effacés", default=0)
    prevenus = models.PositiveIntegerField("prévenus", default=0)
    retenus = models.PositiveIntegerField("retenus", default=0)
    le = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "purge"
        ordering = ["-le", "-pk"]

    def __str__(self) -> str:
        return f"{self.regle} : {self.effaces}"
