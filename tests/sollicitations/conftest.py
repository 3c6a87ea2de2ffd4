"""Une équipe de Loudéac, son brouillon, son dossier déposé, et les gens autour."""

import pytest

from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.sollicitations import sollicitation


@pytest.fixture
def equipe(db):
    return fabrique.equipe_complete(nom="Équipe du Lié")


@pytest.fixture
def acteurs(equipe):
    acteurs = fabrique.acteurs_de(equipe)
    region, departement = equipe.implantation.region, equipe.implantation.departement
    acteurs["collegue"] = FonctionFabrique(referent=True, region=region, departement=departement).compte
    acteurs["administrateur"] = FonctionFabrique(admin=True).compte
    return acteurs


@pytest.fixture
def brouillon(equipe):
    """Un dossier que l'équipe n'a pas déposé."""
    return fabrique.brouillon(equipe)


@pytest.fixture
def dossier(equipe):
    """Un dossier déposé."""
    return fabrique.depose(equipe).dossier


@pytest.fixture
def demande(brouillon, acteurs):
    """Un chiffre demandé, sans réponse."""
    return sollicitation(brouillon)
