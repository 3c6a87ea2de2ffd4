"""Le journal : des actes, en ajout seul, chaînés par empreinte."""

from django.conf import settings
from django.db import models


class Chaine(models.Model):
    """La tête d'une chaîne d'événements ; on la verrouille pour ajouter un maillon."""

    cle = models.CharField("clé", max_length=80, primary_key=True)
    longueur = models.PositiveIntegerField("longueur", default=0)
    tete = models.CharField("empreinte du dernier événement", max_length=64, default="")

    class Meta:
        verbose_name = "chaîne du journal"
        verbose_name_plural = "chaînes du journal"

    def __str__(self) -> str:
        return f"{self.cle} ({self.longueur})"


class Evenement(models.Model):
    """Un acte, avec son auteur et des identifiants ; jamais de texte saisi."""

    chaine = models.ForeignKey(Chaine, on_delete=models.PROTECT, related_name="evenements", verbose_name="chaîne")
    numero = models.PositiveIntegerField("numéro")
    sorte = models.CharField("sorte", max_length=60)
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="acteur"
    )
    acteur_nom = models.CharField("nom de l'acteur à cette date", max_length=200)
    le = models.DateTimeField("le")
    donnees = models.JSONField("données", default=dict)
    precedente = models.CharField("empreinte précédente", max_length=64, blank=True)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"
        ordering = ["chaine_id", "numero"]
        constraints = [models.UniqueConstraint(fields=["chaine", "numero"], name="evenement_numero_unique")]

    def __str__(self) -> str:
        return f"{self.chaine_id} n° {self.numero} : {self.sorte}"
