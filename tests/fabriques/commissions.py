"""Instances, sièges, séances, points et convocations. Les dates se donnent ; l'état se choisit par un trait."""

import datetime

import factory
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Issue, Niveau
from esperluette.commissions.models import Convocation, Deport, Instance, MandatDeSiege, Point, Seance, Siege
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.dossiers.contenu import contenu_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.models import Equipe
from esperluette.instruction.models_fiche import ReunionSurSite
from esperluette.instruction.reunions import est_exigee
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.dossiers import DEMARCHE, equipe_complete, remplir
from tests.fabriques.equipes import commune


def dossier_recu(
    equipe: Equipe | None = None, *, etat: Etat = Etat.INSCRIT, rempli: bool = False, **champs
) -> Dossier:
    """Un dossier déposé, mis tout de suite dans cet état : sans PDF ni signature, pour aller vite.

    `rempli=True` répond à toute la trame par les vraies actions. La réunion sur site que la région exige s'est tenue.
    """
    equipe = equipe or equipe_complete()
    porteur = equipe.porteur.compte
    dossier = creer_dossier(equipe, champs.pop("demarche", DEMARCHE), acteur=porteur)
    if rempli:
        remplir(dossier, acteur=porteur)
    maintenant = timezone.now()
    for nom, valeur in {"etat": etat, "depose_le": maintenant, "etat_depuis": maintenant, **champs}.items():
        setattr(dossier, nom, valeur)
    dossier.save()
    contenu = contenu_de(dossier, version=1)
    Depot.objects.create(
        dossier=dossier, numero=1, contenu=contenu, empreinte=empreinte(contenu), fige_par=porteur,
        depose_le=maintenant,
    )  # fmt: skip
    if est_exigee(dossier):
        ReunionSurSite.objects.create(
            dossier=dossier, prevue_le=timezone.localdate(), tenue_le=timezone.localdate(), lieu="Loudéac",
            saisie_par=porteur,
        )  # fmt: skip
    return dossier


class InstanceFabrique(factory.django.DjangoModelFactory):
    """La CARPEC de Bretagne ; `departementale=True` pour une CCOPD des Côtes-d'Armor."""

    class Meta:
        model = Instance

    class Params:
        departementale = factory.Trait(
            niveau=Niveau.DEPARTEMENTAL,
            sigle="CCOPD",
            instance_edition="ccopd",
            departement=factory.LazyFunction(lambda: commune().departement),
        )

    region = factory.LazyFunction(lambda: commune().region)
    identifiant = ""
    instance_edition = "carpec"
    sigle = "CARPEC"
    nom = "Cellule d'appui régionale aux projets d'exercices coordonnés"
    source_document = "Courriel de l'agence"
    source_date = datetime.date(2026, 9, 1)


class SeanceFabrique(factory.django.DjangoModelFactory):
    """Une séance prévue et publique. Traits : `convoquee`, `ouverte`, `tenue`, `annulee`, `inventee`, `interne`."""

    class Meta:
        model = Seance

    class Params:
        annulee = factory.Trait(etat=EtatDeSeance.ANNULEE)
        convoquee = factory.Trait(etat=EtatDeSeance.CONVOQUEE, convoquee_le=factory.LazyFunction(timezone.now))
        ouverte = factory.Trait(
            etat=EtatDeSeance.OUVERTE,
            convoquee_le=factory.LazyFunction(timezone.now),
            ouverte_le=factory.LazyFunction(timezone.now),
        )
        tenue = factory.Trait(
            etat=EtatDeSeance.CLOSE,
            convoquee_le=factory.LazyFunction(timezone.now),
            ouverte_le=factory.LazyFunction(timezone.now),
            close_le=factory.LazyFunction(timezone.now),
        )
        inventee = factory.Trait(fictive=True)
        interne = factory.Trait(publique=False)

    instance = factory.SubFactory(InstanceFabrique)
    region = factory.LazyAttribute(lambda s: s.instance.region)
    date = datetime.date(2027, 2, 11)
    source_document = "Courriel de l'agence"
    source_date = datetime.date(2026, 9, 1)


