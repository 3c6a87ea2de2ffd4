"""Ce que toutes les pages partagent : le bandeau de démonstration, le pied, les pages d'erreur."""

import pytest
from django.urls import reverse

from tests.fabriques.comptes import CompteFabrique, connecter

pytestmark = pytest.mark.django_db


def test_le_bandeau_de_demonstration_mene_aux_personnages_et_aux_courriels(client, settings):
    settings.DEMONSTRATION = True
    page = client.get(reverse("portail:accueil")).content.decode()
    bandeau = page.split('aria-label="Démonstration"')[1].split("</section>")[0]
    assert f'href="{reverse("portail:demonstration")}"' in bandeau
    assert f'href="{reverse("notifications:boite")}"' in bandeau


def test_hors_demonstration_aucun_bandeau(client, settings):
    settings.DEMONSTRATION = False
    assert "esp-demonstration" not in client.get(reverse("portail:accueil")).content.decode()


def test_le_pied_cite_les_producteurs_du_decoupage(client):
    pied = client.get(reverse("portail:accueil")).content.decode().split("<footer")[1]
    for producteur in ("INSEE", "DGCL", "La Poste", "Etalab", "Licence Ouverte 2.0"):
        assert producteur in pied


def test_une_page_absente_dit_sous_quelle_adresse_on_est_connecte(client):
    assert "Revenir à l’accueil" in client.get("/absente/").content.decode()
    connecter(client, CompteFabrique(courriel="claire@essais.example"))
    page = client.get("/absente/")
    assert page.status_code == 404
    assert "claire@essais.example" in page.content.decode()


def test_l_adresse_d_un_bouton_ouverte_comme_une_page_s_explique(client):
    connecter(client, CompteFabrique())
    reponse = client.get(reverse("instruction:prendre", args=["ESP-22-2026-00001"]))
    assert reponse.status_code == 405
    assert reponse["Allow"] == "POST"
    assert "Cette adresse n’est pas une page" in reponse.content.decode()


def test_un_envoi_refuse_par_methode_garde_sa_reponse(client):
    assert client.post(reverse("portail:accueil")).content == b""
