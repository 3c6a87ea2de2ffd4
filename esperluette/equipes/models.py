"""L'équipe, ses membres, ses sites, et ceux qu'elle invite."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.equipes.enums import (
    EtatInvitation,
    EtatMembre,
    Exercice,
    FinDeDelegation,
    FormeVisee,
    Portee,
    SorteDeclaration,
    StatutAvancement,
    StatutJuridique,
)
from esperluette.equipes.registres import VISIBILITES
from esperluette.territoires.models import Commune, Region


class EquipeQuerySet(models.QuerySet["Equipe"]):
    def visibles_par(self, compte: Compte | AnonymousUser) -> "EquipeQuerySet":
        """Les équipes que ce compte peut voir : membre présent, accompagnateur du moment, ou inscrit du dessus."""
        if not isinstance(compte, Compte) or not compte.is_active:
            return self.none()
        condition = Q(pk__in=Membre.objects.presents().filter(compte=compte).values("equipe_id"))
        condition |= Q(pk__in=AccesAccompagnateur.objects.en_cours().de(compte).values("equipe_id"))
        for visibilite in VISIBILITES:
            condition |= visibilite(compte)
        return self.filter(condition)

    def de_membre(self, compte: Compte) -> "EquipeQuerySet":
        """Les équipes dont ce compte est un membre présent."""
        return self.filter(pk__in=Membre.objects.presents().filter(compte=compte).values("equipe_id"))

    def avec_territoire(self) -> "EquipeQuerySet":
        """Charge la commune d'implantation et ce qu'elle fixe : département, région, intercommunalité."""
        return self.select_related("implantation__departement", "implantation__region", "implantation__epci")

    def avec_membres(self) -> "EquipeQuerySet":
        """Charge aussi les membres, présents et partis, et leur commune."""
        membres = Membre.objects.select_related("commune__departement", "compte")
        return self.avec_territoire().prefetch_related(models.Prefetch("membres", membres))

    def avec_regles(self) -> "EquipeQuerySet":
        """Charge aussi ce que lisent les règles : le territoire et les déclarations."""
        return self.avec_membres().prefetch_related("communes", "declarations")


class Equipe(models.Model):
    """Des professionnels, un territoire, une patientèle. La commune d'implantation fixe la région et le référent."""

    nom = models.CharField("nom de l’équipe", max_length=150)
    forme_visee = models.CharField("forme visée", max_length=3, choices=FormeVisee, default=FormeVisee.ESP)
    implantation = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="equipes", verbose_name="commune d’implantation"
    )
    courriel = models.EmailField("courriel de l’équipe", blank=True)
    telephone = models.CharField("téléphone de l’équipe", max_length=20, blank=True)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    statut_juridique = models.CharField("structure juridique", max_length=20, choices=StatutJuridique, blank=True)
    statut_avancement = models.CharField(
        "avancement de la structure", max_length=20, choices=StatutAvancement, blank=True
    )
    nom_juridique = models.CharField("nom de la structure", max_length=200, blank=True)
    communes = models.ManyToManyField(
        Commune, blank=True, related_name="equipes_du_territoire", verbose_name="communes du territoire"
    )
    fictive = models.BooleanField("équipe de démonstration", default=False)
    cree_le = models.DateTimeField("créée le", default=timezone.now)
    cree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="créée par"
    )

    objects = EquipeQuerySet.as_manager()

    class Meta:
        verbose_name = "équipe"
        ordering = ["nom", "pk"]
        constraints = [
            models.CheckConstraint(name="equipe_nom_non_vide", condition=~Q(nom="")),
            models.CheckConstraint(
                name="equipe_avancement_coherent",
                condition=Q(statut_juridique__in=["", StatutJuridique.AUCUN], statut_avancement="")
                | (Q(statut_juridique__in=StatutJuridique.STRUCTURES) & ~Q(statut_avancement="")),
                violation_error_message="L’avancement se dit si, et seulement si, une structure est choisie.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def region(self) -> Region:
        """La région de la commune d'implantation : ses règles, ses interlocuteurs."""
        return self.implantation.region

    @property
    def sigle(self) -> str:
        """« ESP » ou « MSP »."""
        return FormeVisee.SIGLES[self.forme_visee]

    @property
    def presents(self) -> list["Membre"]:
        """Les membres présents, porteur d'abord, puis par nom ; se sert des membres préchargés s'ils le sont."""
        return sorted(
            (m for m in self.membres.all() if m.est_present), key=lambda m: (not m.porteur, m.nom.lower(), m.pk)
        )

    @property
    def porteur(self) -> "Membre":
        """Le membre qui porte l'équipe ; il y en a toujours un, et un seul."""
        (porteur,) = (m for m in self.membres.all() if m.porteur)
        return porteur


class Declaration(models.Model):
    """Une réponse de l'équipe à ce que les données ne disent pas. `cle` : la zone, ou la clé du critère déclaratif.

    Une donnée officielle chargée ensuite l'emporte ; sans elle, la réponse compte et reste marquée « déclarée ».
    """

    equipe = models.ForeignKey(Equipe, on_delete=models.CASCADE, related_name="declarations", verbose_name="équipe")
    sorte = models.CharField("sorte", max_length=10, choices=SorteDeclaration)
    cle = models.CharField("clé", max_length=80)
    reponse = models.BooleanField("réponse")
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déclarée par"
    )
    le = models.DateTimeField("déclarée le", default=timezone.now)

    class Meta:
        verbose_name = "déclaration"
        ordering = ["sorte", "cle"]
        constraints = [models.UniqueConstraint(fields=["equipe", "sorte", "cle"], name="declaration_unique")]

    def __str__(self) -> str:
        return f"{self.cle} : {'oui' if self.reponse else 'non'}"


class MembreQuerySet(models.QuerySet["Membre"]):
    def presents(self) -> "MembreQuerySet":
        """Les membres qui n'ont pas quitté l'équipe, confirmés ou non."""
        return self.filter(sorti_le=None)

    def confirmes(self) -> "MembreQuerySet":
        """Les membres présents qui ont confirmé leur appartenance."""
        return self.presents().filter(confirme_le__isnull=False)

    def porteurs(self) -> "MembreQuerySet":
        """Les porteurs : un par équipe."""
        return self.filter(porteur=True)


class Membre(models.Model):
    """Une personne dans l'équipe, avec dates d'entrée et de sortie.

    Professionnel de santé (`profession`, code du référentiel national) ou non (`metier`, en toutes
    lettres) : alors dans la liste et la signature, jamais dans les minimums.
    """

    equipe = models.ForeignKey(Equipe, on_delete=models.PROTECT, related_name="membres", verbose_name="équipe")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appartenances",
        verbose_name="compte",
    )
    prenom = models.CharField("prénom", max_length=100)
    nom = models.CharField("nom", max_length=100)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    professionnel = models.BooleanField("professionnel de santé", default=True)
    profession = models.CharField("profession", max_length=10, blank=True)
    savoir_faire = models.CharField("qualification", max_length=10, blank=True)
    metier = models.CharField("métier ou fonction", max_length=120, blank=True)
    rpps = models.CharField("numéro RPPS", max_length=11, blank=True)
    commune = models.ForeignKey(
        Commune,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="commune d’exercice",
    )
    exercice = models.CharField("mode d’exercice", max_length=10, choices=Exercice, blank=True)
    porteur = models.BooleanField("porteur", default=False)
    entre_le = models.DateField("entré le", default=timezone.localdate)
    invite_le = models.DateTimeField("invité le", null=True, blank=True)
    confirme_le = models.DateTimeField("appartenance confirmée le", null=True, blank=True)
    sorti_le = models.DateField("sorti le", null=True, blank=True)

    objects = MembreQuerySet.as_manager()

    class Meta:
        verbose_name = "membre"
        ordering = ["equipe", "-porteur", "nom", "prenom", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membre_rpps_onze_chiffres",
                condition=Q(rpps="") | Q(rpps__regex=r"^[0-9]{11}$"),
                violation_error_message="Un numéro RPPS compte onze chiffres.",
            ),
            models.CheckConstraint(
                name="membre_profession_ou_metier",
                condition=(Q(professionnel=True) & ~Q(profession="")) | (Q(professionnel=False) & ~Q(metier="")),
                violation_error_message="Un professionnel de santé a une profession ; une autre personne, un métier.",
            ),
            models.CheckConstraint(
                name="membre_porteur_present_et_confirme",
                condition=Q(porteur=False) | Q(sorti_le=None, confirme_le__isnull=False, compte__isnull=False),
                violation_error_message="Le porteur est un membre présent qui a confirmé son appartenance.",
            ),
            models.CheckConstraint(
                name="membre_confirme_a_un_compte",
                condition=Q(confirme_le=None) | Q(compte__isnull=False),
                violation_error_message="On confirme son appartenance avec son compte.",
            ),
            models.CheckConstraint(
                name="membre_dates_dans_l_ordre",
                condition=Q(sorti_le=None) | Q(sorti_le__gte=F("entre_le")),
                violation_error_message="On sort d’une équipe après y être entré.",
            ),
            models.UniqueConstraint(
                "equipe",
                Lower("courriel"),
                condition=Q(sorti_le=None) & ~Q(courriel=""),
                name="membre_courriel_unique_parmi_les_presents",
                violation_error_message="Cette adresse est déjà celle d’un membre de l’équipe.",
            ),
            models.UniqueConstraint(
                fields=["equipe", "rpps"],
                condition=Q(sorti_le=None) & ~Q(rpps=""),
                name="membre_rpps_unique_parmi_les_presents",
                violation_error_message="Ce numéro RPPS est déjà celui d’un membre de l’équipe.",
            ),
            models.UniqueConstraint(
                fields=["equipe", "compte"],
                condition=Q(sorti_le=None, compte__isnull=False),
                name="membre_compte_unique_parmi_les_presents",
                violation_error_message="Ce compte est déjà celui d’un membre de l’équipe.",
            ),
            models.UniqueConstraint(
                fields=["equipe"],
                condition=Q(porteur=True),
                name="membre_un_seul_porteur",
                violation_error_message="Une équipe a un seul porteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    @property
    def est_present(self) -> bool:
        """N'a pas quitté l'équipe."""
        return self.sorti_le is None

    @property
    def est_confirme(self) -> bool:
        """Présent, et a confirmé son appartenance."""
        return self.est_present and self.confirme_le is not None

    @property
    def etat(self) -> EtatMembre:
        """Parti, confirmé, invité ou à inviter : ce que disent ses dates."""
        if not self.est_present:
            return EtatMembre.PARTI
        if self.confirme_le is not None:
            return EtatMembre.CONFIRME
        return EtatMembre.INVITE if self.invite_le is not None else EtatMembre.A_INVITER


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def ouvertes(self) -> "InvitationQuerySet":
        """Ni acceptées, ni révoquées ; peut-être périmées."""
        return self.filter(acceptee_le=None, revoquee_le=None)

    def en_cours(self) -> "InvitationQuerySet":
        """Celles qu'on peut encore accepter."""
        return self.ouvertes().filter(echeance__gt=timezone.now(), membre__sorti_le=None)


class Invitation(models.Model):
    """Un lien envoyé à un membre pour qu'il confirme son appartenance. Usage unique, daté, révocable.

    Le jeton n'est dans aucune table : seule son empreinte SHA-256 l'est.
    """

    membre = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="invitations", verbose_name="membre")
    courriel = models.EmailField("adresse invitée")
    jeton_empreinte = models.CharField("empreinte du jeton", max_length=64, unique=True)
    envoyee_le = models.DateTimeField("envoyée le", default=timezone.now)
    envoyee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="envoyée par"
    )
    echeance = models.DateTimeField("valable jusqu’au")
    revoquee_le = models.DateTimeField("révoquée le", null=True, blank=True)
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["membre", "-envoyee_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_acceptee_ou_revoquee",
                condition=Q(acceptee_le=None) | Q(revoquee_le=None),
                violation_error_message="Une invitation acceptée ne se révoque plus.",
            ),
            models.CheckConstraint(
                name="invitation_echeance_future",
                condition=Q(echeance__gt=F("envoyee_le")),
                violation_error_message="L’échéance d’une invitation suit son envoi.",
            ),
            models.UniqueConstraint(
                fields=["membre"],
                condition=Q(acceptee_le=None, revoquee_le=None),
                name="invitation_une_seule_ouverte",
                violation_error_message="Ce membre a déjà une invitation ouverte.",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation de {self.courriel}"

    @property
    def etat(self) -> EtatInvitation:
        """Ce que disent ses dates, à cet instant."""
        if self.acceptee_le is not None:
            return EtatInvitation.ACCEPTEE
        if self.revoquee_le is not None:
            return EtatInvitation.REVOQUEE
        return EtatInvitation.EN_COURS if timezone.now() < self.echeance else EtatInvitation.PERIMEE


class Site(models.Model):
    """Un lieu où l'équipe exerce."""

    equipe = models.ForeignKey(Equipe, on_delete=models.CASCADE, related_name="sites", verbose_name="équipe")
    nom = models.CharField("nom du site", max_length=150)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")

    class Meta:
        verbose_name = "site"
        ordering = ["equipe", "nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                "equipe",
                Lower("nom"),
                name="site_nom_unique_dans_l_equipe",
                violation_error_message="Un site de l’équipe porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom


class AccesAccompagnateurQuerySet(models.QuerySet["AccesAccompagnateur"]):
    def en_cours(self, le: date | None = None) -> "AccesAccompagnateurQuerySet":
        """Les accès qui courent aujourd'hui (ou à la date donnée), bornes comprises."""
        jour = le or timezone.localdate()
        return self.filter(revoque_le=None, debut__lte=jour, fin__gte=jour)

    def de(self, compte: Any) -> "AccesAccompagnateurQuerySet":
        """Ceux de ce compte, désigné par son compte ou par son adresse."""
        return self.filter(Q(compte=compte) | Q(compte=None, courriel__iexact=compte.courriel))


class AccesAccompagnateur(models.Model):
    """Ce qu'une équipe ouvre à qui la conseille : une portée, un début, une fin. Révocable ; chaque visite se note."""

    equipe = models.ForeignKey(Equipe, on_delete=models.PROTECT, related_name="acces", verbose_name="équipe")
    # Rattaché à la première visite : d'ici là, l'adresse suffit, puisqu'on se connecte par un code qui y est envoyé.
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="compte",
    )
    courriel = models.EmailField("courriel")
    nom = models.CharField("nom et prénom", max_length=200)
    organisme = models.CharField("organisme", max_length=200, blank=True)
    portee = models.CharField("portée", max_length=15, choices=Portee, default=Portee.LECTURE)
    debut = models.DateField("depuis le", default=timezone.localdate)
    fin = models.DateField("jusqu’au")
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)
    invite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="invité par"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now)

    objects = AccesAccompagnateurQuerySet.as_manager()

    class Meta:
        verbose_name = "accès d’un accompagnateur"
        verbose_name_plural = "accès d’accompagnateurs"
        ordering = ["equipe", "-debut", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="acces_dates_dans_l_ordre",
                condition=Q(fin__gte=F("debut")),
                violation_error_message="Un accès finit après avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.courriel})"

    @property
    def est_en_cours(self) -> bool:
        """Ouvert aujourd'hui, bornes comprises."""
        return self.revoque_le is None and self.debut <= timezone.localdate() <= self.fin

    @property
    def est_ouvert(self) -> bool:
        """Ni révoqué, ni fini ; peut-être pas encore commencé."""
        return self.revoque_le is None and self.fin >= timezone.localdate()


class DelegationDeDepotQuerySet(models.QuerySet["DelegationDeDepot"]):
    def en_cours(self, le: date | None = None) -> "DelegationDeDepotQuerySet":
        """Celles qui valent aujourd'hui (ou ce jour-là), bornes comprises."""
        jour = le or timezone.localdate()
        return self.filter(finie_le=None, debut__lte=jour, fin__gte=jour)


class DelegationDeDepot(models.Model):
    """Le droit de figer et de déposer, confié par le porteur à un autre membre, pour un temps. Jamais de signer."""

    equipe = models.ForeignKey(Equipe, on_delete=models.PROTECT, related_name="delegations", verbose_name="équipe")
    delegant = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="+", verbose_name="donnée par")
    delegataire = models.ForeignKey(
        Membre, on_delete=models.PROTECT, related_name="delegations", verbose_name="confiée à"
    )
    debut = models.DateField("depuis le", default=timezone.localdate)
    fin = models.DateField("jusqu’au")
    donnee_le = models.DateTimeField("donnée le", default=timezone.now)
    finie_le = models.DateTimeField("finie le", null=True, blank=True)
    fin_motif = models.CharField("raison de la fin", max_length=10, choices=FinDeDelegation, blank=True)

    objects = DelegationDeDepotQuerySet.as_manager()

    class Meta:
        verbose_name = "délégation de dépôt"
        verbose_name_plural = "délégations de dépôt"
        ordering = ["equipe", "-donnee_le", "-pk"]
        constraints = [
            models.CheckConstraint(name="delegation_dates_dans_l_ordre", condition=Q(fin__gte=F("debut"))),
            models.CheckConstraint(name="delegation_a_un_autre", condition=~Q(delegant=F("delegataire"))),
            models.CheckConstraint(
                name="delegation_finie_dit_pourquoi",
                condition=Q(finie_le=None, fin_motif="") | (Q(finie_le__isnull=False) & ~Q(fin_motif="")),
            ),
            models.UniqueConstraint(
                fields=["delegataire"],
                condition=Q(finie_le=None),
                name="delegation_une_seule_ouverte",
                violation_error_message="Cette personne a déjà une délégation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegataire}, jusqu’au {self.fin:%d/%m/%Y}"

    @property
    def est_en_cours(self) -> bool:
        """Vaut aujourd'hui, bornes comprises."""
        return self.finie_le is None and self.debut <= timezone.localdate() <= self.fin
