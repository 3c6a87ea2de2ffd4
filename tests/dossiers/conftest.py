"""Une équipe, ses dossiers, et les gens autour."""

import pytest

from tests.dossiers import essai
from tests.dossiers.ecrans import sous
from tests.fabriques import chiffres
from tests.fabriques import dossiers as fabrique
from tests.fabriques.territoires import petite_bretagne


@pytest.fixture
def equipe(db):
    return fabrique.equipe_complete()


@pytest.fixture
def acteurs(equipe):
    return fabrique.acteurs_de(equipe)


@pytest.fixture
def acteur(acteurs):
    return acteurs["porteuse"]


@pytest.fixture
def porteuse(acteurs):
    """Son navigateur."""
    return sous(acteurs["porteuse"])


@pytest.fixture
def publics(db):
    """La population de trois communes, chargée."""
    petite_bretagne()
    chiffres.charger()


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
