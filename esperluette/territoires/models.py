"""Le découpage : régions, départements, intercommunalités, communes. Clés : les codes INSEE et SIREN."""

from django.db import models


class Region(models.Model):
    code = models.CharField("code INSEE", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    # Le nom de dossier des éditions : « bretagne », « provence-alpes-cote-d-azur ».
    cle = models.SlugField("clé du référentiel", max_length=60, unique=True)

    class Meta:
        verbose_name = "région"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    code = models.CharField("code INSEE", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departements", verbose_name="région")

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.nom


class Epci(models.Model):
    code = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField("nom", max_length=150)
    type = models.CharField("nature juridique", max_length=10)

    class Meta:
        verbose_name = "intercommunalité"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom


class Commune(models.Model):
    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="communes", verbose_name="département"
    )
    # Redondant avec le département, mais lu partout : un filtre de moins à joindre.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="communes", verbose_name="région")
    epci = models.ForeignKey(
        Epci, null=True, blank=True, on_delete=models.PROTECT, related_name="communes", verbose_name="intercommunalité"
    )
    # Un arrondissement municipal (Paris, Lyon, Marseille) renvoie à sa commune.
    commune_mere = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="arrondissements",
        verbose_name="commune mère",
    )
    population = models.PositiveIntegerField("population municipale", default=0)
    codes_postaux = models.JSONField("codes postaux", default=list)
    recherche = models.CharField("forme de recherche", max_length=120, db_index=True)
    # Une commune fusionnée n'est jamais effacée : des équipes peuvent y renvoyer.
    active = models.BooleanField("active", default=True)

    class Meta:
        verbose_name = "commune"
        ordering = ["nom", "code"]

    def __str__(self) -> str:
        return f"{self.nom} ({self.departement_id})"
