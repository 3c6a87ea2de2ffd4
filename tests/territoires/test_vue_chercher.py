"""L'adresse qu'interroge le champ pendant la frappe."""

import pytest
from django.urls import reverse

from tests.fabriques.territoires import communes_reelles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bretagne")]


def chercher(client, q: str) -> list[dict]:
    reponse = client.get(reverse("territoires:chercher"), {"q": q})
    assert reponse.status_code == 200
    return reponse.json()["resultats"]


def test_la_reponse_dit_code_libelle_nom_et_detail(client):
    assert chercher(client, "loud") == [
        {
            "code": "22136",
            "libelle": "Loudéac (22)",
            "nom": "Loudéac",
            "detail": "Côtes-d'Armor, 22600",
            "approchee": False,
        }
    ]


def test_une_ancienne_commune_est_nommee_dans_le_detail(client):
    communes_reelles("35257")
    assert [c["detail"] for c in chercher(client, "saint-brice-en")] == [
        "Ille-et-Vilaine, 35460, comprend Saint-Brice-en-Coglès"
    ]
    assert [c["detail"] for c in chercher(client, "maen roch")] == ["Ille-et-Vilaine, 35460"]


def test_une_faute_est_signalee(client):
    assert [c["approchee"] for c in chercher(client, "loudéak")] == [True]


@pytest.mark.parametrize("q", ["", " ", "l", "\x00", "\x00l"])
def test_moins_de_deux_lettres_ne_cherchent_pas(client, q, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert chercher(client, q) == []


@pytest.mark.parametrize("q", ["x" * 10_000, "'; DROP TABLE --", "%%", "lou\x00deac", "💥💥"])
def test_une_saisie_etrange_repond_quand_meme(client, q):
    chercher(client, q)


def test_sans_parametre_la_reponse_est_vide(client):
    assert client.get(reverse("territoires:chercher")).json() == {"resultats": []}


def test_la_recherche_ne_s_ecrit_pas_et_se_garde_une_heure(client):
    assert client.post(reverse("territoires:chercher")).status_code == 405
    reponse = client.get(reverse("territoires:chercher"), {"q": "rennes"})
    assert reponse["Cache-Control"] == "public, max-age=3600"
    assert not reponse.cookies
    assert reponse["Content-Type"] == "application/json"


@pytest.mark.parametrize("q", ["fougères", "saint"])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_reponses(client, q, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert chercher(client, q)
