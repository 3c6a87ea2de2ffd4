"""Trier les constats à l'écran, sur des chiffres importés pour de vrai."""

import re

import pytest
from django.urls import reverse

from esperluette.diagnostics.actions import constats as actions
from esperluette.diagnostics.models import ConstatRetenu
from esperluette.journal.lectures import evenements_de
from tests.equipes.pages import messages, texte
from tests.fabriques.comptes import connecter
from tests.fabriques.diagnostics import constat_garde, constat_lu
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique
from tests.indicateurs import fichiers
from tests.indicateurs.conftest import noter_le_decoupage
from tests.indicateurs.outils import importer

pytestmark = pytest.mark.django_db
BAISSE = "population_en_baisse:evolution"
EN_BAISSE = "22136,Loudéac,22600,COM,80,9000,9700,4500,100,140"
PLOUGUENAST = "22219,Plouguenast-Langast,22150,COM,50,2400,2500,1100,25,30"
EN_HAUSSE = "22136,Loudéac,22600,COM,80,9700,9000,4500,100,140"


@pytest.fixture
def chiffres(bretagne, tmp_path):
    """Une population qui baisse : le calcul en fait une fragilité."""
    noter_le_decoupage()
    return importer(tmp_path, "comparateur", fichiers.comparateur(EN_BAISSE, PLOUGUENAST))


@pytest.fixture
def page(equipe):
    return reverse("equipes:territoire", args=[equipe.pk])


@pytest.fixture
def geste(equipe, client_porteur):
    def envoyer(nom, identifiant=BAISSE, **suite):
        url = reverse("diagnostics:constat", args=[equipe.pk, identifiant])
        return client_porteur.post(url, {"geste": nom} | suite, follow=True)

    return envoyer


def vue_de(reponse, nom="vue"):
    return re.search(rf'name="{nom}" value="(\w+)"', reponse.content.decode())[1]


def test_un_constat_calcule_se_propose_avec_sa_source(client_porteur, chiffres, page):
    lu = texte(client_porteur.get(page))
    assert "Fragilités La population baisse" in lu
    assert "Source :" in lu
    assert "Garder" in lu


def test_garder_puis_ecarter_puis_retrier(client_porteur, equipe, chiffres, page, geste):
    reponse = geste("garder", vue=vue_de(client_porteur.get(page)), version="0")
    assert messages(reponse) == ["La phrase est gardée : vous pouvez la reprendre dans le projet."]
    retenu = ConstatRetenu.objects.get()
    assert (retenu.constat, retenu.decision) == (BAISSE, "garde")
    assert retenu.phrase.startswith("La population baisse")
    assert f"Gardé par {equipe.porteur}" in texte(reponse)
    assert messages(geste("ecarter", version="1")) == ["Le constat est écarté. Vous pouvez revenir sur ce choix."]
    assert messages(geste("retrier")) == ["Le constat est de nouveau à trier."]
    assert not ConstatRetenu.objects.exists()


def test_recrire_sur_sa_page_et_retrouver_les_deux_textes(client_porteur, equipe, chiffres, page):
    url = reverse("diagnostics:constat", args=[equipe.pk, BAISSE])
    assert "La population baisse" in texte(client_porteur.get(url))
    reponse = client_porteur.post(url, {"phrase": "Nos bourgs se vident.", "version": "0"}, follow=True)
    lu = texte(reponse)
    assert "Nos bourgs se vident." in lu
    assert "Phrase calculée ce jour-là : La population baisse" in lu


@pytest.mark.parametrize(
    ("phrase", "raison"),
    [
        ("", "Écrivez la phrase à garder"),
        ("a" * 10_000, "1000"),
        ("a\x00b", "nul"),
    ],
)
def test_une_phrase_refusee_reste_dans_la_zone(client_porteur, equipe, chiffres, phrase, raison):
    url = reverse("diagnostics:constat", args=[equipe.pk, BAISSE])
    reponse = client_porteur.post(url, {"phrase": phrase})
    assert reponse.status_code == 422
    assert raison in texte(reponse)
    assert phrase.replace("\x00", "")[:500] in reponse.content.decode().replace("\x00", "")


@pytest.mark.parametrize("phrase", ["<script>alert(1)</script>", "#set page() $x$ @ref", "« Été » 🏥 \u202e"])
def test_une_phrase_etrange_se_lit_telle_quelle(client_porteur, equipe, chiffres, page, phrase):
    client_porteur.post(reverse("diagnostics:constat", args=[equipe.pk, BAISSE]), {"phrase": phrase})
    contenu = client_porteur.get(page).content.decode()
    assert phrase.replace("<", "&lt;").replace(">", "&gt;") in contenu


