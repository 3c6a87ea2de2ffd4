"""La reconnaissance d'une équipe, et ce qui lui arrive : suspension, retrait, alerte de composition."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.documents.models import DocumentProduit
from esperluette.dossiers.models import Dossier
from esperluette.equipes.enums import FormeVisee
from esperluette.equipes.models import Equipe
from esperluette.reconnaissances.enums import EtatReconnaissance, IssueRetrait, OrigineDuDelai
from esperluette.territoires.models import Region


class ReconnaissanceQuerySet(models.QuerySet["Reconnaissance"]):
    def en_cours(self, le: datetime.date | None = None) -> "ReconnaissanceQuerySet":
        """Celles qui valent ce jour-là."""
        jour = le or timezone.localdate()
        return self.filter(
            Q(fin=None) | Q(fin__gte=jour), Q(retiree_le=None) | Q(retiree_le__gt=jour), debut__lte=jour
        )

    def suspendues(self, le: datetime.date | None = None) -> "ReconnaissanceQuerySet":
        """Celles dont une suspension court ce jour-là."""
        return self.filter(pk__in=Suspension.objects.en_cours(le).values("reconnaissance_id"))

    def publiques(self) -> "ReconnaissanceQuerySet":
        """Celles que l'annuaire peut montrer ; une équipe fictive n'y paraît que dans la démonstration."""
        publiees = self.filter(publiee=True)
        return publiees if settings.DEMONSTRATION else publiees.filter(equipe__fictive=False)

    def visibles_par(self, compte: Any) -> "ReconnaissanceQuerySet":
        """Celles des équipes que ce compte voit, et celles du territoire où il instruit ou administre."""
        if not isinstance(compte, Compte):
            return self.none()
        territoire = perimetre(compte, (*Role.LECTEURS, Role.ADMIN_REGIONAL)).filtre("equipe__implantation")
        return self.filter(Q(equipe__in=Equipe.objects.visibles_par(compte)) | territoire)


class Reconnaissance(models.Model):
    """Une équipe reconnue par l'ARS d'une région, de telle date à telle date ; sans fin, elle court encore.

    Aucun texte ne donne à l'ARS un pouvoir général de « valider » une équipe : `fondement` dit d'où vient l'acte.
    Les coordonnées ne se publient que si l'équipe l'a choisi.
    """

    # Lisible et unique : « R-BRE-2026-0042 ». Donné à l'enregistrement, il ne change plus.
    numero = models.CharField("numéro", max_length=30, unique=True, editable=False)
    equipe = models.ForeignKey(Equipe, on_delete=models.PROTECT, related_name="reconnaissances", verbose_name="équipe")
    forme = models.CharField("forme reconnue", max_length=3, choices=FormeVisee)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="reconnaissances", verbose_name="région")
    dossier = models.ForeignKey(
        Dossier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reconnaissances",
        verbose_name="dossier",
    )
    debut = models.DateField("reconnue depuis le")
    fin = models.DateField("jusqu'au", null=True, blank=True)
    decision_texte = models.CharField("décision", max_length=300)
    decision_le = models.DateField("date de la décision", null=True, blank=True)
    fondement = models.CharField("fondement", max_length=500, blank=True)
    # La décision était déjà prise quand la plateforme l'a apprise.
    reprise = models.BooleanField("reprise d'une décision antérieure", default=False)
    publiee = models.BooleanField("à l'annuaire public", default=True)
    coordonnees_publiees = models.BooleanField("coordonnées publiées, au choix de l'équipe", default=False)
    enregistree_le = models.DateTimeField("enregistrée le", default=timezone.now)
    enregistree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="enregistrée par"
    )

    # Le premier jour où elle ne vaut plus, quand l'ARS l'a retirée ; la procédure est dans `Retrait`.
    retiree_le = models.DateField("retirée à compter du", null=True, blank=True)
    attestation = models.ForeignKey(
        DocumentProduit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="attestation"
    )
    # La composition a déjà été vue au-dessus du minimum : c'est ce qui fait d'une baisse une alerte.
    composition_vue_le = models.DateTimeField("composition vue suffisante le", null=True, blank=True)

    objects = ReconnaissanceQuerySet.as_manager()

    class Meta:
        verbose_name = "reconnaissance"
        # La table est née dans l'app `instruction` ; elle a gardé son nom.
        db_table = "instruction_reconnaissance"
        ordering = ["equipe__nom", "-debut", "pk"]
        constraints = [
            models.CheckConstraint(
                name="reconnaissance_dates_dans_l_ordre",
                condition=Q(fin=None) | Q(fin__gte=F("debut")),
                violation_error_message="Une reconnaissance finit après avoir commencé.",
            ),
            models.CheckConstraint(
                name="reconnaissance_retrait_apres_debut",
                condition=Q(retiree_le=None) | Q(retiree_le__gte=F("debut"), fin__isnull=False),
                violation_error_message="Une reconnaissance se retire après avoir commencé.",
            ),
            models.UniqueConstraint(
                fields=["equipe", "forme"],
                condition=Q(fin=None),
                name="reconnaissance_une_seule_en_cours",
                violation_error_message="Cette équipe a déjà une reconnaissance en cours sous cette forme.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.equipe} ({FormeVisee.SIGLES[self.forme]})"

    @property
    def sigle(self) -> str:
        """« ESP » ou « MSP »."""
        return FormeVisee.SIGLES[self.forme]

    @property
    def est_en_cours(self) -> bool:
        """Vaut aujourd'hui, suspendue ou non."""
        jour = timezone.localdate()
        return self.debut <= jour and (self.fin is None or self.fin >= jour) and not self.est_retiree

    @property
    def est_retiree(self) -> bool:
        return self.retiree_le is not None and self.retiree_le <= timezone.localdate()

    @property
    def suspension_en_cours(self) -> "Suspension | None":
        """Celle qui court aujourd'hui ; se sert des suspensions préchargées si elles le sont."""
        return next((s for s in self.suspensions.all() if s.court()), None)

    @property
    def etat(self) -> EtatReconnaissance:
        """En cours, suspendue, retirée, finie ou à venir : ce que disent ses dates."""
        if self.est_retiree:
            return EtatReconnaissance.RETIREE
        if self.debut > timezone.localdate():
            return EtatReconnaissance.A_VENIR
        if not self.est_en_cours:
            return EtatReconnaissance.FINIE
        return EtatReconnaissance.SUSPENDUE if self.suspension_en_cours else EtatReconnaissance.EN_COURS


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def en_cours(self, le: datetime.date | None = None) -> "SuspensionQuerySet":
        """Celles qui courent ce jour-là : commencées, non levées, leur fin non passée."""
        jour = le or timezone.localdate()
        return self.filter(Q(fin=None) | Q(fin__gte=jour), debut__lte=jour, levee_le=None)

    def ouvertes(self, le: datetime.date | None = None) -> "SuspensionQuerySet":
        """Celles qui courent ou vont courir."""
        return self.filter(Q(fin=None) | Q(fin__gte=le or timezone.localdate()), levee_le=None)


