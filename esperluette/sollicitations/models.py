"""Un chiffre que l'équipe demande à l'ARS, depuis une rubrique de son projet, et ce que l'ARS en dit."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.diagnostics.encart import porte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.equipes.models import Equipe
from esperluette.sollicitations.enums import EtatSollicitation, Issue
from esperluette.sollicitations.nombres import ecrire

LONGUEUR = 2_000  # signes, pour des précisions, un commentaire, un motif


class SollicitationQuerySet(models.QuerySet["Sollicitation"]):
    def visibles_par(self, compte: Compte) -> "SollicitationQuerySet":
        """Côté équipe : celles des équipes que ce compte voit."""
        return self.filter(dossier__equipe__in=Equipe.objects.visibles_par(compte))

    def en_attente(self) -> "SollicitationQuerySet":
        """Ni répondues ni retirées, dans un dossier encore ouvert."""
        return self.filter(repondue_le=None, retiree_le=None, dossier__etat__in=Etat.OUVERTS)


class Sollicitation(models.Model):
    """Un chiffre demandé à l'ARS. `champ` : où la réponse s'insère ; vide si la rubrique n'a pas de champ de chiffres.

    `jeton` vient du formulaire : le même envoi, fait deux fois, ne demande qu'une fois.
    """

    dossier = models.ForeignKey(
        Dossier, on_delete=models.CASCADE, related_name="sollicitations", verbose_name="dossier"
    )
    rubrique = models.CharField("rubrique", max_length=100)
    # Recopié : l'agent lit la demande sans que le brouillon ni sa trame lui soient ouverts.
    rubrique_intitule = models.CharField("intitulé de la rubrique", max_length=300)
    champ = models.CharField("champ de chiffres", max_length=200, blank=True)
    libelle = models.CharField("chiffre demandé", max_length=200)
    precisions = models.TextField("précisions", max_length=LONGUEUR, blank=True)
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    demandee_le = models.DateTimeField("demandée le", default=timezone.now)
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    relances = models.PositiveSmallIntegerField("nombre de relances", default=0)
    retiree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="retirée par",
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)
    jeton = models.UUIDField("jeton de l'envoi", default=uuid.uuid4)

    issue = models.CharField("réponse", max_length=12, choices=Issue, blank=True)
    valeur = models.DecimalField("valeur", max_digits=16, decimal_places=4, null=True, blank=True)
    unite = models.CharField("unité", max_length=60, blank=True)
    source = models.CharField("source", max_length=200, blank=True)
    millesime = models.CharField("millésime", max_length=40, blank=True)
    commentaire = models.TextField("commentaire", max_length=LONGUEUR, blank=True)
    motif = models.TextField("pourquoi l'ARS ne l'a pas", max_length=LONGUEUR, blank=True)
    repondue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="répondue par",
    )
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    # La dernière fois qu'on l'a mise dans le projet ; si elle y est toujours, le projet seul le dit.
    inseree_le = models.DateTimeField("insérée le", null=True, blank=True)
    # Pourquoi le chiffre n'est pas entré tout seul dans le projet ; dit à l'équipe.
    attend = models.CharField("ce que l'insertion attend", max_length=300, blank=True)

    # Ce que l'ARS a donné à ce champ, quand on l'a lu d'avance.
    fournis_lus: list[dict[str, str]] | None = None

    objects = SollicitationQuerySet.as_manager()

    class Meta:
        verbose_name = "sollicitation"
        ordering = ["-demandee_le", "-pk"]
        indexes = [
            models.Index(fields=["dossier", "-demandee_le"], name="sollicitation_dossier"),
            models.Index(
                fields=["demandee_le"], name="sollicitation_en_attente", condition=Q(repondue_le=None, retiree_le=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "demandee_par", "jeton"], name="sollicitation_un_seul_envoi"),
            models.CheckConstraint(name="sollicitation_nommee", condition=~Q(libelle="")),
            models.CheckConstraint(
                name="sollicitation_repondue_entiere",
                condition=Q(issue="", repondue_le=None, repondue_par=None, valeur=None, motif="")
                | (
                    Q(issue="fourni", repondue_le__isnull=False, repondue_par__isnull=False, valeur__isnull=False)
                    & ~Q(source="")
                    & ~Q(millesime="")
                )
                | (
                    Q(issue="indisponible", repondue_le__isnull=False, repondue_par__isnull=False, valeur=None)
                    & ~Q(motif="")
                ),
                violation_error_message="Une réponse dit sa valeur, sa source et son année, ou pourquoi elle manque.",
            ),
            models.CheckConstraint(
                name="sollicitation_retiree_sans_reponse",
                condition=Q(retiree_le=None, retiree_par=None)
                | Q(retiree_le__isnull=False, retiree_par__isnull=False, issue=""),
                violation_error_message="Une demande à laquelle l’ARS a répondu ne se retire plus.",
            ),
            models.CheckConstraint(
                name="sollicitation_inseree_fournie", condition=Q(inseree_le=None) | Q(issue="fourni")
            ),
        ]

    def __str__(self) -> str:
        return self.libelle

    @property
    def etat(self) -> EtatSollicitation:
        """Où elle en est, d'après ce qui y est écrit et ce que porte le projet."""
        if self.retiree_le is not None:
            return EtatSollicitation.RETIRE
        if self.issue == Issue.INDISPONIBLE:
            return EtatSollicitation.INDISPONIBLE
        if self.issue != Issue.FOURNI:
            return EtatSollicitation.EN_ATTENTE
        if not self.champ:
            return EtatSollicitation.FOURNI
        if self.est_dans_le_projet:
            return EtatSollicitation.INSERE
        return EtatSollicitation.A_INSERER if self.inseree_le is None else EtatSollicitation.OTE

    @property
    def est_dans_le_projet(self) -> bool:
        """Le champ porte ce chiffre en ce moment : l'équipe a pu l'en ôter, ou l'historique l'y remettre.

        Lu dans le projet, jamais gardé ici ; une requête, sauf si `lectures.avec_le_projet` l'a faite pour plusieurs.
        """
        fournis = self.fournis_lus
        if fournis is None:
            siennes = Reponse.objects.filter(dossier=self.dossier_id, champ=self.champ)
            fournis = siennes.values_list("valeur__fournis", flat=True).first() or []
        return porte(fournis, **self.a_verser)

    @property
    def a_verser(self) -> dict[str, str]:
        """Le chiffre et sa source, tels qu'ils s'écrivent dans le projet."""
        return {
            "libelle": self.libelle, "valeur": self.valeur_ecrite, "unite": self.unite, "source": self.source_datee,
        }  # fmt: skip

    @property
    def est_en_attente(self) -> bool:
        """L'ARS n'a pas répondu, l'équipe ne l'a pas retirée. Ne dit rien du dossier, qui peut s'être fermé."""
        return self.etat == EtatSollicitation.EN_ATTENTE

    @property
    def valeur_ecrite(self) -> str:
        """« 1 234,5 » : la valeur telle qu'on l'écrit ; vide sans réponse."""
        return "" if self.valeur is None else ecrire(self.valeur)

    @property
    def valeur_lue(self) -> str:
        """« 1 234,5 patients » : la valeur et son unité."""
        return f"{self.valeur_ecrite} {self.unite}".strip()

    @property
    def source_datee(self) -> str:
        """« Assurance maladie, SNDS, 2024 » : d'où vient le chiffre, et de quand ; vide sans réponse."""
        return f"{self.source}, {self.millesime}" if self.issue == Issue.FOURNI else ""
