"""Qui peut aider une équipe, où, et d'après quel document daté."""

import datetime
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.interlocuteurs.enums import (
    EtatDeDemande,
    GesteDeFiche,
    NiveauDePortee,
    PublicVise,
    Qualite,
    SorteDeDemande,
)
from esperluette.interlocuteurs.registres import equipes_de
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
    # Les personnes que le document nomme : nom, téléphone, courriel.
    personnes = models.JSONField("personnes", default=list, blank=True)
    tarif = models.DecimalField("tarif publié", max_digits=10, decimal_places=2, null=True, blank=True)

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


class MessageQuerySet(models.QuerySet["MessageInformation"]):
    def affichables(self, region: str, public: str, le: datetime.date | None = None) -> "MessageQuerySet":
        """Les messages de cette région (sa clé) à montrer ce jour-là à ce public ; une requête."""
        return self.affichables_dans([region], public, le)

    def affichables_dans(
        self, regions: Collection[str], public: str, le: datetime.date | None = None
    ) -> "MessageQuerySet":
        """Les mêmes, pour plusieurs régions."""
        jour = le or timezone.localdate()
        return self.filter(
            Q(au=None) | Q(au__gte=jour),
            region__cle__in=regions,
            actif=True,
            du__lte=jour,
            public__in=[PublicVise.TOUS, public],
        )


class MessageInformation(FicheSourcee):
    """Un mot de la région, affiché de telle à telle date à qui il s'adresse. Sans fin, il reste affiché."""

    titre = models.CharField("titre", max_length=150)
    texte = models.TextField("texte")
    du = models.DateField("affiché à partir du", default=timezone.localdate)
    au = models.DateField("affiché jusqu'au", null=True, blank=True)
    public = models.CharField("public visé", max_length=10, choices=PublicVise, default=PublicVise.TOUS)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message d'information"
        verbose_name_plural = "messages d'information"
        ordering = ["-du", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="message_dates_dans_l_ordre",
                condition=Q(au=None) | Q(du__lte=models.F("au")),
                violation_error_message="Un message finit d'être affiché après avoir commencé.",
            )
        ]

    def __str__(self) -> str:
        return self.titre


class ModificationDeFiche(models.Model):
    """Ce qu'une fiche disait avant et après un geste : c'est par là qu'on l'annule."""

    fiche_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", verbose_name="sorte de fiche"
    )
    fiche_id = models.PositiveBigIntegerField("identifiant de la fiche")
    fiche = GenericForeignKey("fiche_type", "fiche_id")
    geste = models.CharField("geste", max_length=20, choices=GesteDeFiche)
    avant = models.JSONField("valeurs avant", default=dict, blank=True)
    apres = models.JSONField("valeurs après", default=dict)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    le = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "modification d'une fiche"
        verbose_name_plural = "modifications de fiches"
        ordering = ["-le", "-pk"]
        indexes = [models.Index(fields=["fiche_type", "fiche_id", "-le"], name="modification_fiche")]

    def __str__(self) -> str:
        return f"{self.get_geste_display()} {self.le:%Y-%m-%d}"

    @property
    def champs(self) -> list[str]:
        """Les champs que ce geste a changés."""
        return sorted(c for c in self.apres if self.apres[c] != self.avant.get(c))


def _recues_par(compte: Compte) -> Q:
    return perimetre(compte, Role.LECTEURS).filtre("commune") & ~Q(etat=EtatDeDemande.A_CONFIRMER)


