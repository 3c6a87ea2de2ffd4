"""Équipes, membres, invitations et accès. Les traits portent les états du domaine, jamais le hasard."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from esperluette.equipes.enums import Exercice, FormeVisee, Portee, StatutAvancement, StatutJuridique
from esperluette.equipes.models import AccesAccompagnateur, Equipe, Invitation, Membre, Site
from esperluette.territoires.models import Commune
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.territoires import communes_reelles

MEDECIN, INFIRMIER, KINESITHERAPEUTE = "10", "60", "70"
MEDECINE_GENERALE = "SM54"


def commune(code: str = "22136") -> Commune:
    """Une commune réelle (Loudéac par défaut), créée au besoin avec ce qui l'entoure."""
    connue = Commune.objects.select_related("region", "departement", "epci").filter(pk=code).first()
    return connue or communes_reelles(code)[code]


class EquipeFabrique(factory.django.DjangoModelFactory):
    """Une équipe de Loudéac et son porteur, médecin généraliste ; `porteur=compte` choisit lequel.

    Traits : `association`, `sisa_en_projet`, `msp`. `territoire=[commune, …]` pour d'autres communes.
    """

    class Meta:
        model = Equipe
        skip_postgeneration_save = True

    class Params:
        association = factory.Trait(
            statut_juridique=StatutJuridique.ASSOCIATION, statut_avancement=StatutAvancement.CREE
        )
        sisa_en_projet = factory.Trait(
            statut_juridique=StatutJuridique.SISA, statut_avancement=StatutAvancement.EN_PROJET
        )
        msp = factory.Trait(forme_visee=FormeVisee.MSP)

    nom = factory.Sequence(lambda n: f"Équipe du Lié {n}")
    implantation = factory.LazyFunction(commune)
    cree_par = factory.SubFactory(CompteFabrique)

    @factory.post_generation
    def territoire(self, creer: bool, valeurs: Any, **_kwargs: Any) -> None:
        if creer:
            self.communes.set(valeurs or [self.implantation])

    @factory.post_generation
    def porteur(self, creer: bool, compte: Any, **champs: Any) -> None:
        if creer:
            compte = compte or self.cree_par
            MembreFabrique(
                equipe=self,
                confirme=True,
                compte=compte,
                porteur=True,
                **{"medecin_generaliste": True, "prenom": compte.prenom, "nom": compte.nom, **champs},
            )


class MembreFabrique(factory.django.DjangoModelFactory):
    """Un infirmier libéral, à inviter.

    Traits d'état : `invite`, `confirme` (avec un compte), `parti`. Traits de métier :
    `medecin_generaliste`, `non_professionnel`.
    """

    class Meta:
        model = Membre

    class Params:
        invite = factory.Trait(invite_le=factory.LazyFunction(timezone.now))
        confirme = factory.Trait(
            compte=factory.SubFactory(CompteFabrique),
            courriel=factory.LazyAttribute(lambda m: m.compte.courriel),
            prenom=factory.LazyAttribute(lambda m: m.compte.prenom),
            nom=factory.LazyAttribute(lambda m: m.compte.nom),
            confirme_le=factory.LazyFunction(timezone.now),
        )
        parti = factory.Trait(sorti_le=factory.LazyFunction(timezone.localdate))
        medecin_generaliste = factory.Trait(profession=MEDECIN, savoir_faire=MEDECINE_GENERALE)
        non_professionnel = factory.Trait(
            professionnel=False, profession="", exercice="", metier="coordinatrice de parcours"
        )

    equipe = factory.SubFactory(EquipeFabrique)
    prenom = "Yann"
    nom = factory.Sequence(lambda n: f"Kerbrat {n}")
    courriel = factory.Sequence(lambda n: f"yann.kerbrat{n}@essais.example")
    profession = INFIRMIER
    exercice = Exercice.LIBERAL
    commune = factory.LazyAttribute(lambda m: m.equipe.implantation)


class InvitationFabrique(factory.django.DjangoModelFactory):
    """Une invitation en cours. Traits : `perimee`, `revoquee`, `acceptee`. Pour un vrai jeton, appeler `inviter`."""

    class Meta:
        model = Invitation

    class Params:
        perimee = factory.Trait(
            envoyee_le=factory.LazyFunction(lambda: timezone.now() - timedelta(days=30)),
            echeance=factory.LazyFunction(lambda: timezone.now() - timedelta(days=16)),
        )
        revoquee = factory.Trait(revoquee_le=factory.LazyFunction(timezone.now))
        acceptee = factory.Trait(acceptee_le=factory.LazyFunction(timezone.now))

    membre = factory.SubFactory(MembreFabrique, invite=True)
    courriel = factory.LazyAttribute(lambda i: i.membre.courriel)
    jeton_empreinte = factory.Sequence(lambda n: f"{n:064x}")
    envoyee_par = factory.LazyAttribute(lambda i: i.membre.equipe.cree_par)
    echeance = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class SiteFabrique(factory.django.DjangoModelFactory):
    class Meta:
        model = Site

    equipe = factory.SubFactory(EquipeFabrique)
    nom = factory.Sequence(lambda n: f"Cabinet {n}")
    commune = factory.LazyAttribute(lambda s: s.equipe.implantation)


class AccesFabrique(factory.django.DjangoModelFactory):
    """Un accès de trois mois, en lecture. Traits : `commentaire`, `fini`, `pas_commence`, `revoque`, `rattache`."""

    class Meta:
        model = AccesAccompagnateur

    class Params:
        commentaire = factory.Trait(portee=Portee.COMMENTAIRE)
        fini = factory.Trait(
            debut=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=60)),
            fin=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)),
        )
        pas_commence = factory.Trait(debut=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=1)))
        revoque = factory.Trait(revoque_le=factory.LazyFunction(timezone.now))
        rattache = factory.Trait(
            compte=factory.SubFactory(CompteFabrique), courriel=factory.LazyAttribute(lambda a: a.compte.courriel)
        )

    equipe = factory.SubFactory(EquipeFabrique)
    courriel = factory.Sequence(lambda n: f"conseil{n}@essais.example")
    nom = "Nolwenn Conseil"
    organisme = "Structure d’appui"
    fin = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=90))
    invite_par = factory.LazyAttribute(lambda a: a.equipe.cree_par)
