"""Les commissions d'une région : qui y siège, quand elles se réunissent, ce qu'elles examinent, qui est convoqué."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Issue, Modalite, Niveau, ReponseDeConvocation
from esperluette.documents.models import DocumentProduit
from esperluette.dossiers.models import Dossier
from esperluette.interlocuteurs.models import FicheSourcee
from esperluette.territoires.models import Departement


class Instance(FicheSourcee):
    """Une commission : la CARPEC d'une région, la CCOPD d'un département.

    L'édition en dit les règles ; `regles` et `avis` n'en gardent que ce qu'un acte propre à l'instance y change
    (règlement intérieur, arrêté), avec la source de cet acte. Voir `commissions.regles.regles_de`.
    """

    instance_edition = models.SlugField("instance de l'édition", max_length=60)
    departement = models.ForeignKey(
        Departement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="instances",
        verbose_name="département",
    )
    niveau = models.CharField("niveau", max_length=15, choices=Niveau, default=Niveau.REGIONAL)
    sigle = models.CharField("sigle", max_length=20)
    nom = models.CharField("nom", max_length=250)
    regles = models.JSONField("règles propres", default=dict, blank=True)
    # Vide : ceux de l'édition. Sinon, toute la liste : [{"id", "libelle", "effet"}].
    avis = models.JSONField("avis propres", default=list, blank=True)
    regles_document = models.CharField("acte qui fixe ces règles", max_length=300, blank=True)
    regles_passage = models.CharField("passage de cet acte", max_length=500, blank=True)
    regles_date = models.DateField("date de cet acte", null=True, blank=True)

    class Meta:
        verbose_name = "instance"
        ordering = ["region_id", "sigle", "departement_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "identifiant"], condition=~Q(identifiant=""), name="instance_unique_par_region"
            ),
            models.CheckConstraint(
                name="instance_departement_si_departementale",
                condition=Q(departement=None) | Q(niveau=Niveau.DEPARTEMENTAL),
                violation_error_message="Seule une instance départementale a un département.",
            ),
            models.CheckConstraint(
                name="instance_acte_date",
                condition=Q(regles_document="") | Q(regles_date__isnull=False),
                violation_error_message="L’acte qui fixe les règles de l’instance porte une date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sigle} ({self.departement.nom})" if self.departement else self.sigle


class Siege(models.Model):
    """Une place à la table d'une instance, tenue par une institution. L'observateur (non votant) lit sans voter."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="sieges", verbose_name="instance")
    # L'identifiant du siège dans l'édition ; vide pour un siège ajouté à l'écran.
    institution = models.SlugField("institution de l'édition", max_length=80, blank=True)
    libelle = models.CharField("institution", max_length=200)
    votant = models.BooleanField("votant", default=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    actif = models.BooleanField("actif", default=True)

    class Meta:
        verbose_name = "siège"
        ordering = ["instance_id", "ordre", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "institution"],
                condition=~Q(institution=""),
                name="siege_institution_unique",
            ),
            models.UniqueConstraint(
                fields=["instance", "libelle"],
                condition=Q(actif=True),
                name="siege_libelle_unique",
                violation_error_message="Un siège de cette instance porte déjà ce nom.",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class MandatQuerySet(models.QuerySet["MandatDeSiege"]):
    def en_cours(self, le: datetime.date | None = None) -> "MandatQuerySet":
        """Ceux qui courent ce jour-là (aujourd'hui par défaut), bornes comprises, sur un siège en service."""
        jour = le or timezone.localdate()
        return self.filter(Q(fin=None) | Q(fin__gte=jour), debut__lte=jour, siege__actif=True)


class MandatDeSiege(models.Model):
    """Qui tient un siège, de quand à quand : son titulaire, ou un suppléant. C'est ce qui fait siéger un compte.

    Un siège a un titulaire à la fois ; une instance, un président. `actions.sieges` le vérifie sous verrou.
    """

    siege = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="mandats", verbose_name="siège")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mandats", verbose_name="compte"
    )
    titulaire = models.BooleanField("titulaire", default=True)
    president = models.BooleanField("préside l'instance", default=False)
    debut = models.DateField("depuis le", default=timezone.localdate)
    fin = models.DateField("jusqu'au", null=True, blank=True)

    objects = MandatQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat de siège"
        verbose_name_plural = "mandats de siège"
        ordering = ["siege_id", "-titulaire", "-debut", "pk"]
        indexes = [models.Index(fields=["compte", "debut"], name="mandat_compte")]
        constraints = [
            models.CheckConstraint(
                name="mandat_dates_dans_l_ordre",
                condition=Q(fin=None) | Q(fin__gte=F("debut")),
                violation_error_message="Un mandat finit après avoir commencé.",
            ),
            models.UniqueConstraint(
                fields=["siege"],
                condition=Q(titulaire=True, fin=None),
                name="mandat_un_titulaire_sans_fin",
                violation_error_message="Ce siège a déjà un titulaire dont le mandat n’a pas de fin.",
            ),
            models.UniqueConstraint(
                fields=["siege", "compte"],
                condition=Q(fin=None),
                name="mandat_un_par_compte_sans_fin",
                violation_error_message="Cette personne tient déjà ce siège.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compte}, {self.qualite}"

    @property
    def qualite(self) -> str:
        """« titulaire », « suppléant », et « préside » s'il préside."""
        return ("titulaire" if self.titulaire else "suppléant") + (", préside" if self.president else "")


class SeanceQuerySet(models.QuerySet["Seance"]):
    def publiees(self, region: str) -> "SeanceQuerySet":
        """Les séances publiques d'une région (sa clé), annulées comprises, avec leur instance.

        Celles qu'on invente pour la démonstration n'existent que là.
        """
        publiees = self.filter(region__cle=region, actif=True, publique=True, instance__actif=True)
        publiees = publiees.select_related("instance__departement")
        return publiees if settings.DEMONSTRATION else publiees.filter(fictive=False)

    def a_venir(self, le: datetime.date | None = None) -> "SeanceQuerySet":
        """Celles qui doivent encore se tenir, la plus proche d'abord."""
        return self.filter(date__gte=le or timezone.localdate(), etat__in=EtatDeSeance.ACTIVES).order_by(
            "date", "heure", "pk"
        )


class Seance(FicheSourcee):
    """Une réunion d'une instance. `depot_avant` : dernier jour pour déposer un dossier qui y passera.

    `seconde_de` : faute de quorum à celle-là, le même ordre du jour, cette fois sans condition de quorum.
    """

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="seances", verbose_name="instance")
    date = models.DateField("date")
    heure = models.TimeField("heure", null=True, blank=True)
    modalite = models.CharField("modalité", max_length=12, choices=Modalite, default=Modalite.PRESENTIEL)
    lieu = models.CharField("lieu", max_length=250, blank=True)
    # Une séance en présence se suit aussi à distance, si on le dit.
    a_distance = models.BooleanField("en visioconférence", default=False)
    # Pour les convoqués seulement : jamais publié.
    lien_visio = models.URLField("lien de visioconférence", max_length=500, blank=True)
    depot_avant = models.DateField("date limite de dépôt", null=True, blank=True)
    capacite = models.PositiveSmallIntegerField("nombre de dossiers possible", null=True, blank=True)
    publique = models.BooleanField("au calendrier public", default=True)
    etat = models.CharField("état", max_length=10, choices=EtatDeSeance, default=EtatDeSeance.PREVUE)
    motif = models.TextField("motif du dernier changement d'état", blank=True)
    urgence = models.TextField("motif de la convocation d'urgence", blank=True)
    convoquee_le = models.DateTimeField("convoquée le", null=True, blank=True)
    ouverte_le = models.DateTimeField("ouverte le", null=True, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)
    seconde_de = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="seconde",
        verbose_name="seconde convocation de",
    )
    # SEQUENCE des invitations (RFC 5545) : monte à chaque changement que les agendas doivent suivre.
    sequence = models.PositiveIntegerField("numéro de l'invitation", default=0)
    fictive = models.BooleanField("séance de démonstration", default=False)

    objects = SeanceQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["-date", "instance_id"]
        indexes = [
            models.Index(fields=["region", "date"], name="seance_region_date"),
            models.Index(fields=["instance", "etat", "date"], name="seance_instance_etat"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "identifiant"], condition=~Q(identifiant=""), name="seance_unique_par_region"
            ),
            models.CheckConstraint(
                name="seance_depot_avant_la_date",
                condition=Q(depot_avant=None) | Q(depot_avant__lte=F("date")),
                violation_error_message="On dépose avant la séance, ou le jour même.",
            ),
            models.CheckConstraint(
                name="seance_convoquee_a_sa_date",
                condition=Q(etat__in=["prevue", "annulee"]) | Q(convoquee_le__isnull=False),
                violation_error_message="Une séance convoquée porte la date de sa convocation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance} du {self.date:%d/%m/%Y}" if isinstance(self.date, datetime.date) else str(self.date)

    @property
    def etat_enum(self) -> EtatDeSeance:
        """L'état, avec son libellé et son ton."""
        return EtatDeSeance(self.etat)

    @property
    def en_preparation(self) -> bool:
        """L'ordre du jour, les déports et les convocations changent encore."""
        return self.etat in EtatDeSeance.EN_PREPARATION

    @property
    def jamais_tenue(self) -> bool:
        """Sa date est passée, et personne ne l'a ouverte ni annulée."""
        return self.en_preparation and self.date < timezone.localdate()


class PointQuerySet(models.QuerySet["Point"]):
    def a_l_ordre_du_jour(self) -> "PointQuerySet":
        """Ceux qui n'ont pas été retirés, dans l'ordre de passage."""
        return self.exclude(issue=Issue.RETIRE).order_by("ordre", "pk")

    def a_examiner(self) -> "PointQuerySet":
        """Ceux qui attendent encore leur examen."""
        return self.filter(issue=Issue.A_EXAMINER)


class Point(models.Model):
    """Un dossier à l'ordre du jour d'une séance. Un dossier n'a qu'un point à examiner à la fois."""

    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="points", verbose_name="séance")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="points", verbose_name="dossier")
    ordre = models.PositiveSmallIntegerField("ordre de passage", default=0)
    # La sorte d'affaire de l'instance dont il relève (« projet-esp »), et son intitulé recopié de l'édition.
    affaire = models.SlugField("affaire", max_length=80, blank=True)
    affaire_libelle = models.CharField("intitulé de l'affaire", max_length=300, blank=True)
    rapporteur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rapports",
        verbose_name="rapporteur",
    )
    duree_minutes = models.PositiveSmallIntegerField("durée en minutes", default=15)
    porteur_invite = models.BooleanField("porteur invité à présenter", default=False)
    issue = models.CharField("issue", max_length=12, choices=Issue, default=Issue.A_EXAMINER)
    inscrit_le = models.DateTimeField("inscrit le", default=timezone.now)
    inscrit_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="inscrit par"
    )
    # Inscrit après la date limite de dépôt : pourquoi.
    motif_hors_delai = models.TextField("motif d'une inscription tardive", blank=True)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    motif_retrait = models.TextField("motif du retrait", blank=True)
    note = models.TextField("note du secrétariat", blank=True)

    objects = PointQuerySet.as_manager()

    class Meta:
        verbose_name = "point de l'ordre du jour"
        verbose_name_plural = "points de l'ordre du jour"
        ordering = ["seance_id", "ordre", "pk"]
        indexes = [models.Index(fields=["seance", "issue", "ordre"], name="point_seance")]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(issue="a_examiner"),
                name="point_un_seul_a_examiner",
                violation_error_message="Ce dossier est déjà à l’ordre du jour d’une séance.",
            ),
            models.UniqueConstraint(
                fields=["seance", "dossier"], condition=~Q(issue="retire"), name="point_une_fois_par_seance"
            ),
            models.CheckConstraint(
                name="point_retire_date",
                condition=Q(issue="retire", retire_le__isnull=False) | (~Q(issue="retire") & Q(retire_le=None)),
                violation_error_message="Un point retiré porte la date de son retrait.",
            ),
            models.CheckConstraint(
                name="point_duree_positive",
                condition=Q(duree_minutes__gte=1, duree_minutes__lte=480),
                violation_error_message="Un point dure de 1 à 480 minutes.",
            ),
        ]

    def __str__(self) -> str:
        return f"Point {self.ordre} : {self.dossier}"

    @property
    def issue_enum(self) -> Issue:
        return Issue(self.issue)


