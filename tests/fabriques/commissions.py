"""Instances et séances. La date se donne ; l'état se choisit par un trait."""

import datetime

import factory

from esperluette.commissions.enums import EtatDeSeance, Niveau
from esperluette.commissions.models import Instance, Seance
from tests.fabriques.equipes import commune


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
    """Une séance prévue et publique. Traits : `annulee`, `tenue`, `inventee`, `interne`."""

    class Meta:
        model = Seance

    class Params:
        annulee = factory.Trait(etat=EtatDeSeance.ANNULEE)
        tenue = factory.Trait(etat=EtatDeSeance.TENUE)
        inventee = factory.Trait(fictive=True)
        interne = factory.Trait(publique=False)

    instance = factory.SubFactory(InstanceFabrique)
    region = factory.LazyAttribute(lambda s: s.instance.region)
    date = datetime.date(2027, 2, 11)
    source_document = "Courriel de l'agence"
    source_date = datetime.date(2026, 9, 1)
