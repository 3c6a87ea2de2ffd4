"""Un brouillon breton, les gens autour, et les communes que nomment les trames d'essai."""

import pytest

from tests.fabriques import dossiers as fabrique
from tests.fabriques import importations
from tests.fabriques.territoires import communes_reelles


@pytest.fixture
def equipe(db):
    communes_reelles("22222", "22219", "22001")
    return fabrique.equipe_complete()


@pytest.fixture
def acteurs(equipe):
    return fabrique.acteurs_de(equipe)


@pytest.fixture
def dossier(equipe):
    return fabrique.brouillon(equipe)


@pytest.fixture
def acteur(equipe):
    return equipe.porteur.compte


@pytest.fixture
def importation(dossier):
    return importations.importation(dossier)
