"""Une équipe, et son porteur connecté."""

import pytest

from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import EquipeFabrique


@pytest.fixture
def equipe():
    return EquipeFabrique(nom="Équipe du Lié")


@pytest.fixture
def client_porteur(client, equipe):
    return connecter(client, equipe.porteur.compte)
