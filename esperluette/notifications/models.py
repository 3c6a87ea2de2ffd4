"""Les courriels que la plateforme envoie, ou montre dans la boîte locale de démonstration ; qui veut quoi, quand."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.notifications.enums import Etat, Rythme


class Courriel(models.Model):
    """Un message à une adresse. Une fois parti, son texte est effacé : il reste l'objet et les dates."""

    destinataire = models.EmailField("destinataire")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="courriels",
        verbose_name="compte destinataire",
    )
    gabarit = models.CharField("gabarit", max_length=100)
    objet = models.CharField("objet", max_length=250)
    texte = models.TextField("texte", blank=True)
    html = models.TextField("texte mis en forme", blank=True)
    lie_type = models.ForeignKey(
        ContentType,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="sorte d'objet lié",
    )
    lie_id = models.CharField("identifiant de l'objet lié", max_length=40, blank=True)
    lie = GenericForeignKey("lie_type", "lie_id")
    # Le même identifiant à chaque reprise : un serveur qui a déjà reçu le message peut l'écarter.
    identifiant = models.UUIDField("identifiant du message", default=uuid.uuid4, editable=False, unique=True)
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.A_ENVOYER)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    essaye_le = models.DateTimeField("dernier essai le", null=True, blank=True)
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    essais = models.PositiveSmallIntegerField("nombre d'essais", default=0)
    erreur = models.CharField("dernière erreur", max_length=300, blank=True)
    # Ce qu'un récapitulatif en dira : son objet, et où aller.
    lien = models.CharField("lien", max_length=500, blank=True)
    regroupe_dans = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="regroupes",
        verbose_name="récapitulatif où il est parti",
    )
    recapitulatif_du = models.DateField("récapitulatif du jour", null=True, blank=True)

    class Meta:
        verbose_name = "courriel"
        ordering = ["-cree_le", "-pk"]
        indexes = [
            models.Index(fields=["etat", "cree_le"], name="courriel_etat"),
            models.Index(fields=["destinataire", "-cree_le"], name="courriel_destinataire"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "recapitulatif_du"],
                condition=Q(recapitulatif_du__isnull=False),
                name="courriel_un_recapitulatif_par_jour",
                violation_error_message="Ce compte a déjà reçu son récapitulatif du jour.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objet} → {self.destinataire}"


class Preference(models.Model):
    """Le rythme que quelqu'un a choisi pour une sorte de courriel ; sans choix, celui de la sorte s'applique."""

    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="preferences_de_notification",
        verbose_name="compte",
    )
    sorte = models.CharField("sorte", max_length=60)
    rythme = models.CharField("rythme", max_length=10, choices=Rythme)
    modifiee_le = models.DateTimeField("choisie le", default=timezone.now)

    class Meta:
        verbose_name = "préférence de notification"
        verbose_name_plural = "préférences de notification"
        constraints = [models.UniqueConstraint(fields=["compte", "sorte"], name="preference_unique")]

    def __str__(self) -> str:
        return f"{self.sorte} : {self.get_rythme_display()}"


class PieceDeCourriel(models.Model):
    """Une pièce jointe à un courriel (une invitation d'agenda). Effacée avec le texte, une fois le message parti."""

    courriel = models.ForeignKey(Courriel, on_delete=models.CASCADE, related_name="pieces", verbose_name="courriel")
    nom = models.CharField("nom", max_length=150)
    type_mime = models.CharField("type", max_length=120)
    contenu = models.BinaryField("contenu")

    class Meta:
        verbose_name = "pièce d'un courriel"
        verbose_name_plural = "pièces des courriels"
        ordering = ["courriel_id", "pk"]

    def __str__(self) -> str:
        return self.nom
