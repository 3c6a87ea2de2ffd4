"""Ouvrir une session sans passer par le code : pour les essais où la connexion n'est pas le sujet."""

from django.test import Client
from playwright.sync_api import Page

from esperluette.comptes.models import Compte
from tests.fabriques.comptes import connecter


def ouvrir_session(page: Page, site: str, courriel: str) -> None:
    """Connecte sans passer par le code : la connexion a ses propres essais, et sa limite de débit."""
    client = connecter(Client(), Compte.objects.get(courriel=courriel))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