class Convocation(models.Model):
    """La convocation d'un membre à une séance. Le jeton fait l'adresse de sa page ; il faut aussi être connecté."""

    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="convocations", verbose_name="séance")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="convocations", verbose_name="compte"
    )
    siege = models.ForeignKey(Siege, on_delete=models.PROTECT, related_name="convocations", verbose_name="siège")
    titulaire = models.BooleanField("titulaire", default=True)
    president = models.BooleanField("préside", default=False)
    jeton = models.UUIDField("jeton", default=uuid.uuid4, unique=True, editable=False)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    # Le numéro d'invitation porté par le dernier courriel : en retard sur la séance, l'agenda du membre l'est aussi.
    sequence = models.PositiveIntegerField("numéro de l'invitation envoyée", default=0)
    vue_le = models.DateTimeField("vue le", null=True, blank=True)
    reponse = models.CharField("réponse", max_length=10, choices=ReponseDeConvocation, blank=True, default="")
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    # À qui ce membre donne mandat, quand il répond ainsi.
    mandataire = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="mandat donné à",
    )
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    # Le mandat a pris fin ou le siège a été supprimé depuis : la convocation ne vaut plus.
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    class Meta:
        verbose_name = "convocation"
        ordering = ["seance_id", "siege__ordre", "-titulaire", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "compte"], name="convocation_unique"),
            models.CheckConstraint(
                name="convocation_mandataire_si_pouvoir",
                condition=Q(mandataire=None) | Q(reponse="pouvoir"),
            ),
        ]

    def __str__(self) -> str:
        return f"Convocation de {self.compte}"


