"""Une équipe de Loudéac, ses voisines, et son porteur connecté."""

import pytest

from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.territoires import petite_bretagne


@pytest.fixture
def bretagne(db):
    return petite_bretagne()


@pytest.fixture
def equipe(bretagne):
    return EquipeFabrique(nom="Équipe du Lié")


@pytest.fixture
def porteur(equipe):
    return equipe.porteur.compte


@pytest.fixture
def client_porteur(client, porteur):
    return connecter(client, porteur)
