"""Qui peut aider une équipe, où, et d'après quel document daté."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.interlocuteurs.enums import NiveauDePortee
from esperluette.territoires.models import Commune, Departement, Epci, Region


class FicheSourcee(models.Model):
    """Une coordonnée publiée : sa région, sa source, et ce que l'édition en disait au départ.

    `valeurs_de_depart` garde les valeurs chargées : tant que la fiche leur est égale, personne n'y a touché, et une
    nouvelle édition peut la mettre à jour.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name="région")
    # Vide pour une fiche saisie à l'écran ; sinon, son identifiant dans l'édition.
    identifiant = models.SlugField("identifiant dans l'édition", max_length=80, blank=True)
    edition = models.CharField("édition de départ", max_length=40, blank=True)
    valeurs_de_depart = models.JSONField("valeurs de départ", default=dict, blank=True)
    source_document = models.CharField("document", max_length=300)
    source_passage = models.CharField("passage", max_length=500, blank=True)
    source_date = models.DateField("date de l'information")
    # Un document non daté porte le jour où on l'a lu.
    source_date_de_lecture = models.BooleanField("date de lecture", default=False)
    source_url = models.URLField("adresse du document", max_length=500, blank=True)
    source_interpretee = models.BooleanField("lecture interprétée", default=False)
    source_note = models.TextField("ce qui a été interprété", blank=True)
    actif = models.BooleanField("actif", default=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        abstract = True

    @property
    def source(self) -> dict[str, Any]:
        """La source, telle que la ligne de commande et les écrans la citent."""
        return {
            "document": self.source_document,
            "passage": self.source_passage,
            "date": self.source_date.isoformat(),
            "date_de_lecture": self.source_date_de_lecture,
            "url": self.source_url or None,
            "interprete": self.source_interpretee,
            "note": self.source_note,
        }


class Contact(FicheSourcee):
    """Un interlocuteur de l'ARS ou d'un partenaire. Sans nom, le document ne nomme personne et le rôle le dit."""

    nom = models.CharField("nom", max_length=150, blank=True)
    role = models.CharField("rôle", max_length=200)
    organisme = models.CharField("organisme", max_length=200)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    url = models.URLField("page utile", max_length=500, blank=True)
    libelle_territoire = models.CharField("territoire", max_length=500)
    # Le département sous lequel le document range ce contact : ailleurs, l'attribution est notre lecture.
    rubrique = models.ForeignKey(
        Departement, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="rubrique"
    )
    note = models.TextField("note", blank=True)

    class Meta:
        verbose_name = "contact"
        ordering = ["region_id", "nom", "identifiant"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "identifiant"], condition=~Q(identifiant=""), name="contact_unique_par_region"
            )
        ]

    def __str__(self) -> str:
        return self.nom or f"{self.organisme} ({self.role})"


class Portee(models.Model):
    """Un endroit où vaut un contact : une commune, une intercommunalité, un département ; rien : toute sa région."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="portees", verbose_name="contact")
    commune = models.ForeignKey(
        Commune, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="commune"
    )
    epci = models.ForeignKey(
        Epci, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="intercommunalité"
    )
    departement = models.ForeignKey(
        Departement, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="département"
    )
    interpretation = models.TextField("pourquoi cette attribution est interprétée", blank=True)

    class Meta:
        verbose_name = "portée d'un contact"
        verbose_name_plural = "portées des contacts"
        ordering = ["contact_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="portee_un_seul_endroit",
                condition=Q(commune=None, epci=None)
                | Q(commune=None, departement=None)
                | Q(epci=None, departement=None),
                violation_error_message="Une portée désigne un seul endroit.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} : {self.niveau.label}"

    @property
    def niveau(self) -> NiveauDePortee:
        """Commune, intercommunalité, département ou région."""
        if self.commune_id:
            return NiveauDePortee.COMMUNE
        if self.epci_id:
            return NiveauDePortee.INTERCOMMUNALITE
        return NiveauDePortee.DEPARTEMENT if self.departement_id else NiveauDePortee.REGION

    def couvre(self, commune: Commune) -> bool:
        """Vrai si la commune (ou celle dont elle est un arrondissement) est dans cet endroit."""
        if self.commune_id:
            return self.commune_id in (commune.pk, commune.commune_mere_id)
        if self.epci_id:
            return self.epci_id == commune.epci_id
        return self.departement_id in (None, commune.departement_id)


class StructureAppui(FicheSourcee):
    """Une structure qui accompagne les équipes de sa région."""

    nom = models.CharField("nom", max_length=200)
    sigle = models.CharField("sigle", max_length=40, blank=True)
    description = models.TextField("description", blank=True)
    telephones = models.JSONField("téléphones", default=list, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    adresse = models.CharField("adresse", max_length=300, blank=True)
    url = models.URLField("site", max_length=500, blank=True)

    class Meta:
        verbose_name = "structure d'appui"
        verbose_name_plural = "structures d'appui"
        ordering = ["region_id", "nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "identifiant"], condition=~Q(identifiant=""), name="structure_unique_par_region"
            )
        ]

    def __str__(self) -> str:
        return self.sigle or self.nom


class Labellisation(models.Model):
    """Le label d'une structure d'appui, de telle à telle date ; sans fin, il court encore."""

    structure = models.ForeignKey(
        StructureAppui, on_delete=models.CASCADE, related_name="labellisations", verbose_name="structure"
    )
    debut = models.DateField("depuis le", null=True, blank=True)
    fin = models.DateField("jusqu'au", null=True, blank=True)

    class Meta:
        verbose_name = "labellisation"
        ordering = ["structure_id", "-debut"]
        constraints = [
            models.CheckConstraint(
                name="labellisation_dates_dans_l_ordre",
                condition=Q(debut=None) | Q(fin=None) | Q(debut__lte=models.F("fin")),
                violation_error_message="Une labellisation finit après son début.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} du {self.debut} au {self.fin}"

    @property
    def est_echue(self) -> bool:
        """Vrai si la fin connue est passée."""
        return self.fin is not None and self.fin < timezone.localdate()
