"""Une équipe bretonne complète et reconnue, et ceux qui l'entourent à l'ARS."""

import pytest

from tests.fabriques import dossiers as fabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique


@pytest.fixture
def equipe(db):
    return fabrique.equipe_complete(nom="Équipe du Lié", courriel="equipe@lie.example")


@pytest.fixture
def acteurs(equipe):
    return fabrique.acteurs_de(equipe)


@pytest.fixture
def autorite(acteurs):
    return acteurs["autorite"]


@pytest.fixture
def referente(acteurs):
    return acteurs["referente"]


@pytest.fixture
def reconnaissance(equipe):
    return ReconnaissanceFabrique(equipe=equipe, suffisante=True)