class InvitationDePorteur(models.Model):
    """L'invitation d'un porteur à présenter son projet, avec son créneau. Elle n'ouvre aucun accès à la commission."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="invitations", verbose_name="point")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="compte"
    )
    jeton = models.UUIDField("jeton", default=uuid.uuid4, unique=True, editable=False)
    creneau = models.DateTimeField("créneau", null=True, blank=True)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    sequence = models.PositiveIntegerField("numéro de l'invitation envoyée", default=0)
    vue_le = models.DateTimeField("vue le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)

    class Meta:
        verbose_name = "invitation d'un porteur"
        verbose_name_plural = "invitations de porteurs"
        ordering = ["point_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["point", "compte"], name="invitation_porteur_unique")]

    def __str__(self) -> str:
        return f"Invitation de {self.compte}"


class DeportQuerySet(models.QuerySet["Deport"]):
    def en_vigueur(self) -> "DeportQuerySet":
        """Ceux qui n'ont pas été annulés."""
        return self.filter(annule_le=None)


class Deport(models.Model):
    """Un membre intéressé à une affaire : il ne voit plus le dossier, ne compte pas dans le vote du point.

    `deduit` : constaté par la plateforme (membre de l'équipe, même RPPS, accompagnateur), sans que personne l'ait dit.
    """

    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="deports", verbose_name="point")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deports", verbose_name="compte"
    )
    motif = models.TextField("motif")
    deduit = models.BooleanField("déduit", default=False)
    declare_le = models.DateTimeField("déclaré le", default=timezone.now)
    # Vide : la plateforme l'a déduit.
    declare_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="déclaré par",
    )
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    annule_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="annulé par",
    )
    motif_annulation = models.TextField("motif de l'annulation", blank=True)

    objects = DeportQuerySet.as_manager()

    class Meta:
        verbose_name = "déport"
        ordering = ["point_id", "declare_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "compte"],
                condition=Q(annule_le=None),
                name="deport_unique",
                violation_error_message="Cette personne est déjà déportée sur ce point.",
            ),
        ]

    def __str__(self) -> str:
        return f"Déport de {self.compte}"


class Livret(models.Model):
    """Le livret d'une séance tel qu'un lecteur a le droit de le lire : ses points, sans ceux dont il est écarté."""

    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="livrets", verbose_name="séance")
    # Empreinte de ce qu'il contient : le même contenu ne se produit qu'une fois.
    variante = models.CharField("empreinte du contenu", max_length=64)
    format = models.CharField("format", max_length=5, default="pdf")
    points = models.JSONField("points")
    document = models.ForeignKey(
        DocumentProduit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="document"
    )
    demande_le = models.DateTimeField("demandé le", default=timezone.now)
    echec = models.CharField("pourquoi il n'a pas pu être produit", max_length=300, blank=True)

    class Meta:
        verbose_name = "livret de séance"
        verbose_name_plural = "livrets de séance"
        ordering = ["-demande_le", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "variante", "format"], name="livret_une_fois"),
        ]

    def __str__(self) -> str:
        return f"Livret de {self.seance}"
