"""Une équipe, ses dossiers, et les gens autour."""

import pytest

from tests.fabriques import dossiers as fabrique


@pytest.fixture
def equipe(db):
    return fabrique.equipe_complete()


@pytest.fixture
def acteurs(equipe):
    return fabrique.acteurs_de(equipe)


@pytest.fixture
def dossier(equipe):
    """Un brouillon vide."""
    return fabrique.brouillon(equipe)


@pytest.fixture
def dossier_depose(equipe):
    """Un dossier déposé par les vraies actions."""
    return fabrique.depose(equipe).dossier
