"""Les demandes de compléments de l'ARS : des remarques par champ, leurs réponses, et ce qu'on a rappelé."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.complements.enums import EtatDemande, EtatRemarque, SorteRappel
from esperluette.dossiers.models import Depot, Dossier


class DemandeDeComplementsQuerySet(models.QuerySet["DemandeDeComplements"]):
    def en_preparation(self) -> "DemandeDeComplementsQuerySet":
        return self.filter(demandee_le=None, annulee_le=None)

    def actives(self) -> "DemandeDeComplementsQuerySet":
        """Envoyées, sans réponse encore : ce que l'équipe doit traiter."""
        return self.filter(demandee_le__isnull=False, repondue_le=None, close_le=None, annulee_le=None)

    def envoyees(self) -> "DemandeDeComplementsQuerySet":
        """Ce que l'équipe a reçu, annulées comprises."""
        return self.filter(demandee_le__isnull=False)


class DemandeDeComplements(models.Model):
    """Ce que l'ARS demande sur un dépôt. Sans `demandee_le`, c'est un brouillon que l'équipe ne voit pas."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="demandes", verbose_name="dossier")
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="demandes", verbose_name="dépôt relu")
    message = models.TextField("message à l'équipe", blank=True)
    avant_le = models.DateField("à compléter avant le", null=True, blank=True)
    # Le brouillon s'écrit à plusieurs agents, à plusieurs onglets : qui écrit dit la version qu'il a lue.
    version = models.PositiveIntegerField("version du brouillon", default=1)
    preparee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="préparée par"
    )
    preparee_le = models.DateTimeField("préparée le", default=timezone.now)
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandée par",
    )
    demandee_le = models.DateTimeField("demandée le", null=True, blank=True)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    motif = models.TextField("motif de l'annulation", blank=True)

    objects = DemandeDeComplementsQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de compléments"
        verbose_name_plural = "demandes de compléments"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(demandee_le__isnull=False, repondue_le=None, close_le=None, annulee_le=None),
                name="demande_active_unique",
                violation_error_message="Une demande de compléments attend déjà l’équipe.",
            ),
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(demandee_le=None, annulee_le=None),
                name="demande_brouillon_unique",
                violation_error_message="Une demande de compléments se prépare déjà pour ce dossier.",
            ),
            models.CheckConstraint(
                condition=Q(demandee_le=None, demandee_par=None, repondue_le=None, close_le=None)
                | Q(demandee_le__isnull=False, demandee_par__isnull=False, avant_le__isnull=False),
                name="demande_envoyee_datee",
                violation_error_message="Une demande envoyée porte son auteur, sa date et une date limite.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} : compléments {self.pk}"

    @property
    def etat(self) -> EtatDemande:
        """Où elle en est, d'après ses dates."""
        if self.annulee_le is not None:
            return EtatDemande.ANNULEE
        if self.demandee_le is None:
            return EtatDemande.BROUILLON
        if self.close_le is not None:
            return EtatDemande.CLOSE
        return EtatDemande.ENVOYEE if self.repondue_le is None else EtatDemande.REPONDUE

    @property
    def est_active(self) -> bool:
        return self.etat == EtatDemande.ENVOYEE


class Remarque(models.Model):
    """Une remarque de l'ARS sur un champ, sur les pièces (« @pieces »), ou générale, et la réponse de l'équipe."""

    demande = models.ForeignKey(
        DemandeDeComplements, on_delete=models.CASCADE, related_name="remarques", verbose_name="demande"
    )
    champ = models.CharField("champ", max_length=200, blank=True)
    rubrique = models.CharField("rubrique", max_length=200, blank=True)
    # L'intitulé de ce qui est remarqué, recopié : une remarque se lit sans relire l'édition.
    libelle = models.CharField("ce qui est remarqué", max_length=500)
    extrait = models.TextField("passage sélectionné", blank=True)
    texte = models.TextField("remarque")
    # Une remarque générale rouvre ce que l'agent choisit : des rubriques, et « @pieces ».
    ouvre = models.JSONField("ce qu'elle rouvre", default=list, blank=True)
    ordre = models.PositiveIntegerField("ordre", default=0)
    reponse = models.TextField("réponse de l'équipe", blank=True)
    reponse_version = models.PositiveIntegerField("version de la réponse", default=0)
    repondue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="répondue par",
    )
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    levee_le = models.DateTimeField("levée le", null=True, blank=True)
    levee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="levée par",
    )
    suite_de = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="suites", verbose_name="redemande"
    )

    class Meta:
        verbose_name = "remarque"
        ordering = ["ordre", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(levee_le=None, levee_par=None) | Q(levee_le__isnull=False, levee_par__isnull=False),
                name="remarque_levee_par_quelqu_un",
            )
        ]

    def __str__(self) -> str:
        return f"{self.libelle} : {self.texte[:40]}"

    @property
    def est_generale(self) -> bool:
        return not self.champ

    def etat_pour_l_equipe(self, *, change: bool) -> EtatRemarque:
        """Prête dès qu'elle a une réponse, ou que ce qu'elle vise a changé."""
        if self.levee_le is not None:
            return EtatRemarque.LEVEE
        return EtatRemarque.PRETE if change or self.reponse.strip() else EtatRemarque.A_TRAITER


class Rappel(models.Model):
    """Ce qui a été rappelé, pour une date et un palier : jamais deux fois."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="rappels", verbose_name="dossier")
    sorte = models.CharField("sorte", max_length=12, choices=SorteRappel)
    echeance = models.DateField("échéance")
    jours = models.PositiveIntegerField("jours avant l'échéance")
    le = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "rappel"
        ordering = ["-le"]
        constraints = [models.UniqueConstraint(fields=["dossier", "sorte", "echeance", "jours"], name="rappel_unique")]

    def __str__(self) -> str:
        return f"{self.dossier} : {self.sorte}, J-{self.jours}"
