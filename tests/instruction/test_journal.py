"""Le journal de la fiche : lisible, filtrable, paginé."""

import pytest
from django.urls import reverse

from esperluette.instruction import actions
from esperluette.journal.actions import consigner
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db
REQUETES = 26


def lire(client, dossier, **filtres):
    return client.get(reverse("instruction:journal", args=[dossier.reference]), filtres).content.decode()


def actes(html):
    """La liste, sans les filtres."""
    return html.partition("du plus récent au plus ancien")[2]


@pytest.fixture
def agente(client, acteurs, dossier):
    actions.prendre_en_instruction(dossier, acteur=acteurs["referente"])
    return connecter(client, acteurs["referente"])


def test_les_actes_se_lisent_en_phrases(agente, dossier):
    html = lire(agente, dossier)
    assert "a déposé le dossier" in html
    assert "a pris le dossier en instruction" in html
    assert "prendre_en_instruction</strong>" not in html


def test_on_filtre_par_personne_et_par_sorte(agente, acteurs, dossier):
    html = actes(lire(agente, dossier, qui=str(acteurs["referente"])))
    assert "a pris le dossier en instruction" in html
    assert "a déposé le dossier" not in html
    html = actes(lire(agente, dossier, quoi="deposer"))
    assert "a déposé le dossier" in html
    assert "a pris le dossier en instruction" not in html


def test_on_filtre_par_jour(agente, dossier):
    assert "Aucun acte ne répond" in lire(agente, dossier, au="2020-01-01")
    assert "a déposé le dossier" in lire(agente, dossier, du="2020-01-01")


@pytest.mark.parametrize("filtres", [
    {"qui": "Personne"}, {"quoi": "inconnu"}, {"du": "hier"}, {"au": "9999-99-99"}, {"page": "x"}, {"page": "99999"},
    {"qui": "\x00"}, {"qui": "é" * 5000},
])  # fmt: skip
def test_un_filtre_impossible_ne_fait_rien_planter(filtres, agente, dossier):
    adresse = reverse("instruction:journal", args=[dossier.reference])
    assert agente.get(adresse, filtres).status_code == 200


def test_un_long_journal_se_lit_par_pages(agente, acteurs, dossier):
    for rang in range(60):
        consigner("rouvrir", dossier, acteur=acteurs["porteuse"], rang=rang)
    assert "Plus anciens" in lire(agente, dossier)
    assert "Plus récents" in lire(agente, dossier, page=2)


def test_le_journal_coute_autant_pour_un_et_trois_actes(agente, acteurs, dossier, requetes):
    lire(agente, dossier)
    consigner("rouvrir", dossier, acteur=acteurs["porteuse"], rang=0)
    un = requetes(lambda: lire(agente, dossier))
    consigner("rouvrir", dossier, acteur=acteurs["porteuse"], rang=1)
    consigner("rouvrir", dossier, acteur=acteurs["porteuse"], rang=2)
    assert requetes(lambda: lire(agente, dossier)) == un <= REQUETES
