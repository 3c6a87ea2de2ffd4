"""Le fil d'un dossier, entre l'équipe et l'ARS ; les notes que les agents gardent pour eux ; leurs réponses types."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.dossiers.models import Dossier
from esperluette.echanges.enums import Cote, Ecrit
from esperluette.fichiers.models import Fichier
from esperluette.territoires.models import Region

LONGUEUR = 10_000


class Message(models.Model):
    """Un message du fil d'un dossier. Envoyé, il ne change plus. `rubrique` : ce dont il parle, facultatif.

    `jeton` vient du formulaire : le même envoi, fait deux fois, n'écrit qu'un message.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="messages", verbose_name="dossier")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    cote = models.CharField("côté", max_length=10, choices=Cote)
    rubrique = models.CharField("rubrique", max_length=100, blank=True)
    texte = models.TextField("texte", max_length=LONGUEUR)
    envoye_le = models.DateTimeField("envoyé le", default=timezone.now)
    jeton = models.UUIDField("jeton de l'envoi", default=uuid.uuid4)

    class Meta:
        verbose_name = "message"
        ordering = ["envoye_le", "pk"]
        indexes = [models.Index(fields=["dossier", "envoye_le"], name="message_fil")]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "auteur", "jeton"], name="message_un_seul_envoi"),
            models.CheckConstraint(name="message_non_vide", condition=~Q(texte="")),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} : message de {self.auteur}"


class PieceDeMessage(models.Model):
    """Un fichier joint à un message ; qui lit le fil le lit aussi."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="pieces", verbose_name="message")
    fichier = models.ForeignKey(Fichier, on_delete=models.PROTECT, related_name="+", verbose_name="fichier")

    class Meta:
        verbose_name = "pièce d'un message"
        verbose_name_plural = "pièces de messages"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["message", "fichier"], name="piece_de_message_unique")]

    def __str__(self) -> str:
        return str(self.fichier)


class Lecture(models.Model):
    """Jusqu'où un compte a lu le fil d'un dossier."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+", verbose_name="dossier")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="compte"
    )
    lu_le = models.DateTimeField("lu jusqu'au")

    class Meta:
        verbose_name = "lecture d'un fil"
        verbose_name_plural = "lectures de fils"
        constraints = [models.UniqueConstraint(fields=["dossier", "compte"], name="lecture_unique")]

    def __str__(self) -> str:
        return f"{self.compte} a lu {self.dossier}"


class BrouillonDeMessage(models.Model):
    """Ce que quelqu'un est en train d'écrire, gardé pour lui seul jusqu'à l'envoi."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+", verbose_name="dossier")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="compte"
    )
    ecrit = models.CharField("deviendra", max_length=10, choices=Ecrit, default=Ecrit.MESSAGE)
    texte = models.TextField("texte", max_length=LONGUEUR)
    rubrique = models.CharField("rubrique", max_length=100, blank=True)
    modifie_le = models.DateTimeField("modifié le", default=timezone.now)

    class Meta:
        verbose_name = "brouillon de message"
        verbose_name_plural = "brouillons de messages"
        constraints = [models.UniqueConstraint(fields=["dossier", "compte", "ecrit"], name="brouillon_unique")]

    def __str__(self) -> str:
        return f"{self.dossier} : brouillon de {self.compte}"


class NoteInterne(models.Model):
    """Ce que les agents se disent d'un dossier. Jamais vue de l'équipe, ni de la commission."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="notes_internes", verbose_name="dossier"
    )
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    rubrique = models.CharField("rubrique", max_length=100, blank=True)
    texte = models.TextField("texte", max_length=LONGUEUR)
    le = models.DateTimeField("le", default=timezone.now)
    prevenus = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name="collègues prévenus"
    )
    jeton = models.UUIDField("jeton de l'envoi", default=uuid.uuid4)

    class Meta:
        verbose_name = "note interne"
        verbose_name_plural = "notes internes"
        ordering = ["le", "pk"]
        indexes = [models.Index(fields=["dossier", "le"], name="note_dossier")]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "auteur", "jeton"], name="note_un_seul_envoi"),
            models.CheckConstraint(name="note_non_vide", condition=~Q(texte="")),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} : note de {self.auteur}"


class ReponseType(models.Model):
    """Un texte tout prêt d'une région. Ses mots entre accolades se remplacent ; rien d'autre n'y est évalué."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="région")
    intitule = models.CharField("intitulé", max_length=120)
    texte = models.TextField("texte", max_length=LONGUEUR)
    actif = models.BooleanField("proposée", default=True)
    modifiee_le = models.DateTimeField("modifiée le", default=timezone.now)
    modifiee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="modifiée par"
    )

    class Meta:
        verbose_name = "réponse type"
        verbose_name_plural = "réponses types"
        ordering = ["-actif", "intitule", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "intitule"],
                name="reponse_type_intitule_unique",
                violation_error_message="Une réponse type de cette région porte déjà cet intitulé.",
            )
        ]

    def __str__(self) -> str:
        return self.intitule
