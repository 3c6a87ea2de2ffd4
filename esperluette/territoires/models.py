"""Le découpage : régions, départements, intercommunalités, communes. Clés : les codes INSEE et SIREN."""

from django.db import models
from django.utils import timezone

from esperluette.territoires.enums import RangDeCle


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
    # Le nom en minuscules sans accents ni ponctuation (`texte.forme`), pour le tri et la saisie fautive.
    recherche = models.CharField("forme de recherche", max_length=120)
    # Une commune fusionnée n'est jamais effacée : des équipes peuvent y renvoyer.
    active = models.BooleanField("active", default=True)

    # Posés par la recherche, jamais enregistrés : pourquoi cette commune est proposée.
    nom_exact: bool = False
    approchee: bool = False
    ancien_nom: str = ""

    class Meta:
        verbose_name = "commune"
        ordering = ["nom", "code"]

    def __str__(self) -> str:
        return f"{self.nom} ({self.departement_id})"

    @property
    def est_arrondissement(self) -> bool:
        """Vrai pour un arrondissement de Paris, Lyon ou Marseille."""
        return self.commune_mere_id is not None


class AncienneCommune(models.Model):
    """Une commune déléguée, associée ou disparue : son code et son nom mènent à la commune d'aujourd'hui.

    Une commune déléguée peut porter le code de sa commune nouvelle, sous un autre nom.
    """

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="anciennes", verbose_name="commune d'aujourd'hui"
    )

    class Meta:
        verbose_name = "ancienne commune"
        verbose_name_plural = "anciennes communes"
        ordering = ["nom", "code"]

    def __str__(self) -> str:
        return self.nom or self.code


class CleDeRecherche(models.Model):
    """Une façon de commencer à taper une commune : nom, mot du nom, nom d'une ancienne commune, code.

    Table dérivée, refaite à chaque chargement. La recherche lit le seul index (clé, rang, poids).
    """

    cle = models.CharField("clé", max_length=100)
    rang = models.PositiveSmallIntegerField("rang", choices=RangDeCle)
    poids = models.PositiveIntegerField("population, pour le tri")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="cles", verbose_name="commune")
    ancienne = models.ForeignKey(
        AncienneCommune,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="ancienne commune",
        db_index=False,
    )

    class Meta:
        verbose_name = "clé de recherche"
        verbose_name_plural = "clés de recherche"
        # Toutes les colonnes lues : SQLite et PostgreSQL répondent sans ouvrir la table.
        indexes = [models.Index(fields=["cle", "rang", "poids", "commune", "ancienne"], name="cle_de_recherche")]

    def __str__(self) -> str:
        return f"{self.cle} → {self.commune_id}"


class Decoupage(models.Model):
    """Le découpage chargé : millésime et provenance, pour les citer et ne pas recharger pour rien."""

    millesime = models.PositiveSmallIntegerField("millésime", primary_key=True)
    version = models.CharField("version du paquet", max_length=20)
    producteur = models.CharField("producteur", max_length=200)
    licence = models.CharField("licence", max_length=100)
    empreinte = models.CharField("empreinte du fichier chargé", max_length=64)
    charge_le = models.DateTimeField("chargé le", default=timezone.now)

    class Meta:
        verbose_name = "découpage chargé"
        verbose_name_plural = "découpages chargés"
        ordering = ["-charge_le"]

    def __str__(self) -> str:
        return f"Découpage {self.millesime} ({self.version})"


class JeuImporte(models.Model):
    """Un jeu de données officiel mis en base : d'où il vient, de quand, quel fichier. Les précédents restent notés."""

    jeu = models.SlugField("jeu", max_length=40)
    millesime = models.CharField("millésime", max_length=20)
    producteur = models.CharField("producteur", max_length=200)
    licence = models.CharField("licence", max_length=100)
    adresse = models.CharField("adresse d'origine", max_length=300, blank=True)
    fichier = models.CharField("nom du fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256 du fichier", max_length=64)
    taille = models.PositiveIntegerField("taille en octets", default=0)
    encodage = models.CharField("encodage", max_length=20, blank=True)
    lignes = models.PositiveIntegerField("lignes lues", default=0)
    rejetees = models.PositiveIntegerField("lignes rejetées", default=0)
    doublons = models.PositiveIntegerField("lignes répétées", default=0)
    converties = models.PositiveIntegerField("anciens codes convertis", default=0)
    communes = models.PositiveIntegerField("communes renseignées", default=0)
    # Un tableau de démonstration ne dit rien des communes qu'il ne nomme pas.
    demonstration = models.BooleanField("tableau de démonstration", default=False)
    courant = models.BooleanField("en vigueur", default=True)
    # Avec quoi il a été lu : si l'un ou l'autre change, le même fichier se relit.
    description = models.CharField("empreinte de la description du jeu", max_length=64)
    decoupage = models.CharField("empreinte du découpage", max_length=64, blank=True)
    importe_le = models.DateTimeField("importé le", default=timezone.now)

    class Meta:
        verbose_name = "jeu importé"
        verbose_name_plural = "jeux importés"
        ordering = ["jeu", "-importe_le"]
        constraints = [
            models.UniqueConstraint(
                name="un_seul_import_en_vigueur_par_jeu",
                fields=["jeu"],
                condition=models.Q(courant=True),
                violation_error_message="Ce jeu a déjà un import en vigueur.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.jeu} {self.millesime}"


class Zonage(models.Model):
    """Ce qu'un jeu dit d'une commune : une de ses classes. Deux classes : ses parties sont classées différemment."""

    importation = models.ForeignKey(
        JeuImporte, on_delete=models.CASCADE, related_name="zonages", verbose_name="jeu importé"
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="zonages", verbose_name="commune")
    classe = models.CharField("classe du jeu", max_length=40)
    precisions = models.JSONField("précisions", default=list)
    # Les communes disparues dont vient cette valeur, quand le fichier employait leur code.
    anciennes = models.JSONField("anciennes communes", default=list)

    class Meta:
        verbose_name = "zonage"
        ordering = ["importation", "commune", "classe"]
        constraints = [
            models.UniqueConstraint(
                name="une_classe_une_fois_par_commune", fields=["importation", "commune", "classe"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} : {self.classe}"
