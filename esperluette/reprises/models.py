"""Ce qu'on a repris d'avant Esperluette : une ligne par équipe, avec la clé qui empêche de la reprendre deux fois."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from esperluette.territoires.models import Region

ENLISEMENT = timedelta(minutes=30)


class TableurDepose(models.Model):
    """Un tableur de reprise, gardé entre l'aperçu et la décision de reprendre ; effacé sous un jour.

    Un grand tableur se reprend en tâche de fond : `lance_le`, puis `fini_le` avec `reprises` équipes, ou un `refus`.
    """

    nom = models.CharField("nom du fichier", max_length=200)
    octets = models.BinaryField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    depose_le = models.DateTimeField("déposé le", default=timezone.now)
    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="déposé par"
    )
    lance_le = models.DateTimeField("reprise lancée le", null=True, blank=True)
    fini_le = models.DateTimeField("reprise finie le", null=True, blank=True)
    inviter = models.BooleanField("inviter les porteurs", default=False)
    reprises = models.PositiveIntegerField("équipes reprises", default=0)
    refus = models.TextField("pourquoi rien n'a été repris", blank=True)

    class Meta:
        verbose_name = "tableur déposé"
        verbose_name_plural = "tableurs déposés"

    def __str__(self) -> str:
        return self.nom

    @property
    def en_cours(self) -> bool:
        """Lancée, pas finie."""
        return self.lance_le is not None and self.fini_le is None

    @property
    def enlisee(self) -> bool:
        """En cours depuis trop longtemps : le travailleur est tombé ; relancer ne refait rien deux fois."""
        return self.lance_le is not None and self.en_cours and timezone.now() - self.lance_le > ENLISEMENT


class RepriseQuerySet(models.QuerySet["Reprise"]):
    def visibles_par(self, compte: Any) -> "RepriseQuerySet":
        """Celles du territoire où ce compte reprend l'existant."""
        if not isinstance(compte, Compte):
            return self.none()
        return self.filter(perimetre(compte, (*Role.INSTRUCTEURS, Role.ADMIN_REGIONAL)).filtre("equipe__implantation"))


class Reprise(models.Model):
    """Une équipe reprise d'avant Esperluette : qui l'a reprise, d'où, et sous quelle clé.

    `cle` : celle du tableur (ou de la saisie) ; une clé déjà reprise dans la région ne se reprend pas deux fois.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="région")
    cle = models.CharField("clé", max_length=80)
    equipe = models.OneToOneField(Equipe, on_delete=models.PROTECT, related_name="reprise", verbose_name="équipe")
    dossier = models.OneToOneField(
        Dossier, null=True, blank=True, on_delete=models.PROTECT, related_name="fiche_de_reprise",
        verbose_name="dossier",
    )  # fmt: skip
    importee = models.BooleanField("importée d'un tableur", default=False)
    ligne = models.JSONField("ce que disait la ligne", default=dict, blank=True)
    le = models.DateTimeField("reprise le", default=timezone.now)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="reprise par"
    )

    objects = RepriseQuerySet.as_manager()

    class Meta:
        verbose_name = "reprise"
        ordering = ["-le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "cle"],
                name="reprise_cle_unique",
                violation_error_message="Cette clé a déjà servi dans la région : l’équipe est déjà reprise.",
            ),
        ]

    def __str__(self) -> str:
        return self.cle
