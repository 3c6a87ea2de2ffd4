"""Le diagnostic public d'une intercommunalité : on la trouve, on lit ses chiffres, rien n'est inventé."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from esperluette.portail.territoires import chercher
from esperluette.territoires.models import Epci
from tests.fabriques.indicateurs import charger
from tests.fabriques.territoires import communes_reelles
from tests.portail.pages import internes, lire

LISTE = "/territoires/"
LOUDEAC_COMMUNAUTE, REDON = "200067460", "243500741"
LOUDEAC, PLOUGUENAST, REDON_VILLE, ALLAIRE = "22136", "22219", "35236", "56001"


def page(client, siren=LOUDEAC_COMMUNAUTE, **choix):
    return client.get(reverse("portail:territoire", args=[siren]), choix).content.decode()


@pytest.fixture
def chiffres(charges):
    charger("apl_medecins", {LOUDEAC: 2.0, PLOUGUENAST: 3.0, REDON_VILLE: 4.0, ALLAIRE: 2.5})


# --- La trouver ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("charges")
@pytest.mark.parametrize(
    "saisie", ["loudeac", "LOUDÉAC COMMUNAUTÉ", "Plouguenast", "22600", LOUDEAC_COMMUNAUTE, "bretagne centre"]
)
def test_on_la_trouve_par_son_nom_une_commune_ou_un_code_postal(saisie):
    assert LOUDEAC_COMMUNAUTE in [t.epci.pk for t in chercher(saisie)]


@pytest.mark.usefixtures("charges")
@pytest.mark.parametrize("saisie", ["", "   ", "\x00", "zzzzzz", "<script>", "%", "x" * 5000])
def test_une_saisie_vide_ou_hostile_ne_trouve_rien(client, saisie):
    assert chercher(saisie) == []
    reponse = client.get(LISTE, {"q": saisie})
    assert reponse.status_code == 200
    assert "<script>" not in reponse.content.decode()


@pytest.mark.usefixtures("charges")
def test_la_page_dit_par_quelle_commune_on_y_arrive(client):
    texte = client.get(LISTE, {"q": "Plouguenast"}).content.decode()
    assert "Plouguenast-Langast en fait partie" in texte
    assert reverse("portail:territoire", args=[LOUDEAC_COMMUNAUTE]) in texte


@pytest.mark.usefixtures("charges")
def test_une_region_liste_ses_intercommunalites(client):
    lecture = lire(client.get(LISTE, {"region": "bretagne"}).content.decode())
    assert reverse("portail:territoire", args=[LOUDEAC_COMMUNAUTE]) in lecture.liens
    assert (
        reverse("portail:territoire", args=[LOUDEAC_COMMUNAUTE]) not in lire(client.get(LISTE).content.decode()).liens
    )


@pytest.mark.usefixtures("charges")
@pytest.mark.parametrize("region", ["inconnue", "\x00", "<b>"])
def test_une_region_inconnue_montre_toutes_les_regions(client, region):
    assert client.get(LISTE, {"region": region}).status_code == 200


# --- La lire ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("chiffres")
def test_elle_se_compare_a_son_departement_sa_region_et_la_france_pas_a_elle_meme(client):
    texte = page(client)
    entetes = re.findall(r"<tr>((?:<th scope=\"col\">[^<]+</th>)+)</tr>", texte)
    comparees = {tuple(re.findall(r">([^<]+)</th>", e)) for e in entetes if ">Chiffre<" in e}
    nom = Epci.objects.get(pk=LOUDEAC_COMMUNAUTE).nom
    assert comparees == {("Chiffre", nom, "Côtes-d&#x27;Armor", "Bretagne", "France")}
    assert "Accès aux médecins généralistes (APL)" in texte
    assert "Producteur fictif" in texte


@pytest.mark.usefixtures("charges")
def test_rien_de_charge_se_dit_avec_la_commande_et_sans_carte(client):
    texte = page(client)
    assert "non chargé" in texte
    assert "esperluette donnees importer" in texte
    assert "<svg" not in texte.split("<main")[1].split('esp-chiffres"')[0]


@pytest.mark.usefixtures("chiffres")
def test_une_carte_se_choisit_sans_javascript(client):
    choix = re.findall(r'<option value="([^"]+)"( selected)?>', page(client, carte="inconnue").split("<main")[1])
    assert choix == [("apl_medecins", " selected")]  # ni le zonage ni les autres chiffres ne sont chargés
    charger("evolution", {LOUDEAC: 900.0, PLOUGUENAST: 1100.0})
    avec = page(client, carte="evolution")
    assert 'id="carte-titre"' in avec
    assert "Évolution de la population, par an, commune par commune" in avec
    assert '<option value="evolution" selected>' in avec


@pytest.mark.usefixtures("chiffres")
@pytest.mark.parametrize("carte", ["inconnue", "<script>", "\x00", "population"])
def test_une_carte_inconnue_montre_celle_de_depart(client, carte):
    texte = page(client, carte=carte)
    assert "<script>alert" not in texte
    assert texte.count("selected") == 1


@pytest.mark.usefixtures("charges")
@pytest.mark.parametrize("siren", ["000000000", "abc", "2" * 300])
def test_une_intercommunalite_inconnue_est_introuvable(client, siren):
    assert client.get(f"/territoires/{siren}/").status_code == 404


@pytest.mark.usefixtures("chiffres")
def test_aucun_identifiant_ne_se_repete_et_aucun_lien_n_est_mort(client):
    adresse = reverse("portail:territoire", args=[LOUDEAC_COMMUNAUTE])
    lecture = lire(page(client, carte="apl_medecins"))
    assert len(lecture.ancres) == len(set(lecture.ancres))
    assert len(lecture.titres) == 1
    assert 40 < len(lecture.description) < 220
    for lien, ancre in internes(lecture, adresse):
        reponse = client.get(lien)
        assert reponse.status_code in {200, 302}, lien
        if ancre:
            assert f'id="{ancre}"' in reponse.content.decode(), (lien, ancre)


@pytest.mark.usefixtures("chiffres")
def test_la_page_se_garde_en_cache_et_ne_pose_aucun_cookie(client):
    adresse = reverse("portail:territoire", args=[LOUDEAC_COMMUNAUTE])
    reponse = client.get(adresse)
    assert reponse.cookies == {}
    assert "public" in reponse["Cache-Control"]
    assert client.get(adresse, headers={"If-None-Match": reponse["ETag"]}).status_code == 304


@pytest.mark.usefixtures("chiffres")
def test_une_ou_trois_communes_coutent_autant_de_requetes(client):
    def compter():
        page(client, carte="apl_medecins")
        with CaptureQueriesContext(connection) as capture:
            page(client, carte="apl_medecins")
        return len(capture)

    avant = compter()
    communes_reelles("22046", "22255", "22341")
    assert compter() == avant


@pytest.mark.usefixtures("charges")
def test_la_reponse_d_une_commune_mene_a_son_diagnostic(client):
    lecture = lire(client.get("/", {"commune": LOUDEAC}).content.decode())
    assert reverse("portail:territoire", args=[LOUDEAC_COMMUNAUTE]) in lecture.liens
