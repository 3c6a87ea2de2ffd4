"""Les documents gardés et les signatures."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.documents.enums import Format, Methode


def _chemin(document: "DocumentProduit", _nom: str) -> str:
    return f"documents/{timezone.localdate():%Y/%m}/{uuid4().hex}.{document.format}"


class DocumentProduit(models.Model):
    """Un document tel qu'il a été produit, avec de quoi le reproduire et prouver qu'il n'a pas changé.

    Jamais modifié : un nouveau document est une nouvelle ligne.
    """

    content_type = models.ForeignKey(
        ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="type d'objet"
    )
    object_id = models.PositiveBigIntegerField("objet", null=True, blank=True)
    objet = GenericForeignKey()
    nom = models.CharField("nom proposé au téléchargement", max_length=150)
    gabarit = models.CharField("gabarit", max_length=120)
    gabarit_empreinte = models.CharField("empreinte du gabarit", max_length=64)
    edition = models.CharField("édition du référentiel", max_length=80, blank=True)
    contexte = models.JSONField("contexte")
    format = models.CharField("format", max_length=10, choices=Format)
    empreinte = models.CharField("empreinte du fichier", max_length=64)
    taille = models.PositiveBigIntegerField("taille en octets")
    fichier = models.FileField("fichier", upload_to=_chemin, max_length=120)
    # Imprimé sur le document : « XXXX-XXXX-XXXX-XXXX ». Vide pour un brouillon, ou produit avant que le code existe.
    code = models.CharField("code de vérification", max_length=19, blank=True, editable=False)
    scelle_le = models.DateTimeField("scellé le", null=True, blank=True)
    sceau = models.CharField("sujet du certificat du sceau", max_length=300, blank=True)
    produit_le = models.DateTimeField("produit le", default=timezone.now)
    produit_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="produit par",
    )

    class Meta:
        verbose_name = "document produit"
        verbose_name_plural = "documents produits"
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="document_objet"),
            models.Index(fields=["empreinte"], name="document_empreinte"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="document_code_unique"),
            models.CheckConstraint(
                condition=Q(scelle_le=None, sceau="") | (Q(scelle_le__isnull=False, format="pdf") & ~Q(sceau="")),
                name="document_scelle_dit_par_qui",
                violation_error_message="Un document scellé est un PDF, et dit par quel certificat.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class SignatureQuerySet(models.QuerySet["Signature"]):
    def actives(self) -> "SignatureQuerySet":
        """Les signatures qui n'ont pas été annulées."""
        return self.filter(annulee_le=None)

    def de(self, objet: models.Model) -> "SignatureQuerySet":
        """Les signatures posées sur cet objet, annulées comprises."""
        return self.filter(content_type=ContentType.objects.get_for_model(objet), object_id=objet.pk)


class Signature(models.Model):
    """La signature d'une personne sur un contenu, désigné par son empreinte.

    Ne s'efface pas : elle s'annule, avec une date et un motif. Nom et qualité sont ceux du jour.
    """

    content_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name="type d'objet"
    )
    object_id = models.PositiveBigIntegerField("objet")
    objet = GenericForeignKey()
    empreinte = models.CharField("empreinte du contenu signé", max_length=64)
    signataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures", verbose_name="signataire"
    )
    nom = models.CharField("nom", max_length=200)
    qualite = models.CharField("qualité", max_length=200, blank=True)
    methode = models.CharField("méthode", max_length=20, choices=Methode)
    adresse_ip = models.GenericIPAddressField("adresse IP", null=True, blank=True)
    signee_le = models.DateTimeField("signée le", default=timezone.now)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    annulee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="annulée par",
    )
    annulation_motif = models.CharField("motif de l'annulation", max_length=300, blank=True)

    objects: Any = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "signature"
        ordering = ["signee_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "signataire"],
                condition=Q(annulee_le=None),
                name="signature_active_unique",
                violation_error_message="Cette personne a déjà signé.",
            ),
            models.CheckConstraint(
                condition=Q(annulee_le=None, annulation_motif="")
                | (Q(annulee_le__isnull=False) & ~Q(annulation_motif="")),
                name="signature_annulation_motivee",
                violation_error_message="Une signature annulée dit quand et pourquoi.",
            ),
            models.CheckConstraint(
                condition=Q(methode__in=[Methode.CODE_COURRIEL]),
                name="signature_electronique",
                violation_error_message="Une page signée à la main n’est pas une signature électronique.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom}, le {timezone.localdate(self.signee_le):%d/%m/%Y}"


class PreuveDeSignature(models.Model):
    """Ce qui a été constaté quand une personne a signé, et l'acte du journal qui en porte l'empreinte.

    Écrite une fois, avec la signature ; ni modifiée, ni effacée. `connexion` (adresse IP, agent utilisateur, sel) est
    à part : les faits n'en portent que l'empreinte, pour se montrer sans elle.
    """

    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, related_name="preuve", verbose_name="signature"
    )
    faits = models.JSONField("faits constatés")
    connexion = models.JSONField("connexion")
    chaine = models.CharField("chaîne du journal", max_length=80)
    numero = models.PositiveIntegerField("numéro de l'acte au journal")
    maillon = models.CharField("empreinte de l'acte au journal", max_length=64)
    empreinte = models.CharField("empreinte de la preuve", max_length=64)
    prise_le = models.DateTimeField("prise le", default=timezone.now)

    class Meta:
        verbose_name = "preuve de signature"
        verbose_name_plural = "preuves de signature"
        constraints = [
            models.UniqueConstraint(fields=["chaine", "numero"], name="preuve_un_acte"),
            models.CheckConstraint(
                condition=~Q(maillon="") & ~Q(empreinte="") & ~Q(chaine=""),
                name="preuve_ancree",
                violation_error_message="Une preuve nomme l’acte du journal qui la porte.",
            ),
        ]

    def __str__(self) -> str:
        return f"preuve {self.empreinte[:12]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Une preuve ne se récrit pas."""
        if self.pk is not None:
            raise PreuveFigee("Une preuve de signature ne change pas.")
        super().save(*args, **kwargs)


class PreuveFigee(RuntimeError):
    """On a voulu récrire une preuve : c'est un défaut du programme."""
