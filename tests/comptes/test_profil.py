"""La page de profil, et mes données."""

import json

import pytest

from esperluette.comptes import exports
from esperluette.comptes.actions import compte_pour
from esperluette.comptes.models import Compte
from esperluette.notifications.actions import envoyer
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter

pytestmark = pytest.mark.django_db
PROFIL, EXPORT = "/compte/profil/", "/compte/profil/mes-donnees.json"


@pytest.fixture
def claire(client):
    compte = CompteFabrique(prenom="Claire", nom="Le Goff", courriel="claire@essais.example")
    connecter(client, compte)
    return compte


@pytest.mark.parametrize("adresse", [PROFIL, EXPORT, "/compte/presentation/"])
def test_il_faut_etre_connecte(client, adresse):
    assert client.get(adresse).url == f"/compte/connexion/?next={adresse}"


def test_enregistrer_son_profil(client, claire):
    reponse = client.post(PROFIL, {"prenom": "Klervi", "nom": "Le  Goff", "telephone": "0299331234"}, follow=True)
    assert "Votre profil est enregistré." in reponse.content.decode()
    claire.refresh_from_db()
    assert (claire.prenom, claire.nom, claire.telephone) == ("Klervi", "Le Goff", "02 99 33 12 34")


@pytest.mark.parametrize(
    ("saisi", "garde"),
    [
        ("02 99 33 12 34", "02 99 33 12 34"),
        ("02.99.33.12.34", "02 99 33 12 34"),
        ("+33 2 99 33 12 34", "+33299331234"),
        ("0032 2 123 45 67", "+3221234567"),
        ("", ""),
    ],
)
def test_un_telephone_se_range(client, claire, saisi, garde):
    client.post(PROFIL, {"prenom": "Claire", "nom": "Le Goff", "telephone": saisi})
    claire.refresh_from_db()
    assert claire.telephone == garde


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"telephone": "12"}, "Un numéro français compte dix chiffres"),
        ({"telephone": "02 99 33 12 3x"}, "Un numéro français compte dix chiffres"),
        ({"prenom": ""}, "Indiquez votre prénom."),
        ({"nom": "  "}, "Indiquez votre nom."),
        ({"nom": "x" * 101}, "Ce nom est trop long"),
    ],
)
def test_une_entree_fausse_est_expliquee_et_rien_n_est_perdu(client, claire, champs, message):
    reponse = client.post(PROFIL, {"prenom": "Autre", "nom": "Nom", "telephone": "", **champs})
    page = reponse.content.decode()
    assert page.count(message) == 2  # dans le résumé, et près du champ
    assert "Rien n’est encore enregistré" in page
    for valeur in champs.values():
        assert f'value="{valeur.strip()}"' in page or not valeur.strip()
    assert "Claire Le Goff</a>" in page  # l'en-tête garde le nom enregistré
    assert Compte.objects.get().nom == "Le Goff"


def test_mes_fonctions_se_lisent_sur_mon_profil(client, claire, pays):
    assert "Aucune. C’est normal" in client.get(PROFIL).content.decode()
    FonctionFabrique(compte=claire, referent=True, departement=pays.ille, organisme__nom="ARS Bretagne")
    page = client.get(PROFIL).content.decode()
    assert "<strong>Référent ARS</strong>, ARS Bretagne. Territoire&nbsp;: Ille-et-Vilaine." in page


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_profil_coute_autant_pour_une_fonction_que_pour_trois(
    client, claire, pays, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        FonctionFabrique(compte=claire, region=pays.bretagne, epcis=[pays.redon])
    with django_assert_num_queries(4):
        client.get(PROFIL)


def test_mes_donnees_sont_a_moi_et_completes(client, claire, pays):
    FonctionFabrique(compte=claire, region=pays.bretagne, organisme__nom="ARS Bretagne")
    envoyer("comptes/adresse_changee", a=claire, contexte={"compte": claire})
    compte_pour("quelqu.un@essais.example", acteur=claire)
    autre = CompteFabrique(courriel="autre@essais.example")
    reponse = client.get(EXPORT)
    assert reponse["Content-Disposition"] == 'attachment; filename="mes-donnees-claire-le-goff.json"'
    assert "no-store" in reponse["Cache-Control"]
    donnees = json.loads(reponse.content)
    assert donnees["compte"]["courriel"] == "claire@essais.example"
    assert donnees["fonctions"][0]["territoire"] == "Bretagne"
    assert [c["objet"] for c in donnees["courriels_recus"]] == ["Votre adresse de connexion a changé"]
    assert [a["sorte"] for a in donnees["actes"]] == ["compte_cree"]
    assert autre.courriel not in reponse.content.decode()


def test_une_app_ajoute_sa_part(claire, monkeypatch):
    monkeypatch.setattr(exports, "_PARTS", {})
    exports.inscrire("equipes", lambda compte: [str(compte)])
    assert exports.donnees_de(claire)["equipes"] == ["Claire Le Goff"]
    with pytest.raises(ValueError, match="equipes"):
        exports.inscrire("equipes", lambda compte: [])