def test_deux_personnes_recrivent_les_deux_textes_se_lisent(client_porteur, equipe, chiffres):
    autre = MembreFabrique(equipe=equipe, confirme=True, prenom="Yann", nom="Kerbrat").compte
    actions.recrire_constat(equipe, constat_lu(BAISSE), phrase="La phrase de Yann.", acteur=autre)
    url = reverse("diagnostics:constat", args=[equipe.pk, BAISSE])
    reponse = client_porteur.post(url, {"phrase": "La mienne.", "version": "0"})
    assert reponse.status_code == 422
    lu = texte(reponse)
    assert "« La phrase de Yann. »" in lu
    assert "La mienne." in lu
    assert ConstatRetenu.objects.get().phrase == "La phrase de Yann."
    assert client_porteur.post(url, {"phrase": "La mienne.", "version": vue_de(reponse, "version")}).status_code == 302


def test_une_phrase_qui_a_change_depuis_l_ouverture_ne_se_garde_pas(client_porteur, equipe, chiffres, geste):
    reponse = geste("garder", vue="0" * 16, version="0")
    assert messages(reponse) == ["Les chiffres ont changé depuis que vous avez ouvert la page : relisez ce constat."]
    assert not ConstatRetenu.objects.exists()


def test_de_nouveaux_chiffres_ne_font_pas_oublier_la_decision(client_porteur, equipe, chiffres, page, geste, tmp_path):
    geste("garder")
    importer(tmp_path, "comparateur", fichiers.comparateur(EN_HAUSSE))
    lu = texte(client_porteur.get(page))
    assert "La population baisse" in lu
    assert "Les chiffres d’aujourd’hui ne donnent plus ce constat." in lu
    geste("ecarter")
    assert ConstatRetenu.objects.get().decision == "ecarte"


def test_sur_un_territoire_pas_enregistre_on_lit_sans_trier(client_porteur, chiffres, page):
    lu = client_porteur.get(page, {"communes": ["22136", "22219"]})
    assert "Enregistrez ce territoire pour les garder" in texte(lu)
    assert 'value="garder"' not in lu.content.decode()


@pytest.mark.parametrize("geste_inconnu", ["signer", ""])
def test_un_geste_inconnu_n_existe_pas(geste, chiffres, geste_inconnu):
    assert geste(geste_inconnu).status_code == 404


@pytest.mark.parametrize("identifiant", ["inconnu", "x" * 200, "%00", "population_en_hausse:evolution"])
def test_un_constat_qui_ne_sort_pas_des_chiffres_est_introuvable(client_porteur, equipe, chiffres, identifiant):
    url = f"/equipes/{equipe.pk}/territoire/constats/{identifiant}/"
    assert client_porteur.get(url).status_code == 404
    assert client_porteur.post(url, {"geste": "garder"}).status_code == 404


def test_qui_trie_qui_lit_qui_ne_voit_rien(client, equipe, chiffres, page):
    url = reverse("diagnostics:constat", args=[equipe.pk, BAISSE])
    membre = MembreFabrique(equipe=equipe, confirme=True).compte
    assert connecter(client, membre).post(url, {"geste": "garder"}).status_code == 302
    lecteur = AccesFabrique(equipe=equipe, rattache=True).compte
    reponse = connecter(client, lecteur).post(url, {"geste": "ecarter"})
    assert reponse.status_code == 403
    assert "Seuls les membres de l’équipe" in texte(reponse)
    assert "La population baisse" in texte(client.get(page))
    assert connecter(client, EquipeFabrique().porteur.compte).post(url, {"geste": "ecarter"}).status_code == 404
    assert [e.sorte for e in evenements_de(equipe)] == ["constat_garde"]


def test_le_cout_ne_depend_pas_du_nombre_de_constats(
    client_porteur, equipe, chiffres, page, django_assert_max_num_queries
):
    couts = []
    for nombre in (1, 3):
        for rang in range(nombre):
            constat_garde(equipe, f"essai-{rang}")
        client_porteur.get(page)
        with django_assert_max_num_queries(40) as requetes:
            client_porteur.get(page)
        couts.append(len(requetes))
    assert couts[0] == couts[1]