class DemandeQuerySet(models.QuerySet["DemandeDeRencontre"]):
    def visibles_par(self, compte: Any) -> "DemandeQuerySet":
        """Celles qu'on a faites, celles de ses équipes, et celles, confirmées, du territoire où l'on instruit."""
        if not isinstance(compte, Compte) or not compte.is_active:
            return self.none()
        return self.filter(Q(demandeur=compte) | self._d_equipes(compte) | _recues_par(compte))

    def de(self, compte: Any) -> "DemandeQuerySet":
        """Celles qu'on a faites, et celles de ses équipes."""
        return self.filter(Q(demandeur=compte) | self._d_equipes(compte))

    def recues_par(self, compte: Any) -> "DemandeQuerySet":
        """La corbeille d'un agent : les demandes confirmées des communes de son périmètre."""
        return self.filter(_recues_par(compte)) if isinstance(compte, Compte) else self.none()

    def a_traiter(self) -> "DemandeQuerySet":
        """Celles qui attendent un geste de l'interlocuteur."""
        return self.filter(etat__in=EtatDeDemande.OUVERTS)

    def _d_equipes(self, compte: Compte) -> Q:
        condition = Q(pk__in=[])
        for equipes in equipes_de(compte):
            sorte = ContentType.objects.get_for_model(equipes.model)
            cles = [str(pk) for pk in equipes.values_list("pk", flat=True)]
            condition |= Q(lie_type=sorte, lie_id__in=cles)
        return condition


class DemandeDeRencontre(models.Model):
    """Un professionnel ou un élu écrit à l'interlocuteur de son territoire, et suit sa demande.

    Phase 1 de l'accompagnement : se rencontrer, puis garder ce qu'on s'est dit (implication, cohérence, finalités).
    """

    sorte = models.CharField("sorte", max_length=10, choices=SorteDeDemande, default=SorteDeDemande.RENCONTRE)
    etat = models.CharField("état", max_length=12, choices=EtatDeDemande, default=EtatDeDemande.A_CONFIRMER)
    demandeur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="demandes_de_rencontre",
        verbose_name="compte du demandeur",
    )
    nom = models.CharField("nom", max_length=150)
    qualite = models.CharField("qualité", max_length=15, choices=Qualite)
    courriel = models.EmailField("courriel")
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    message = models.TextField("message", max_length=4000)
    # À qui elle est partie, tel qu'on l'a montré au demandeur.
    destinataire = models.CharField("destinataire", max_length=300)
    copies = models.ManyToManyField(
        StructureAppui, blank=True, related_name="+", verbose_name="structures en copie, au choix du demandeur"
    )
    # L'équipe au nom de laquelle on écrit : une couche du dessus, que celle-ci ne connaît pas.
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
    equipe_nom = models.CharField("nom de l'équipe à cette date", max_length=150, blank=True)
    fictive = models.BooleanField("demande de démonstration", default=False)
    creee_le = models.DateTimeField("créée le", default=timezone.now)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    relances = models.PositiveSmallIntegerField("nombre de relances", default=0)
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="traitée par",
    )
    rendez_vous = models.DateTimeField("date de la rencontre", null=True, blank=True)
    lieu = models.CharField("lieu", max_length=250, blank=True)
    participants = models.TextField("participants", blank=True)
    implication = models.TextField("implication des professionnels", blank=True)
    coherence = models.TextField("cohérence territoriale", blank=True)
    finalites = models.TextField("finalités du projet", blank=True)
    reponse = models.TextField("réponse", blank=True)
    motif = models.CharField("motif d'annulation", max_length=500, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de rencontre"
        verbose_name_plural = "demandes de rencontre"
        ordering = ["-creee_le", "-pk"]
        indexes = [
            models.Index(fields=["etat", "creee_le"], name="demande_etat"),
            models.Index(fields=["lie_type", "lie_id"], name="demande_lie"),
        ]
        constraints = [
            models.CheckConstraint(
                name="demande_fixee_a_une_date",
                condition=~Q(etat__in=["fixee", "tenue"]) | Q(rendez_vous__isnull=False),
                violation_error_message="Une rencontre fixée a une date.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_sorte_display()} de {self.nom}, {self.commune_id}"

    @property
    def etat_enum(self) -> EtatDeDemande:
        """L'état, avec son libellé et son ton."""
        return EtatDeDemande(self.etat)

    @property
    def jours_d_attente(self) -> int:
        """Depuis combien de jours la demande attend une réponse."""
        return (timezone.now() - (self.envoyee_le or self.creee_le)).days

    @property
    def jours_sans_nouvelle(self) -> int:
        """Depuis combien de jours on ne l'a ni envoyée ni relancée."""
        return (timezone.now() - (self.relancee_le or self.envoyee_le or self.creee_le)).days
