"""Ce que la fiche garde : ce qu'on a lu, qui regarde, la grille, le brouillon ouvert, la réunion sur site."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.fichiers.models import Fichier


class DerniereLecture(models.Model):
    """Le dépôt qu'un agent a lu en dernier : la suite se compare à lui."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="lectures", verbose_name="dossier")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="compte"
    )
    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="+", verbose_name="dépôt lu")
    lu_le = models.DateTimeField("lu le", default=timezone.now)

    class Meta:
        verbose_name = "dernière lecture"
        verbose_name_plural = "dernières lectures"
        constraints = [models.UniqueConstraint(fields=["dossier", "compte"], name="derniere_lecture_unique")]

    def __str__(self) -> str:
        return f"{self.compte} : {self.depot}"


class PresenceSurDossier(models.Model):
    """Un agent regarde ce dossier : depuis quand, et son dernier signe. S'efface d'elle-même avec le temps."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="presences", verbose_name="dossier")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="compte"
    )
    depuis = models.DateTimeField("depuis", default=timezone.now)
    vu_le = models.DateTimeField("dernier signe", default=timezone.now)

    class Meta:
        verbose_name = "présence sur un dossier"
        verbose_name_plural = "présences sur un dossier"
        constraints = [models.UniqueConstraint(fields=["dossier", "compte"], name="presence_sur_dossier_unique")]

    def __str__(self) -> str:
        return f"{self.compte} sur {self.dossier}"


class LigneDeGrille(models.Model):
    """Ce que l'instruction répond à un critère : une valeur de son échelle, et quelques mots.

    `critere` est celui de la grille, ou « regle:… » pour une règle de l'édition que l'agent confirme ou contredit.
    """

    dossier = models.ForeignKey(
        Dossier, on_delete=models.CASCADE, related_name="lignes_de_grille", verbose_name="dossier"
    )
    grille = models.CharField("grille", max_length=80)
    critere = models.CharField("critère", max_length=100)
    valeur = models.CharField("réponse", max_length=20, blank=True)
    texte = models.TextField("mot de l'agent", blank=True)
    version = models.PositiveIntegerField("version", default=0)
    modifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="modifiée par"
    )
    modifie_le = models.DateTimeField("modifiée le", default=timezone.now)

    class Meta:
        verbose_name = "ligne de grille"
        verbose_name_plural = "lignes de grille"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "grille", "critere"], name="ligne_de_grille_unique")]

    def __str__(self) -> str:
        return f"{self.dossier} : {self.critere}"


class LigneEnConflit(models.Model):
    """Ce qu'un agent avait saisi pendant qu'un autre enregistrait la même ligne : gardé, à ranger."""

    ligne = models.ForeignKey(LigneDeGrille, on_delete=models.CASCADE, related_name="conflits", verbose_name="ligne")
    valeur = models.CharField("réponse", max_length=20, blank=True)
    texte = models.TextField("mot de l'agent", blank=True)
    version_lue = models.PositiveIntegerField("version que l'auteur avait sous les yeux")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    le = models.DateTimeField("le", default=timezone.now)
    range_le = models.DateTimeField("rangé le", null=True, blank=True)

    class Meta:
        verbose_name = "ligne de grille en conflit"
        verbose_name_plural = "lignes de grille en conflit"
        ordering = ["le", "pk"]

    def __str__(self) -> str:
        return f"{self.ligne} : texte de {self.auteur}"


class OuvertureDeBrouillonQuerySet(models.QuerySet["OuvertureDeBrouillon"]):
    def en_cours(self) -> "OuvertureDeBrouillonQuerySet":
        """Celles que l'équipe n'a pas refermées, d'un dossier que l'ARS n'a pas encore reçu."""
        return self.filter(ferme_le=None, dossier__depose_le=None, dossier__etat__in=(Etat.BROUILLON, Etat.A_SIGNER))

    def visibles_par(self, compte: Any) -> "OuvertureDeBrouillonQuerySet":
        """L'agent qui instruit dans ce territoire, et seulement tant que c'est ouvert."""
        territoire = perimetre(compte, Role.INSTRUCTEURS).filtre("dossier__equipe__implantation")
        return self.en_cours().filter(territoire)


class OuvertureDeBrouillon(models.Model):
    """L'équipe montre son brouillon à son référent, en lecture, jusqu'à ce qu'elle le referme."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="ouvertures", verbose_name="dossier")
    ouvert_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="ouvert par"
    )
    ouvert_le = models.DateTimeField("ouvert le", default=timezone.now)
    ferme_le = models.DateTimeField("refermé le", null=True, blank=True)

    objects = OuvertureDeBrouillonQuerySet.as_manager()

    class Meta:
        verbose_name = "ouverture de brouillon"
        verbose_name_plural = "ouvertures de brouillon"
        ordering = ["-ouvert_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(ferme_le=None),
                name="ouverture_une_seule_en_cours",
                violation_error_message="Ce brouillon est déjà ouvert à votre référent.",
            ),
            models.CheckConstraint(
                condition=Q(ferme_le=None) | Q(ferme_le__gte=F("ouvert_le")), name="ouverture_dates_dans_l_ordre"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} ouvert le {self.ouvert_le:%d/%m/%Y}"


class ReunionSurSite(models.Model):
    """La rencontre, sur place, entre l'équipe, l'ARS et ses partenaires, avant la commission."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="reunions", verbose_name="dossier")
    prevue_le = models.DateField("prévue le")
    heure = models.TimeField("à", null=True, blank=True)
    lieu = models.CharField("lieu", max_length=250)
    participants = models.TextField("participants, un par ligne", blank=True)
    compte_rendu = models.TextField("compte rendu", blank=True)
    tenue_le = models.DateField("tenue le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    # Chaque changement de date remplace l'événement dans les agendas.
    sequence = models.PositiveIntegerField("numéro de révision de l'invitation", default=0)
    saisie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="saisie par"
    )
    saisie_le = models.DateTimeField("saisie le", default=timezone.now)

    class Meta:
        verbose_name = "réunion sur site"
        verbose_name_plural = "réunions sur site"
        ordering = ["-prevue_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(tenue_le=None, annulee_le=None),
                name="reunion_une_seule_prevue",
                violation_error_message="Une réunion est déjà prévue pour ce dossier.",
            ),
            models.CheckConstraint(
                condition=Q(tenue_le=None) | Q(annulee_le=None),
                name="reunion_tenue_ou_annulee",
                violation_error_message="Une réunion tenue ne s’annule plus.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier}, réunion du {self.prevue_le:%d/%m/%Y}"


class PieceDeReunion(models.Model):
    """Un document joint à une réunion : feuille de présence, présentation."""

    reunion = models.ForeignKey(
        ReunionSurSite, on_delete=models.CASCADE, related_name="pieces", verbose_name="réunion"
    )
    fichier = models.ForeignKey(Fichier, on_delete=models.PROTECT, related_name="+", verbose_name="fichier")
    jointe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="jointe par"
    )
    jointe_le = models.DateTimeField("jointe le", default=timezone.now)

    class Meta:
        verbose_name = "pièce d'une réunion"
        verbose_name_plural = "pièces d'une réunion"
        ordering = ["jointe_le", "pk"]

    def __str__(self) -> str:
        return self.fichier.nom