class Suspension(models.Model):
    """La reconnaissance est suspendue, de telle date à telle date ou jusqu'à sa levée ; le motif est écrit."""

    reconnaissance = models.ForeignKey(
        Reconnaissance, on_delete=models.PROTECT, related_name="suspensions", verbose_name="reconnaissance"
    )
    debut = models.DateField("suspendue à compter du")
    fin = models.DateField("jusqu'au", null=True, blank=True)
    motif = models.TextField("motif", max_length=10_000)
    prononcee_le = models.DateTimeField("prononcée le", default=timezone.now)
    prononcee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="prononcée par"
    )
    levee_le = models.DateTimeField("levée le", null=True, blank=True)
    levee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="levée par",
    )

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = "suspension"
        ordering = ["-debut", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="suspension_dates_dans_l_ordre",
                condition=Q(fin=None) | Q(fin__gte=F("debut")),
                violation_error_message="Une suspension finit après avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Suspension de {self.reconnaissance}"

    def court(self, le: datetime.date | None = None) -> bool:
        """Suspend la reconnaissance ce jour-là."""
        jour = le or timezone.localdate()
        return self.levee_le is None and self.debut <= jour and (self.fin is None or self.fin >= jour)


class Retrait(models.Model):
    """La procédure d'un retrait, en deux temps : l'intention notifiée à l'équipe, qui répond ; puis la décision.

    Les observations de l'équipe précèdent la décision (CRPA, L. 121-1 et L. 122-1).
    """

    reconnaissance = models.ForeignKey(
        Reconnaissance, on_delete=models.PROTECT, related_name="retraits", verbose_name="reconnaissance"
    )
    motif = models.TextField("motif envisagé", max_length=10_000)
    notifie_le = models.DateTimeField("intention notifiée le", default=timezone.now)
    notifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="notifiée par"
    )
    reponse_avant_le = models.DateField("réponse de l'équipe attendue avant le")
    observations = models.TextField("observations de l'équipe", max_length=10_000, blank=True)
    observations_le = models.DateTimeField("observations reçues le", null=True, blank=True)
    observations_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="observations de",
    )
    issue = models.CharField("issue", max_length=10, choices=IssueRetrait, blank=True)
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="décidé par",
    )
    decision_motif = models.TextField("motif de la décision", max_length=10_000, blank=True)

    class Meta:
        verbose_name = "retrait"
        ordering = ["-notifie_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reconnaissance"],
                condition=Q(issue=""),
                name="retrait_un_seul_ouvert",
                violation_error_message="Un retrait est déjà envisagé pour cette reconnaissance.",
            ),
            models.CheckConstraint(
                name="retrait_decide_et_motive",
                condition=Q(issue="", decide_le=None) | (~Q(issue="") & ~Q(decision_motif="")),
                violation_error_message="La décision dit pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Retrait de {self.reconnaissance}"

    @property
    def est_ouvert(self) -> bool:
        """L'ARS n'a pas encore décidé."""
        return self.issue == ""

    @property
    def attend_l_equipe(self) -> bool:
        """Le délai de réponse court et l'équipe n'a pas répondu."""
        return self.est_ouvert and self.observations_le is None and timezone.localdate() <= self.reponse_avant_le


class AlerteQuerySet(models.QuerySet["Alerte"]):
    def ouvertes(self) -> "AlerteQuerySet":
        return self.filter(close_le=None)


class Alerte(models.Model):
    """La composition est tombée sous le minimum de l'édition. Rien ne se décide seul : chacun est prévenu.

    `constats` : les critères qui manquaient à l'ouverture, dans les mots de l'édition.
    """

    reconnaissance = models.ForeignKey(
        Reconnaissance, on_delete=models.PROTECT, related_name="alertes", verbose_name="reconnaissance"
    )
    ouverte_le = models.DateTimeField("ouverte le", default=timezone.now)
    constats = models.JSONField("constats", default=list)
    delai_le = models.DateField("à rétablir avant le", null=True, blank=True)
    delai_origine = models.CharField("origine du délai", max_length=10, choices=OrigineDuDelai, blank=True)
    delai_fixe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="délai fixé par",
    )
    relancee_le = models.DateTimeField("dernière relance le", null=True, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    objects = AlerteQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte de composition"
        verbose_name_plural = "alertes de composition"
        ordering = ["-ouverte_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reconnaissance"], condition=Q(close_le=None), name="alerte_une_seule_ouverte"
            ),
            models.CheckConstraint(
                name="alerte_delai_a_une_origine",
                condition=Q(delai_le=None, delai_origine="") | (Q(delai_le__isnull=False) & ~Q(delai_origine="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Composition de {self.reconnaissance}"

    @property
    def delai_passe(self) -> bool:
        return self.delai_le is not None and self.delai_le < timezone.localdate()
