"""Un dossier dont l'avis est rendu, les agents autour, et une seconde agente pour relire."""

import pytest

from tests.fabriques import decisions as fabrique
from tests.fabriques import dossiers as fabrique_dossiers
from tests.fabriques.comptes import FonctionFabrique


@pytest.fixture
def equipe(db):
    return fabrique_dossiers.equipe_complete(nom="Équipe du Lié")


@pytest.fixture
def acteurs(equipe):
    implantation = equipe.implantation
    seconde = FonctionFabrique(referent=True, region=implantation.region, departement=implantation.departement)
    return fabrique_dossiers.acteurs_de(equipe) | {"seconde": seconde.compte}


@pytest.fixture
def dossier(equipe, acteurs):
    return fabrique.avis_rendu(acteurs, equipe)
