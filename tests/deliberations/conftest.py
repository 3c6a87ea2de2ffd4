"""Un client connecté sous un compte, et les essais de l'app en base."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from tests.fabriques.comptes import connecter


@pytest.fixture(autouse=True)
def _medias_a_part(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sous():
    """`sous(compte)` : un client à elle ou à lui."""
    return lambda compte: connecter(Client(), compte)


@pytest.fixture
def saisir(sous):
    """`saisir(c, geste, **donnees)` : une saisie du secrétariat, comme nos scripts l'envoient."""

    def _saisir(c, geste, *, par=None, cle=None, **donnees):
        donnees = {nom: str(valeur) for nom, valeur in donnees.items()}
        return sous(par or c.secretaire).post(
            reverse("deliberations:saisies", args=[c.seance.pk]),
            {"geste": geste, "cle": str(cle or uuid.uuid4()), **donnees},
            headers={"X-Esperluette": "saisie"},
        )

    return _saisir
