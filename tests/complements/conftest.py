"""Un dossier déposé, des agents, et une demande de compléments."""

import pytest

from tests.fabriques import complements as fabrique
from tests.fabriques import dossiers as fabrique_dossier


@pytest.fixture
def equipe(db):
    return fabrique_dossier.equipe_complete(nom="Équipe du Lié")


@pytest.fixture
def acteurs(equipe):
    return fabrique_dossier.acteurs_de(equipe)


@pytest.fixture
def dossier(equipe):
    """Déposé, avec ses réponses."""
    return fabrique_dossier.depose(equipe).dossier


@pytest.fixture
def demande(dossier, acteurs):
    """Une demande envoyée sur un champ."""
    return fabrique.demande(dossier, acteurs["referente"])
