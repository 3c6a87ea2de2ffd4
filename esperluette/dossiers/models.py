"""Le dossier : une équipe dans une démarche, ses réponses versionnées, ses dépôts figés."""

from datetime import date

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from esperluette.comptes.lectures import Perimetre
from esperluette.comptes.models import Compte
from esperluette.documents.models import DocumentProduit, Signature
from esperluette.dossiers.enums import Etat, NatureEcheance, SorteVersion
from esperluette.equipes.models import Equipe, Membre
from esperluette.fichiers.models import Fichier


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visibles_par(self, compte: Compte) -> "DossierQuerySet":
        """Ceux des équipes que ce compte voit : membres présents, accompagnateurs invités."""
        return self.filter(equipe__in=Equipe.objects.visibles_par(compte))

    def recus_dans(self, perimetre: Perimetre) -> "DossierQuerySet":
        """Ceux qui ont été déposés au moins une fois, dans un périmètre d'agent."""
        return self.filter(perimetre.filtre("equipe__implantation"), depose_le__isnull=False)

    def ouverts(self) -> "DossierQuerySet":
        return self.filter(etat__in=Etat.OUVERTS)


class Dossier(models.Model):
    """Une équipe dans une démarche. Garde l'édition du référentiel de sa création."""

    reference = models.CharField("référence", max_length=40, unique=True)
    equipe = models.ForeignKey(Equipe, on_delete=models.PROTECT, related_name="dossiers", verbose_name="équipe")
    region = models.CharField("région du référentiel", max_length=60)
    edition = models.CharField("édition du référentiel", max_length=20)
    demarche = models.CharField("démarche", max_length=60)
    # Recopié du référentiel : la liste de l'agent l'affiche et le trie sans relire les éditions.
    demarche_libelle = models.CharField("intitulé de la démarche", max_length=200)
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.BROUILLON)
    etat_depuis = models.DateTimeField("dans cet état depuis", default=timezone.now)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    cree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="créé par"
    )
    depose_le = models.DateTimeField("premier dépôt le", null=True, blank=True)
    instruit_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers_instruits",
        verbose_name="instruit par",
    )
    motif = models.TextField("motif du dernier changement d'état", blank=True)
    # Un avenant rouvre un projet accepté ; celui-ci reste la référence tant que l'avenant n'est pas accepté.
    avenant_de = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="avenants", verbose_name="avenant de"
    )
    avenant_porte_sur = models.JSONField("ce que l'avenant change", default=list, blank=True)
    # Instruit avant Esperluette : ses dates sont les vraies, ses pièces les actes d'alors.
    reprise = models.BooleanField("repris de l'existant", default=False)
    # À qui le dossier revient, avant même qu'il l'ait pris.
    affecte_a = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers_affectes",
        verbose_name="affecté à",
    )
    # Recopiés par `cycle` : les listes filtrent et trient dessus sans recalculer.
    silence_le = models.DateField("jour où le silence vaut décision", null=True, blank=True)
    echeance = models.DateField("prochaine échéance", null=True, blank=True)
    echeance_nature = models.CharField("nature de l'échéance", max_length=12, choices=NatureEcheance, blank=True)
    mouvement_le = models.DateTimeField("dernier mouvement", default=timezone.now)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        ordering = ["-cree_le"]
        indexes = [
            models.Index(fields=["etat", "-depose_le"], name="dossier_etat_depot"),
            models.Index(fields=["-depose_le"], name="dossier_depot"),
            models.Index(fields=["echeance"], name="dossier_echeance"),
            models.Index(fields=["affecte_a", "etat"], name="dossier_affecte"),
            models.Index(fields=["mouvement_le"], name="dossier_mouvement"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["equipe", "demarche"],
                condition=Q(etat__in=Etat.OUVERTS),
                name="dossier_ouvert_unique",
                violation_error_message="Cette équipe a déjà un dossier ouvert pour cette démarche.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["brouillon", "a_signer", "retire", "sans_suite"]) | Q(depose_le__isnull=False),
                name="dossier_depot_date",
                violation_error_message="Un dossier reçu par l’ARS porte la date de son premier dépôt.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def etat_enum(self) -> Etat:
        """L'état, avec son libellé par public et son ton."""
        return Etat(self.etat)

    @property
    def est_modifiable(self) -> bool:
        return self.etat in Etat.MODIFIABLES


class Passage(models.Model):
    """Un changement d'état : quel geste, d'où, vers où, quand, par qui. Écrit par `cycle.franchir` seul.

    Les délais (horloge de l'ARS, médianes du pilotage) se calculent de ces lignes.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="passages", verbose_name="dossier")
    geste = models.CharField("geste", max_length=40)
    de = models.CharField("de", max_length=20, choices=Etat)
    vers = models.CharField("vers", max_length=20, choices=Etat)
    le = models.DateTimeField("le", default=timezone.now)
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="acteur"
    )
    # Le dernier jour donné à l'équipe par une demande de compléments : au-delà, l'horloge repart.
    avant_le = models.DateField("à faire avant le", null=True, blank=True)

    class Meta:
        verbose_name = "passage"
        ordering = ["le", "pk"]
        indexes = [
            models.Index(fields=["dossier", "le"], name="passage_dossier"),
            models.Index(fields=["vers", "le"], name="passage_vers"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} : {self.geste}"


class Reponse(models.Model):
    """La valeur d'un champ, avec son numéro de version.

    `champ` est un chemin : « territoire », ou « axes/3f2a/objectifs » pour une cellule de tableau ;
    le chemin d'un tableau seul (« axes ») garde la liste ordonnée de ses lignes.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="reponses", verbose_name="dossier")
    champ = models.CharField("champ", max_length=200)
    valeur = models.JSONField("valeur", null=True)
    version = models.PositiveIntegerField("version", default=1)
    modifie_le = models.DateTimeField("modifiée le", default=timezone.now)
    modifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="modifiée par"
    )

    class Meta:
        verbose_name = "réponse"
        constraints = [models.UniqueConstraint(fields=["dossier", "champ"], name="reponse_unique")]

    def __str__(self) -> str:
        return f"{self.champ} v{self.version}"


class VersionReponse(models.Model):
    """Une valeur passée (ou présente) d'une réponse ; jamais modifiée."""

    reponse = models.ForeignKey(Reponse, on_delete=models.CASCADE, related_name="versions", verbose_name="réponse")
    numero = models.PositiveIntegerField("numéro")
    valeur = models.JSONField("valeur", null=True)
    sorte = models.CharField("sorte", max_length=20, choices=SorteVersion, default=SorteVersion.SAISIE)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    le = models.DateTimeField("le", default=timezone.now)
    repris_de = models.ForeignKey(
        Dossier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="repris du dossier"
    )

    class Meta:
        verbose_name = "version de réponse"
        verbose_name_plural = "versions de réponse"
        ordering = ["-numero"]
        constraints = [
            models.UniqueConstraint(fields=["reponse", "numero"], name="version_unique"),
            models.CheckConstraint(
                condition=Q(sorte=SorteVersion.REPRISE, repris_de__isnull=False)
                | (~Q(sorte=SorteVersion.REPRISE) & Q(repris_de=None)),
                name="version_reprise_dit_d_ou",
                violation_error_message="Une réponse reprise dit de quel dossier elle vient.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reponse.champ} v{self.numero}"


class TexteEnConflit(models.Model):
    """Ce qu'une personne avait saisi pendant qu'une autre enregistrait le même champ : gardé, à ranger."""

    reponse = models.ForeignKey(Reponse, on_delete=models.CASCADE, related_name="conflits", verbose_name="réponse")
    valeur = models.JSONField("valeur", null=True)
    version_lue = models.PositiveIntegerField("version que l'auteur avait sous les yeux")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    le = models.DateTimeField("le", default=timezone.now)
    range_le = models.DateTimeField("rangé le", null=True, blank=True)

    class Meta:
        verbose_name = "texte en conflit"
        verbose_name_plural = "textes en conflit"
        ordering = ["le"]

    def __str__(self) -> str:
        return f"{self.reponse.champ} : texte de {self.auteur}"


class Depot(models.Model):
    """La version figée, immuable, qu'on signe et qu'on envoie."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="depots", verbose_name="dossier")
    numero = models.PositiveIntegerField("numéro")
    contenu = models.JSONField("contenu canonique")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    fige_le = models.DateTimeField("figé le", default=timezone.now)
    fige_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="figé par"
    )
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    annule_le = models.DateTimeField("rouvert le", null=True, blank=True)
    document = models.ForeignKey(
        DocumentProduit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="document PDF"
    )
    accuse = models.ForeignKey(
        DocumentProduit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="accusé"
    )
    signatures = GenericRelation(Signature)

    class Meta:
        verbose_name = "dépôt"
        ordering = ["-numero"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "numero"], name="depot_numero_unique"),
            models.CheckConstraint(
                condition=Q(depose_le__isnull=True) | Q(annule_le__isnull=True), name="depot_depose_non_annule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.reference}, version {self.numero}"

    @property
    def empreinte_courte(self) -> str:
        """Les douze premiers caractères, tels qu'imprimés."""
        return self.empreinte[:12]


class PieceJointe(models.Model):
    """Un fichier joint au dossier. Retirée ou remplacée, elle reste dans les dépôts où elle figurait."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="pieces", verbose_name="dossier")
    fichier = models.ForeignKey(Fichier, on_delete=models.PROTECT, related_name="+", verbose_name="fichier")
    nature = models.CharField("nature", max_length=60, blank=True)
    libelle = models.CharField("intitulé", max_length=200)
    jointe_le = models.DateTimeField("jointe le", default=timezone.now)
    jointe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="jointe par"
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)
    # La version d'avant : elle est retirée, et n'a qu'une suivante.
    remplace = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="remplacee_par", verbose_name="remplace"
    )
    valable_jusqu_au = models.DateField("valable jusqu'au", null=True, blank=True)
    # Le dernier rappel envoyé avant cette date, en jours ; une autre date l'efface.
    rappel = models.PositiveSmallIntegerField("dernier rappel", null=True, blank=True)

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["jointe_le"]
        indexes = [
            models.Index(fields=["valable_jusqu_au"], name="piece_validite", condition=Q(retiree_le=None)),
        ]

    def __str__(self) -> str:
        return self.libelle

    def est_perimee(self, le: date) -> bool:
        """Vrai si la date de validité est passée ce jour-là ; le dernier jour, elle vaut encore."""
        return self.valable_jusqu_au is not None and self.valable_jusqu_au < le


class Commentaire(models.Model):
    """Une remarque d'un membre ou d'un accompagnateur sur un champ du brouillon."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="commentaires", verbose_name="dossier")
    champ = models.CharField("champ", max_length=200)
    texte = models.TextField("texte", max_length=4000)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    le = models.DateTimeField("le", default=timezone.now)
    regle_le = models.DateTimeField("réglé le", null=True, blank=True)
    regle_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="réglé par",
    )

    class Meta:
        verbose_name = "commentaire"
        ordering = ["le"]

    def __str__(self) -> str:
        return f"{self.champ} : {self.texte[:40]}"


class RelanceDeSignature(models.Model):
    """Un rappel parti à une personne dont la signature manque. Un par personne et par jour, quoi qu'il arrive."""

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="relances", verbose_name="dépôt")
    membre = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="+", verbose_name="membre")
    jour = models.DateField("jour")
    le = models.DateTimeField("partie le", default=timezone.now)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandée par",
        help_text="Vide : un rappel automatique.",
    )

    class Meta:
        verbose_name = "relance de signature"
        verbose_name_plural = "relances de signature"
        ordering = ["-le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["depot", "membre", "jour"],
                name="relance_une_par_jour",
                violation_error_message="Cette personne a déjà reçu un rappel aujourd’hui.",
            )
        ]

    def __str__(self) -> str:
        return f"rappel à {self.membre}, le {self.jour:%d/%m/%Y}"