class SiegeFabrique(factory.django.DjangoModelFactory):
    """Un siège votant. Traits : `observateur`, `hors_service`."""

    class Meta:
        model = Siege

    class Params:
        observateur = factory.Trait(votant=False)
        hors_service = factory.Trait(actif=False)

    instance = factory.SubFactory(InstanceFabrique)
    libelle = factory.Sequence(lambda n: f"Institution {n}")
    ordre = factory.Sequence(lambda n: n)


class MandatFabrique(factory.django.DjangoModelFactory):
    """Un titulaire en fonction depuis le 1er janvier 2026. Traits : `suppleant`, `presidence`, `ancien`."""

    class Meta:
        model = MandatDeSiege

    class Params:
        suppleant = factory.Trait(titulaire=False)
        presidence = factory.Trait(president=True)
        ancien = factory.Trait(debut=datetime.date(2024, 1, 1), fin=datetime.date(2025, 12, 31))

    siege = factory.SubFactory(SiegeFabrique)
    compte = factory.SubFactory(CompteFabrique)
    debut = datetime.date(2026, 1, 1)


class PointFabrique(factory.django.DjangoModelFactory):
    """Un dossier à l'ordre du jour, à examiner. Traits : `retire`, `avis_rendu`, `ajourne`."""

    class Meta:
        model = Point

    class Params:
        retire = factory.Trait(
            issue=Issue.RETIRE, retire_le=factory.LazyFunction(timezone.now), motif_retrait="Pièce manquante"
        )
        avis_rendu = factory.Trait(issue=Issue.AVIS_RENDU)
        ajourne = factory.Trait(issue=Issue.AJOURNE)

    seance = factory.SubFactory(SeanceFabrique)
    dossier = factory.LazyFunction(dossier_recu)
    ordre = factory.LazyAttribute(lambda p: p.seance.points.count() + 1)
    affaire = "valider-un-projet"
    affaire_libelle = "Validation d'un projet de santé"
    inscrit_par = factory.SubFactory(CompteFabrique)


class ConvocationFabrique(factory.django.DjangoModelFactory):
    """Un titulaire convoqué, son mandat en cours. Traits : `vue`, `preparee` (pas encore envoyée), `retiree`."""

    class Meta:
        model = Convocation
        exclude = ("mandat",)

    class Params:
        vue = factory.Trait(vue_le=factory.LazyFunction(timezone.now))
        preparee = factory.Trait(envoyee_le=None)
        retiree = factory.Trait(retiree_le=factory.LazyFunction(timezone.now))

    seance = factory.SubFactory(SeanceFabrique, convoquee=True)
    mandat = factory.SubFactory(MandatFabrique, siege__instance=factory.SelfAttribute("...seance.instance"))
    compte = factory.LazyAttribute(lambda c: c.mandat.compte)
    siege = factory.LazyAttribute(lambda c: c.mandat.siege)
    titulaire = factory.LazyAttribute(lambda c: c.mandat.titulaire)
    president = factory.LazyAttribute(lambda c: c.mandat.president)
    envoyee_le = factory.LazyFunction(timezone.now)


class DeportFabrique(factory.django.DjangoModelFactory):
    """Un déport déclaré par le membre. Traits : `constate`, `annule`."""

    class Meta:
        model = Deport

    class Params:
        constate = factory.Trait(deduit=True, declare_par=None, motif="Membre de l’équipe")
        annule = factory.Trait(annule_le=factory.LazyFunction(timezone.now), motif_annulation="Déclaré par erreur")

    point = factory.SubFactory(PointFabrique)
    compte = factory.SubFactory(CompteFabrique)
    motif = "Un proche exerce dans cette équipe"
    declare_par = factory.SelfAttribute("compte")
