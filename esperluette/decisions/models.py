"""La décision de l'ARS, distincte de l'avis de la commission, et les courriers qui la portent."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier, Sens
from esperluette.documents.models import DocumentProduit, Signature
from esperluette.dossiers.models import Dossier
from esperluette.equipes.droits import des_siennes

# Un ajournement notifié ne tranche rien : le dossier reprend, et une autre décision viendra.
ACTIVE = Q(etat__in=EtatDecision.AVANT_NOTIFICATION) | (Q(etat=EtatDecision.NOTIFIEE) & ~Q(sens=Sens.AJOURNEMENT))


def _compte(verbose: str, **options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=verbose, **options
    )


class DecisionQuerySet(models.QuerySet["Decision"]):
    def actives(self) -> "DecisionQuerySet":
        """Celles qui occupent leur dossier : en préparation, signées, ou notifiées et toujours valables."""
        return self.filter(ACTIVE)

    def recues(self) -> "DecisionQuerySet":
        """Celles que l'équipe a reçues, remplacées et retirées comprises, la plus récente d'abord."""
        return self.filter(etat__in=EtatDecision.RECUES).order_by("-notifiee_le", "-pk")

    def dans_le_perimetre(self, compte: Any) -> "DecisionQuerySet":
        """Celles des dossiers reçus dans le périmètre de cet agent."""
        if not isinstance(compte, Compte):
            return self.none()
        siennes = des_siennes(compte, "dossier__equipe")
        return self.filter(perimetre(compte).filtre("dossier__equipe__implantation")).exclude(siennes)


class Decision(models.Model):
    """Ce que l'autorité de l'ARS décide d'un dossier, motivé en droit et en fait s'il le faut.

    Un dossier n'a jamais deux décisions actives. Notifiée, elle ne se défait pas : elle se retire avec un motif, ou un
    recours gracieux la fait réexaminer ; elle reste lisible dans les deux cas.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions", verbose_name="dossier")
    sens = models.CharField("sens", max_length=20, choices=Sens)
    motif = models.TextField("motifs, en droit et en fait", blank=True)
    reserves = models.TextField("réserves, une par ligne", blank=True)
    # L'avis tel qu'il était quand la décision a été préparée ; vides sans commission.
    avis = models.CharField("avis de la commission", max_length=200, blank=True)
    avis_sens = models.CharField("sens de l'avis", max_length=20, choices=Sens, blank=True)
    s_ecarte_de_l_avis = models.BooleanField("s'écarte de l'avis", default=False)
    etat = models.CharField("état", max_length=12, choices=EtatDecision, default=EtatDecision.BROUILLON)
    version = models.PositiveIntegerField("version", default=1)
    preparee_le = models.DateTimeField("préparée le", default=timezone.now)
    preparee_par = _compte("préparée par")
    relue_le = models.DateTimeField("relue le", null=True, blank=True)
    relue_par = _compte("relue par", null=True, blank=True)
    signee_le = models.DateTimeField("signée le", null=True, blank=True)
    signee_par = _compte("signée par", null=True, blank=True)
    signataire = models.CharField("prénom et nom du signataire", max_length=200, blank=True)
    qualite = models.CharField("qualité du signataire", max_length=200, blank=True)
    date = models.DateField("date de la décision", null=True, blank=True)
    notifiee_le = models.DateTimeField("notifiée le", null=True, blank=True)
    notifiee_par = _compte("notifiée par", null=True, blank=True)
    # La preuve que l'équipe l'a lue : la première fois, et qui.
    consultee_le = models.DateTimeField("première consultation par l'équipe", null=True, blank=True)
    consultee_par = _compte("première consultation de", null=True, blank=True)
    # Abandonnée, remplacée ou retirée : quand, par qui, pourquoi.
    finie_le = models.DateTimeField("finie le", null=True, blank=True)
    finie_par = _compte("finie par", null=True, blank=True)
    fin_motif = models.TextField("motif de la fin", blank=True)
    observations_le = models.DateField("observations de l'équipe recueillies le", null=True, blank=True)
    remplace = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="remplacantes", verbose_name="remplace"
    )
    signatures = GenericRelation(Signature)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["-preparee_le", "-pk"]
        indexes = [models.Index(fields=["etat", "preparee_le"], name="decision_etat")]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=ACTIVE,
                name="decision_active_unique",
                violation_error_message="Ce dossier a déjà une décision en cours.",
            ),
            models.CheckConstraint(
                name="decision_motivee",
                condition=~Q(motif="") | (Q(sens__in=Sens.FAVORABLES) & Q(s_ecarte_de_l_avis=False)),
                violation_error_message="Un refus, un ajournement ou une décision qui s’écarte de l’avis se motive.",
            ),
            models.CheckConstraint(
                name="decision_signee_par_quelqu_un",
                condition=Q(etat__in=[*EtatDecision.EN_PREPARATION, "annulee"])
                | (
                    Q(signee_le__isnull=False, signee_par__isnull=False, date__isnull=False)
                    & ~Q(signataire="")
                    & ~Q(qualite="")
                ),
                violation_error_message="Une décision signée porte le prénom, le nom et la qualité de son auteur.",
            ),
            models.CheckConstraint(
                name="decision_notifiee_datee",
                condition=(
                    Q(etat__in=EtatDecision.RECUES, notifiee_le__isnull=False)
                    | (~Q(etat__in=EtatDecision.RECUES) & Q(notifiee_le=None))
                ),
                violation_error_message="Une décision reçue porte la date de sa notification.",
            ),
            models.CheckConstraint(
                name="decision_fin_motivee",
                condition=~Q(etat__in=["remplacee", "retiree"]) | (Q(finie_le__isnull=False) & ~Q(fin_motif="")),
                violation_error_message="Une décision remplacée ou retirée dit quand et pourquoi.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.sens_enum.label}, {self.dossier}"

    @property
    def sens_enum(self) -> Sens:
        """Le sens, avec son libellé et son ton."""
        return Sens(self.sens)

    @property
    def etat_enum(self) -> EtatDecision:
        """L'état, avec son libellé et son ton."""
        return EtatDecision(self.etat)

    @property
    def est_en_preparation(self) -> bool:
        """Son sens, ses motifs et son courrier peuvent encore changer."""
        return self.etat in EtatDecision.EN_PREPARATION

    @property
    def liste_des_reserves(self) -> tuple[str, ...]:
        """Les réserves, une par ligne non vide."""
        return tuple(ligne.strip() for ligne in self.reserves.splitlines() if ligne.strip())


class Courrier(models.Model):
    """Ce qui part à l'équipe : un objet et un corps, tirés du modèle de la région puis repris à la main.

    `variables` : ce que valaient les variables du modèle quand il a été rempli. Remplacé, un courrier reste en base.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="courriers", verbose_name="décision")
    nature = models.CharField("nature", max_length=10, choices=NatureDeCourrier, default=NatureDeCourrier.DECISION)
    modele = models.CharField("modèle", max_length=80)
    objet = models.CharField("objet", max_length=300)
    corps = models.TextField("corps")
    variables = models.JSONField("variables figées", default=dict)
    repris_a_la_main = models.BooleanField("repris à la main", default=False)
    # Ce qui s'imprime, figé à la signature : le même jour après jour.
    contexte = models.JSONField("contexte figé", null=True, blank=True)
    empreinte = models.CharField("empreinte du contexte", max_length=64, blank=True)
    document = models.ForeignKey(
        DocumentProduit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="document PDF"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    cree_par = _compte("créé par")
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True)

    class Meta:
        verbose_name = "courrier"
        ordering = ["cree_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "nature"], condition=Q(remplace_le=None), name="courrier_en_cours_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.objet
