"""Comptes, organismes et fonctions. `connecter` ouvre une session sans passer par le code."""

from typing import Any

import factory
from django.test import Client

from esperluette.comptes.enums import Role, SorteOrganisme
from esperluette.comptes.models import Compte, Fonction, Organisme


class CompteFabrique(factory.django.DjangoModelFactory):
    """Une personne ; `inactif=True` pour un compte fermé, `sans_nom=True` avant sa première présentation."""

    class Meta:
        model = Compte

    class Params:
        inactif = factory.Trait(is_active=False)
        sans_nom = factory.Trait(prenom="", nom="")

    courriel = factory.Sequence(lambda n: f"personne{n}@essais.example")
    prenom = "Claire"
    nom = factory.Sequence(lambda n: f"Le Goff {n}")
    password = "!"


class OrganismeFabrique(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisme

    nom = factory.Sequence(lambda n: f"ARS d’essai {n}")
    sorte = SorteOrganisme.ARS


class FonctionFabrique(factory.django.DjangoModelFactory):
    """Une fonction, référent par défaut ; donnez `region=`, `departement=` et `epcis=[…]`.

    Traits : `autorite`, `secretariat`, `president`, `membre_commission`, `admin_regional`, `admin`.
    """

    class Meta:
        model = Fonction
        skip_postgeneration_save = True

    class Params:
        referent = factory.Trait(role=Role.REFERENT)
        autorite = factory.Trait(role=Role.AUTORITE)
        secretariat = factory.Trait(role=Role.SECRETARIAT)
        president = factory.Trait(role=Role.PRESIDENT)
        membre_commission = factory.Trait(role=Role.MEMBRE_COMMISSION)
        admin_regional = factory.Trait(role=Role.ADMIN_REGIONAL)
        admin = factory.Trait(role=Role.ADMIN, region=None, departement=None)

    compte = factory.SubFactory(CompteFabrique)
    organisme = factory.SubFactory(OrganismeFabrique)
    role = Role.REFERENT

    @factory.post_generation
    def epcis(self, creer: bool, valeurs: Any, **_kwargs: Any) -> None:
        if creer and valeurs:
            self.epcis.set(valeurs)
            self.compte.fonctions_lues = None


def connecter(client: Client, compte: Compte) -> Client:
    """Le client, connecté sous ce compte."""
    client.force_login(compte, backend="esperluette.comptes.authentification.CompteConnecte")
    return client
