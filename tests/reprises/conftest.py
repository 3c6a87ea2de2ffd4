"""Une administratrice bretonne, une référente costarmoricaine, et leur petite Bretagne."""

import pytest

from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.equipes import commune


@pytest.fixture
def loudeac(db):
    return commune("22136")


@pytest.fixture
def administratrice(loudeac):
    return FonctionFabrique(admin_regional=True, region=loudeac.region).compte


@pytest.fixture
def referente(loudeac):
    return FonctionFabrique(referent=True, region=loudeac.region, departement=loudeac.departement).compte


@pytest.fixture
def ailleurs(loudeac):
    return FonctionFabrique(admin_regional=True, region=commune("13055").region).compte
