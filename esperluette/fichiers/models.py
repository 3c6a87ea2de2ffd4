"""Les pièces jointes, telles qu'elles ont été reçues."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone


def _chemin(_fichier: "Fichier", _nom: str) -> str:
    # Ni le nom saisi ni l'extension n'atteignent le stockage.
    return f"fichiers/{timezone.localdate():%Y/%m}/{uuid4().hex}"


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

    class Meta:
        verbose_name = "fichier"
        ordering = ["-depose_le", "-pk"]

    def __str__(self) -> str:
        return self.nom
