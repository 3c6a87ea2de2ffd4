"""La lecture d'une trame remplie hors d'Esperluette, et sa relecture."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.equipes.models import Membre
from esperluette.importations.enums import Choix, EtatImportation, SortMorceau


class ImportationQuerySet(models.QuerySet["Importation"]):
    def visibles_par(self, compte: Compte) -> "ImportationQuerySet":
        """Celles des dossiers que ce compte voit."""
        return self.filter(dossier__in=Dossier.objects.visibles_par(compte))

    def ouvertes(self) -> "ImportationQuerySet":
        return self.filter(etat__in=EtatImportation.OUVERTES)


class Importation(models.Model):
    """Un fichier lu pour un dossier. `piece` garde l'original ; la relecture se reprend quand on veut."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="importations", verbose_name="dossier")
    piece = models.ForeignKey(
        PieceJointe, on_delete=models.PROTECT, related_name="+", verbose_name="fichier d'origine"
    )
    etat = models.CharField("état", max_length=12, choices=EtatImportation, default=EtatImportation.EN_LECTURE)
    message = models.TextField("pourquoi le fichier est refusé", blank=True)
    deposee_le = models.DateTimeField("déposée le", default=timezone.now)
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déposée par"
    )
    analysee_le = models.DateTimeField("analysée le", null=True, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    objects = ImportationQuerySet.as_manager()

    class Meta:
        verbose_name = "importation"
        ordering = ["-deposee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(etat__in=EtatImportation.OUVERTES),
                name="importation_ouverte_unique",
                violation_error_message="Une trame importée est déjà en cours de relecture dans ce dossier.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.piece.fichier.nom} ({self.dossier.reference})"

    @property
    def est_ouverte(self) -> bool:
        return self.etat in EtatImportation.OUVERTES


class Proposition(models.Model):
    """Une réponse trouvée dans le fichier pour un champ. `ecrits` : ce qu'elle a changé, pour pouvoir l'annuler."""

    importation = models.ForeignKey(
        Importation, on_delete=models.CASCADE, related_name="propositions", verbose_name="importation"
    )
    rang = models.PositiveIntegerField("rang")
    rubrique = models.CharField("rubrique", max_length=60)
    champ = models.CharField("champ", max_length=100)
    valeur = models.JSONField("valeur")
    texte = models.TextField("ce que dit le fichier")
    confiance = models.FloatField("confiance")
    raison = models.TextField("raison", blank=True)
    choix = models.CharField("choix", max_length=10, choices=Choix, blank=True)
    ecrits = models.JSONField("réponses changées", default=list, blank=True)
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name="décidée par",
    )  # fmt: skip

    class Meta:
        verbose_name = "proposition d'import"
        verbose_name_plural = "propositions d'import"
        ordering = ["rang"]
        constraints = [models.UniqueConstraint(fields=["importation", "champ"], name="proposition_import_unique")]

    def __str__(self) -> str:
        return f"{self.champ} : {self.texte[:40]}"

    @property
    def ancre(self) -> str:
        """Où il est dans la page de relecture."""
        return f"proposition-{self.pk}"


class MorceauARanger(models.Model):
    """Ce que le fichier dit sans qu'une question s'y reconnaisse : à ranger à la main, ou à écarter."""

    importation = models.ForeignKey(
        Importation, on_delete=models.CASCADE, related_name="morceaux", verbose_name="importation"
    )
    rang = models.PositiveIntegerField("rang")
    texte = models.TextField("texte")
    html = models.TextField("texte mis en forme", blank=True)
    raison = models.TextField("raison", blank=True)
    rubrique = models.CharField("rubrique où il était", max_length=60, blank=True)
    champ = models.CharField("champ, suggéré puis choisi", max_length=100, blank=True)
    sort = models.CharField("sort", max_length=10, choices=SortMorceau, blank=True)
    ecrits = models.JSONField("réponses changées", default=list, blank=True)
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name="décidé par",
    )  # fmt: skip

    class Meta:
        verbose_name = "morceau à ranger"
        verbose_name_plural = "morceaux à ranger"
        ordering = ["rang"]

    def __str__(self) -> str:
        return self.texte[:60]

    @property
    def ancre(self) -> str:
        """Où il est dans la page de relecture."""
        return f"morceau-{self.pk}"


class MembreTrouve(models.Model):
    """Une personne lue dans le fichier, proposée à l'équipe ; jamais ajoutée d'office."""

    importation = models.ForeignKey(
        Importation, on_delete=models.CASCADE, related_name="membres", verbose_name="importation"
    )
    rang = models.PositiveIntegerField("rang")
    nom = models.CharField("nom", max_length=150)
    prenom = models.CharField("prénom", max_length=150, blank=True)
    profession = models.CharField("profession, telle qu'écrite", max_length=200, blank=True)
    code_profession = models.CharField("profession", max_length=10, blank=True)
    savoir_faire = models.CharField("savoir-faire", max_length=10, blank=True)
    commune = models.CharField("commune, telle qu'écrite", max_length=200, blank=True)
    rpps = models.CharField("numéro RPPS", max_length=11, blank=True)
    courriel = models.CharField("courriel", max_length=254, blank=True)
    telephone = models.CharField("téléphone", max_length=60, blank=True)
    membre = models.ForeignKey(
        Membre, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="membre ajouté"
    )
    ecarte_le = models.DateTimeField("écarté le", null=True, blank=True)

    class Meta:
        verbose_name = "membre trouvé"
        verbose_name_plural = "membres trouvés"
        ordering = ["rang"]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    @property
    def ancre(self) -> str:
        """Où il est dans la page de relecture."""
        return f"personne-{self.pk}"
