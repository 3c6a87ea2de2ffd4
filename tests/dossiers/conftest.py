"""Une équipe, ses dossiers, et les gens autour."""

import pytest

from tests.dossiers import essai
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


@pytest.fixture
def editions_d_essai(settings):
    """La région d'essai, à côté des éditions du paquet."""
    settings.EDITIONS_SUPPLEMENTAIRES = [essai.EDITIONS]


@pytest.fixture
def equipe_d_essai(db, editions_d_essai):
    return essai.equipe_d_essai()
