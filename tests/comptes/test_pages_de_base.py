"""Les pages dont le gabarit de base a besoin répondent."""

import pytest
from django.urls import reverse

from tests.fabriques.comptes import CompteFabrique, connecter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("nom", ["portail:accueil", "account_login", "notifications:boite"])
def test_les_pages_publiques_s_affichent(client, nom):
    assert client.get(reverse(nom)).status_code == 200


@pytest.mark.parametrize("nom", ["comptes:profil", "comptes:presentation", "account_logout"])
def test_les_pages_personnelles_s_affichent(client, nom):
    assert connecter(client, CompteFabrique()).get(reverse(nom)).status_code == 200
