"""Le parcours de connexion : une adresse, un code, un nom."""

import pytest
from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.notifications.lectures import code_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db

CONNEXION, CODE = "/compte/connexion/", "/compte/connexion/code/"


def demander(client, courriel, **suite):
    return client.post(CONNEXION, {"email": courriel, **suite})


def dernier_code():
    return code_de(Courriel.objects.order_by("-pk").first())


@pytest.mark.parametrize("nom", ["account_login", "account_request_login_code"])
def test_une_seule_page_de_connexion(nom):
    assert reverse(nom) == CONNEXION


def test_une_personne_connue_entre_avec_son_code(client):
    compte = CompteFabrique(courriel="claire@essais.example")
    reponse = demander(client, "Claire@essais.example ")
    assert (reponse.status_code, reponse.url) == (302, CODE)
    reponse = client.post(CODE, {"code": dernier_code(), "action": "verify"})
    assert (reponse.status_code, reponse.url) == (302, reverse("portail:apres_connexion"))
    assert client.session["_auth_user_id"] == str(compte.pk)


def test_une_adresse_inconnue_ne_cree_un_compte_qu_une_fois_prouvee(client):
    demander(client, "nouvelle@essais.example")
    assert not Compte.objects.exists()
    reponse = client.post(CODE, {"code": dernier_code()})
    compte = Compte.objects.get()
    assert (compte.courriel, compte.has_usable_password()) == ("nouvelle@essais.example", False)
    assert reponse.url == "/compte/presentation/?next=%2Fapres-connexion%2F"
