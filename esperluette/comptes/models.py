"""Les comptes, les organismes et ce qu'on y fait."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from esperluette.comptes.enums import Role, SorteOrganisme
from esperluette.territoires.models import Departement, Epci, Region


class CompteManager(BaseUserManager["Compte"]):
    def create_user(self, courriel: str, **champs: Any) -> "Compte":
        """Crée un compte sans mot de passe ; l'adresse est mise en minuscules."""
        compte = self.model(courriel=courriel.strip().lower(), **champs)
        compte.set_unusable_password()
        compte.save(using=self._db)
        return compte

    def get_by_natural_key(self, courriel: str | None) -> "Compte":
        return self.get(courriel__iexact=courriel)


class Compte(AbstractBaseUser):
    """Une personne qui se connecte. Une adresse par personne ; aucun mot de passe."""

    courriel = models.EmailField(
        "adresse électronique", unique=True, error_messages={"unique": "Cette adresse est déjà celle d'un compte."}
    )
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    is_active = models.BooleanField("actif", default=True)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    fictif = models.BooleanField("compte de démonstration", default=False)

    USERNAME_FIELD = "courriel"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = CompteManager()

    # Voir `lectures.fonctions_actives` : ce que ce compte fait aujourd'hui, lu une fois par requête HTTP.
    fonctions_lues: "list[Fonction] | None" = None

    class Meta:
        verbose_name = "compte"
        constraints = [models.UniqueConstraint(Lower("courriel"), name="compte_courriel_unique_sans_casse")]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip() or self.courriel


class Organisme(models.Model):
    nom = models.CharField("nom", max_length=200)
    sorte = models.CharField("sorte", max_length=20, choices=SorteOrganisme)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="organismes", verbose_name="région"
    )
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    adresse = models.TextField("adresse", blank=True)

    class Meta:
        verbose_name = "organisme"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom


class FonctionQuerySet(models.QuerySet["Fonction"]):
    def actives(self) -> "FonctionQuerySet":
        """Les fonctions en cours aujourd'hui."""
        jour = timezone.localdate()
        return self.filter(Q(fin=None) | Q(fin__gte=jour), debut__lte=jour)


class Fonction(models.Model):
    """Ce qu'un compte fait dans un organisme, avec périmètre et dates.

    Le périmètre est l'union des lignes non vides : région entière si ni département ni
    intercommunalités ; sinon le département (restreint aux intercommunalités si elles sont données).
    """

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="fonctions", verbose_name="compte")
    organisme = models.ForeignKey(
        Organisme, on_delete=models.PROTECT, related_name="fonctions", verbose_name="organisme"
    )
    role = models.CharField("rôle", max_length=30, choices=Role)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="région"
    )
    departement = models.ForeignKey(
        Departement, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="département"
    )
    epcis = models.ManyToManyField(Epci, blank=True, related_name="+", verbose_name="intercommunalités")
    debut = models.DateField("depuis le", default=timezone.localdate)
    fin = models.DateField("jusqu'au", null=True, blank=True)

    objects = FonctionQuerySet.as_manager()

    class Meta:
        verbose_name = "fonction"
        indexes = [models.Index(fields=["compte", "role"])]
        constraints = [
            models.CheckConstraint(
                name="fonction_territoire",
                condition=Q(role=Role.ADMIN) | Q(region__isnull=False) | Q(departement__isnull=False),
                violation_error_message="Une fonction s’exerce dans une région ou un département.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} — {self.organisme}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if Fonction.compte.is_cached(self):
            self.compte.fonctions_lues = None

    @property
    def territoire(self) -> str:
        """Le périmètre en mots : « Ille-et-Vilaine (Redon Agglomération) », « Bretagne », « toute la plateforme »."""
        lieu = self.departement or self.region
        epcis = sorted(epci.nom for epci in self.epcis.all())
        return f"{lieu or 'toute la plateforme'}{' (' + ', '.join(epcis) + ')' if epcis else ''}"


class CodeConfirmation(models.Model):
    """Un code à six chiffres, demandé par une personne connectée avant un acte qui l'engage (signer).

    Seule son empreinte est gardée. Il vaut dix minutes, cinq essais et un seul usage.
    """

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="+", verbose_name="compte")
    motif = models.CharField("motif", max_length=200)
    # L'empreinte du contenu à signer : le code ne vaut que pour lui.
    lie_a = models.CharField("lié au contenu d'empreinte", max_length=64, blank=True)
    envoye_a = models.EmailField("envoyé à", blank=True)
    empreinte = models.CharField("empreinte du code", max_length=64)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    essais = models.PositiveSmallIntegerField("nombre d'essais", default=0)
    utilise_le = models.DateTimeField("utilisé le", null=True, blank=True)

    class Meta:
        verbose_name = "code de confirmation"
        verbose_name_plural = "codes de confirmation"
        indexes = [models.Index(fields=["compte", "cree_le"], name="code_compte")]

    def __str__(self) -> str:
        return f"{self.compte_id} : {self.motif}"