class SignatureManuscriteQuerySet(models.QuerySet["SignatureManuscrite"]):
    def actives(self) -> "SignatureManuscriteQuerySet":
        """Celles qui n'ont pas été retirées."""
        return self.filter(retiree_le=None)


class SignatureManuscrite(models.Model):
    """Une page signée à la main avant Esperluette, numérisée et jointe par un agent qui dit qui a signé, et quand.

    Ce n'est pas une signature électronique : ni code, ni empreinte approuvée. Elle ne vaut que ce que vaut le papier.
    """

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="manuscrites", verbose_name="dépôt repris")
    scan = models.ForeignKey(PieceJointe, on_delete=models.PROTECT, related_name="+", verbose_name="page numérisée")
    membre = models.ForeignKey(
        Membre, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="membre"
    )
    nom = models.CharField("nom du signataire", max_length=200)
    qualite = models.CharField("qualité", max_length=200, blank=True)
    signee_le = models.DateField("signée le")
    jointe_le = models.DateTimeField("jointe le", default=timezone.now)
    jointe_jour = models.DateField("jour où elle a été jointe", default=timezone.localdate)
    jointe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="jointe par"
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)
    retiree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="retirée par",
    )
    retrait_motif = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = SignatureManuscriteQuerySet.as_manager()

    class Meta:
        verbose_name = "signature manuscrite numérisée"
        verbose_name_plural = "signatures manuscrites numérisées"
        ordering = ["signee_le", "nom", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(nom=""),
                name="manuscrite_nommee",
                violation_error_message="Dites qui a signé.",
            ),
            models.CheckConstraint(
                condition=Q(signee_le__lte=F("jointe_jour")),
                name="manuscrite_signee_avant_d_etre_jointe",
                violation_error_message="Une page est signée avant d’être numérisée.",
            ),
            models.CheckConstraint(
                condition=Q(retiree_le=None, retiree_par=None, retrait_motif="")
                | (Q(retiree_le__isnull=False, retiree_par__isnull=False) & ~Q(retrait_motif="")),
                name="manuscrite_retrait_motive",
                violation_error_message="Une signature retirée dit par qui et pourquoi.",
            ),
            models.UniqueConstraint(
                fields=["depot", "nom"],
                condition=Q(retiree_le=None),
                name="manuscrite_une_par_personne",
                violation_error_message="La signature de cette personne est déjà jointe.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom}, le {self.signee_le:%d/%m/%Y}"

    @property
    def mention(self) -> str:
        """Ce qui la suit partout : on ne la prend pas pour une signature électronique."""
        jour = timezone.localdate(self.jointe_le)
        return f"signature manuscrite numérisée, jointe par {self.jointe_par} le {jour:%d/%m/%Y}"
