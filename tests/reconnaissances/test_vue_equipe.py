"""L'équipe lit sa reconnaissance, et choisit de publier ou non ses coordonnées."""

import pytest

from esperluette.interlocuteurs.models import MessageInformation
from esperluette.reconnaissances.lectures import annuaire
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.interlocuteurs import ContactFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def equipe():
    return EquipeFabrique(nom="Équipe du Lié", courriel="equipe@lie.example")


def url(equipe) -> str:
    return f"/equipes/{equipe.pk}/reconnaissance/"


def test_l_onglet_ne_vient_qu_avec_une_reconnaissance(client, equipe):
    connecter(client, equipe.porteur.compte)
    assert url(equipe) not in client.get(f"/equipes/{equipe.pk}/").content.decode()
    assert "n’a pas encore enregistré" in client.get(url(equipe)).content.decode()
    ReconnaissanceFabrique(equipe=equipe)
    assert url(equipe) in client.get(f"/equipes/{equipe.pk}/").content.decode()


def test_le_porteur_publie_puis_retire(client, equipe):
    reconnaissance = ReconnaissanceFabrique(equipe=equipe)
    connecter(client, equipe.porteur.compte)
    page = client.get(url(equipe)).content.decode()
    assert "Publier nos coordonnées" in page
    assert "equipe@lie.example" in page
    client.post(url(equipe), {"reconnaissance": reconnaissance.pk, "coordonnees": "oui"})
    assert annuaire()[0].coordonnees == {"courriel": "equipe@lie.example"}
    assert "Retirer nos coordonnées" in client.get(url(equipe)).content.decode()
    client.post(url(equipe), {"reconnaissance": reconnaissance.pk, "coordonnees": "non"})
    assert annuaire()[0].coordonnees == {}


def test_un_membre_lit_sans_choisir(client, equipe):
    reconnaissance = ReconnaissanceFabrique(equipe=equipe)
    connecter(client, MembreFabrique(equipe=equipe, confirme=True).compte)
    page = client.get(url(equipe)).content.decode()
    assert "Décision ARS 2025-17" in page
    assert "Publier nos coordonnées" not in page
    reponse = client.post(url(equipe), {"reconnaissance": reconnaissance.pk, "coordonnees": "oui"})
    assert reponse.status_code == 403
    assert annuaire()[0].coordonnees == {}


def test_la_reconnaissance_d_une_autre_equipe_ne_se_change_pas_d_ici(client, equipe):
    autre = ReconnaissanceFabrique()
    connecter(client, equipe.porteur.compte)
    for cle in (autre.pk, "", "abc"):
        assert client.post(url(equipe), {"reconnaissance": cle, "coordonnees": "oui"}).status_code == 404
    assert client.get(url(autre.equipe)).status_code == 404


def test_une_reconnaissance_finie_ou_cachee_ne_propose_rien(client, equipe):
    ReconnaissanceFabrique(equipe=equipe, finie=True)
    connecter(client, equipe.porteur.compte)
    page = client.get(url(equipe)).content.decode()
    assert "Finie" in page
    assert "Publier nos coordonnées" not in page


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_coute_autant_a_une_et_a_trois(client, equipe, django_assert_num_queries, nombre):
    for _ in range(nombre):
        ReconnaissanceFabrique(equipe=equipe, finie=True)
    connecter(client, equipe.porteur.compte).get(url(equipe))
    with django_assert_num_queries(10):
        client.get(url(equipe))


def test_un_message_de_la_region_se_lit_au_tableau_de_bord_de_qui_il_vise(client, equipe):
    for titre, public in (("Pour les équipes", "equipes"), ("Pour les agents", "agents"), ("Pour tous", "tous")):
        MessageInformation.objects.create(
            region=equipe.region, titre=titre, texte="…", public=public, source_document="x", source_date="2026-01-01"
        )
    ContactFabrique(region=equipe.region)
    page = connecter(client, equipe.porteur.compte).get(f"/equipes/{equipe.pk}/").content.decode()
    assert "Pour les équipes" in page
    assert "Pour tous" in page
    assert "Pour les agents" not in page
    assert f"/rencontre/?equipe={equipe.pk}" in page
    agent = FonctionFabrique(referent=True, region=equipe.region).compte
    page = connecter(client, agent).get("/instruction/").content.decode()
    assert "Pour les agents" in page
    assert "Pour les équipes" not in page
