"""La reconnaissance d'une équipe : l'effet d'une décision favorable de l'ARS."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.equipes.enums import FormeVisee
from esperluette.equipes.models import Equipe
from esperluette.territoires.models import Region


class ReconnaissanceQuerySet(models.QuerySet["Reconnaissance"]):
    def en_cours(self, le: datetime.date | None = None) -> "ReconnaissanceQuerySet":
        """Celles qui valent ce jour-là."""
        jour = le or timezone.localdate()
        return self.filter(Q(fin=None) | Q(fin__gte=jour), debut__lte=jour)

    def publiques(self) -> "ReconnaissanceQuerySet":
        """Celles que l'annuaire montre ; une équipe fictive n'y paraît que dans la démonstration."""
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
    fondement = models.CharField("fondement", max_length=500, blank=True)
    # La décision était déjà prise quand la plateforme l'a apprise.
    reprise = models.BooleanField("reprise d'une décision antérieure", default=False)
    publiee = models.BooleanField("à l'annuaire public", default=True)
    coordonnees_publiees = models.BooleanField("coordonnées publiées, au choix de l'équipe", default=False)
    enregistree_le = models.DateTimeField("enregistrée le", default=timezone.now)
    enregistree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="enregistrée par"
    )

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
        """Vaut aujourd'hui."""
        jour = timezone.localdate()
        return self.debut <= jour and (self.fin is None or self.fin >= jour)
