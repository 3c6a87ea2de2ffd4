"""La petite Bretagne et ses fiches ; son administratrice, connectée."""

import pytest

from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.interlocuteurs.conftest import (
    _decoupage_du_module,
    bretagne,
    charges,
    decoupage,
    edition_suivante,
    territoire,
)

__all__ = ["_decoupage_du_module", "bretagne", "charges", "decoupage", "edition_suivante", "territoire"]


@pytest.fixture
def administratrice(charges):
    return FonctionFabrique(admin_regional=True, region=charges.region).compte


@pytest.fixture
def chez_elle(client, administratrice):
    return connecter(client, administratrice)
