"""Un dossier déposé à Loudéac, et les agents autour."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.fabriques import dossiers as fabrique


@pytest.fixture
def equipe(db):
    return fabrique.equipe_complete(nom="Équipe du Lié")


@pytest.fixture
def acteurs(equipe):
    return fabrique.acteurs_de(equipe)


@pytest.fixture
def depot(equipe, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        depot = fabrique.depose(equipe)
    depot.refresh_from_db()
    return depot


@pytest.fixture
def dossier(depot):
    return depot.dossier


@pytest.fixture
def requetes():
    """Le nombre de requêtes d'un geste : `requetes(lambda: …)`."""

    def compter(geste):
        with CaptureQueriesContext(connection) as capture:
            geste()
        return len(capture)

    return compter
