"""Ce que d'autres apps ajoutent aux pages d'un dossier : ordre, priorité, affichage."""

import pytest

from esperluette.dossiers import contributions
from esperluette.dossiers.contributions import Bloc, Onglet, blocs_de, onglets_de
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db


def _onglets(dossier, _compte):
    yield Onglet("fin", "Dernier", "/fin/", nombre=3, ordre=999)
    yield Onglet("debut", "Premier", "/debut/", ordre=-1)


def _blocs(dossier, _compte):
    yield Bloc("calme", "Rien d’urgent", "Une phrase.", ordre=-2)
    yield Bloc("vite", "À vous : 3 remarques", "Avant le 30 octobre.", "/vite/", "Répondre", urgent=True, ordre=999)


@pytest.fixture
def contribue():
    contributions.ONGLETS.inscrire(_onglets)
    contributions.BLOCS.inscrire(_blocs)
    yield
    contributions.ONGLETS.retirer(_onglets)
    contributions.BLOCS.retirer(_blocs)


def test_les_onglets_suivent_leur_ordre(contribue, dossier_depose, acteurs):
    cles = [o.cle for o in onglets_de(dossier_depose, acteurs["porteuse"])]
    assert (cles[0], cles[-1]) == ("debut", "fin")


def test_l_urgent_se_dit_d_abord_quel_que_soit_son_ordre(contribue, dossier_depose, acteurs):
    cles = [b.cle for b in blocs_de(dossier_depose, acteurs["porteuse"])]
    assert cles.index("vite") < cles.index("calme")


def test_la_fiche_de_l_equipe_les_montre(contribue, client, dossier_depose, acteurs):
    connecter(client, acteurs["porteuse"])
    page = client.get(f"/dossiers/{dossier_depose.reference}/").content.decode()
    assert "Dernier (3)" in page
    assert page.index("À vous : 3 remarques") < page.index("Rien d’urgent") < page.index("Les étapes")
    assert 'href="/vite/">Répondre' in page
