"""L'annuaire public : la liste, la carte, les exports ; rien de plus que ce que l'équipe a choisi."""

import csv
import io
import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from esperluette.portail.annuaire import COLONNES
from esperluette.reconnaissances.models import Suspension
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune
from tests.fabriques.reconnaissances import ReconnaissanceFabrique
from tests.portail.pages import lire

pytestmark = pytest.mark.django_db


def page(client, **choix):
    return client.get(reverse("portail:annuaire"), choix)


def tableau(client, **choix):
    texte = client.get(reverse("portail:annuaire_csv"), choix).content.decode()
    assert texte.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(texte.lstrip("\ufeff")), delimiter=";"))


def carte(client, **choix):
    return json.loads(client.get(reverse("portail:annuaire_geojson"), choix).content)


@pytest.fixture
def deux():
    """Une équipe bretonne qui publie ses coordonnées, une équipe de Marseille qui les garde."""
    bretonne = EquipeFabrique(nom="Équipe du Lié", courriel="lie@equipe.example", telephone="02 96 00 00 00")
    sudiste = EquipeFabrique(nom="Équipe du Port", implantation=commune("13055"), courriel="port@equipe.example")
    MembreFabrique(equipe=bretonne, profession="60", nom="Secrète")
    return ReconnaissanceFabrique(equipe=bretonne, joignable=True), ReconnaissanceFabrique(equipe=sudiste, forme="msp")


def test_sans_equipe_l_etat_vide_s_explique(client):
    html = page(client).content.decode()
    assert "Aucune équipe n’est encore publiée." in html
    assert "<svg" not in html
    assert tableau(client) == []
    assert carte(client)["features"] == []


def test_la_liste_dit_l_equipe_et_tait_les_personnes(client, deux):
    html = page(client).content.decode()
    assert "2 équipes" in html
    for attendu in ("Équipe du Lié", "Équipe du Port", "1er mars 2025", "Infirmier"):
        assert attendu in html
    assert "Secrète" not in html


def test_les_coordonnees_ne_paraissent_que_si_l_equipe_l_a_choisi(client, deux):
    ou = [page(client).content.decode(), json.dumps(tableau(client)), json.dumps(carte(client))]
    for texte in ou:
        assert "lie@equipe.example" in texte
        assert "port@equipe.example" not in texte


@pytest.mark.parametrize(
    ("choix", "attendues"),
    [
        ({"region": "bretagne"}, ["Équipe du Lié"]),
        ({"departement": "13"}, ["Équipe du Port"]),
        ({"forme": "msp"}, ["Équipe du Port"]),
        ({"region": "bretagne", "forme": "msp"}, []),
        ({"region": "inconnue"}, []),
        ({}, ["Équipe du Lié", "Équipe du Port"]),
    ],
)
def test_le_choix_vaut_pour_la_page_et_pour_les_exports(client, deux, choix, attendues):
    html = page(client, **choix).content.decode()
    assert [nom for nom in ("Équipe du Lié", "Équipe du Port") if f"{nom} <span" in html] == attendues
    assert [ligne["nom"] for ligne in tableau(client, **choix)] == attendues
    assert [objet["properties"]["nom"] for objet in carte(client, **choix)["features"]] == attendues
    if choix and not attendues:
        assert "Aucune équipe publiée ne répond à ce choix." in html


def test_la_page_mene_aux_exports_du_meme_choix(client, deux):
    liens = lire(page(client, region="bretagne").content.decode()).liens
    export = next(lien for lien in liens if lien.startswith(reverse("portail:annuaire_csv")))
    texte = client.get(export).content.decode()
    assert "Équipe du Lié" in texte
    assert "Équipe du Port" not in texte


def test_la_carte_a_un_point_par_equipe_qui_mene_a_sa_ligne(client, deux):
    html = page(client).content.decode()
    lecture = lire(html)
    for reconnaissance in deux:
        ancre = f"equipe-{reconnaissance.equipe_id}-{reconnaissance.forme}"
        assert ancre in lecture.ancres
        assert f'href="#{ancre}"' in html
    assert "La liste dit la même chose." in html


def test_une_equipe_finie_ou_cachee_ne_parait_pas(client):
    ReconnaissanceFabrique(equipe__nom="Équipe finie", finie=True)
    ReconnaissanceFabrique(equipe__nom="Équipe cachée", cachee=True)
    html = page(client).content.decode()
    assert "Équipe finie" not in html
    assert "Équipe cachée" not in html


def test_une_equipe_fictive_ne_parait_que_dans_la_demonstration_et_le_dit(client, settings):
    ReconnaissanceFabrique(inventee=True, equipe__nom="Équipe inventée")
    assert tableau(client)[0]["fictive"] == "oui"
    assert ">fictive<" in page(client).content.decode()
    settings.DEMONSTRATION = False
    assert "Équipe inventée" not in page(client).content.decode()
    assert tableau(client) == []


def test_le_tableau_a_toutes_ses_colonnes_et_aucune_formule(client):
    ReconnaissanceFabrique(equipe__nom="=HYPERLINK(1)")
    ligne = tableau(client)[0]
    assert tuple(ligne) == COLONNES
    assert ligne["nom"] == "'=HYPERLINK(1)"


def test_la_carte_a_reprendre_place_chaque_equipe_dans_sa_commune(client, deux):
    objets = {o["properties"]["nom"]: o for o in carte(client)["features"]}
    longitude, latitude = objets["Équipe du Port"]["geometry"]["coordinates"]
    assert 5 < longitude < 6
    assert 43 < latitude < 44
    assert client.get(reverse("portail:annuaire_geojson"))["Content-Type"].startswith("application/geo+json")


@pytest.mark.parametrize("nom", ["annuaire_csv", "annuaire_geojson"])
def test_un_export_inchange_ne_se_renvoie_pas(client, deux, nom):
    premier = client.get(reverse(f"portail:{nom}"))
    assert "attachment" in premier["Content-Disposition"]
    assert premier["Cache-Control"] == "public, max-age=300"  # des coordonnées retirées disparaissent vite
    second = client.get(reverse(f"portail:{nom}"), headers={"If-None-Match": premier["ETag"]})
    assert (second.status_code, second.content) == (304, b"")


def test_trois_equipes_ne_coutent_pas_plus_qu_une(client):
    def cout():
        page(client)
        with CaptureQueriesContext(connection) as capture:
            page(client)
        return len(capture)

    MembreFabrique(equipe=ReconnaissanceFabrique().equipe)
    une = cout()
    for _ in range(2):
        MembreFabrique(equipe=ReconnaissanceFabrique().equipe)
    assert cout() == une <= 8


def test_une_reconnaissance_suspendue_se_dit_a_l_ecran_et_dans_le_tableau(client, deux):
    bretonne, _ = deux
    Suspension.objects.create(
        reconnaissance=bretonne, debut=date(2026, 3, 2), motif="Interne.", prononcee_par=CompteFabrique()
    )
    html = page(client).content.decode()
    assert html.count("Reconnaissance suspendue depuis le 2 mars 2026.") == 1
    assert "Interne." not in html
    assert {ligne["nom"]: ligne["suspendue_depuis"] for ligne in tableau(client)} == {
        "Équipe du Lié": "2026-03-02",
        "Équipe du Port": "",
    }
