"""Une équipe, les gens autour, un dossier reçu par l'ARS."""

import pytest

from tests.fabriques import dossiers as fabrique
from tests.fabriques.commissions import dossier_recu


@pytest.fixture
def equipe(db):
    return fabrique.equipe_complete(nom="Équipe du Lié")


@pytest.fixture
def acteurs(equipe):
    return fabrique.acteurs_de(equipe)


@pytest.fixture
def dossier(equipe):
    """Déposé, sans PDF ni signature : rien n'est à produire."""
    return dossier_recu(equipe)


@pytest.fixture
def brouillon(equipe):
    """Jamais figé : son archive se fait sans produire de document."""
    return fabrique.brouillon(equipe)
