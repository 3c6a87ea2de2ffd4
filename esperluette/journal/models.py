"""Le journal : des actes, en ajout seul, chaînés par empreinte."""

from django.conf import settings
from django.db import models

from esperluette.journal.chaine import FORMAT, PREMIER

# La ligne-tombe : l'événement qui dit quels maillons de sa chaîne ont perdu le nom de leur auteur.
NOM_EFFACE = "nom_efface"
SANS_NOM = "Une personne dont le compte est effacé"


class Chaine(models.Model):
    """La tête d'une chaîne d'événements ; on la verrouille pour ajouter un maillon."""

    cle = models.CharField("clé", max_length=80, primary_key=True)
    longueur = models.PositiveIntegerField("longueur", default=0)
    tete = models.CharField("empreinte du dernier événement", max_length=64, default="")

    class Meta:
        verbose_name = "chaîne du journal"
        verbose_name_plural = "chaînes du journal"

    def __str__(self) -> str:
        return f"{self.cle} ({self.longueur})"


class Evenement(models.Model):
    """Un acte, avec son auteur et des identifiants ; jamais de texte saisi.

    `format` dit comment son empreinte se calcule (`journal.chaine`). Du nom, seule `acteur_marque` compte dans
    l'empreinte : le nom et son sel s'effacent, derrière une ligne-tombe.
    """

    chaine = models.ForeignKey(Chaine, on_delete=models.PROTECT, related_name="evenements", verbose_name="chaîne")
    numero = models.PositiveIntegerField("numéro")
    sorte = models.CharField("sorte", max_length=60)
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="acteur"
    )
    acteur_nom = models.CharField("nom de l'acteur à cette date", max_length=200, blank=True)
    acteur_sel = models.CharField("sel du nom", max_length=32, blank=True, default="")
    acteur_marque = models.CharField("empreinte salée du nom", max_length=64, blank=True, default="")
    le = models.DateTimeField("le")
    donnees = models.JSONField("données", default=dict)
    sel = models.CharField("sel du contenu", max_length=32, blank=True, default="")
    format = models.PositiveSmallIntegerField("format du maillon", default=PREMIER)
    precedente = models.CharField("empreinte précédente", max_length=64, blank=True)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"
        ordering = ["chaine_id", "numero"]
        constraints = [
            models.UniqueConstraint(fields=["chaine", "numero"], name="evenement_numero_unique"),
            models.CheckConstraint(condition=models.Q(format__in=[PREMIER, FORMAT]), name="evenement_format_connu"),
        ]

    def __str__(self) -> str:
        return f"{self.chaine_id} n° {self.numero} : {self.sorte}"

    @property
    def auteur(self) -> str:
        """Le nom de l'auteur à cette date, ou ce qu'on dit quand il a été effacé."""
        return self.acteur_nom or SANS_NOM
