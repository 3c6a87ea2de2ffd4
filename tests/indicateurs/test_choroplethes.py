"""La carte d'un chiffre : des classes qui disent vrai, du moins au plus encré ; un manque n'est jamais un zéro."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.documents import figures
from esperluette.indicateurs.choroplethes import rampe, seuils
from esperluette.indicateurs.dessins import carte_du_chiffre
from esperluette.territoires.cartes import RAMPE, TU
from tests.fabriques.indicateurs import charger

SVG = "{http://www.w3.org/2000/svg}"
LOUDEAC, PLOUGUENAST, ROSTRENEN, SAINT_BRIEUC, BREHAT = "22136", "22219", "22266", "22278", "22016"
VALEURS = {LOUDEAC: 1.0, PLOUGUENAST: 2.0, ROSTRENEN: None, SAINT_BRIEUC: 5.0, BREHAT: None}


@pytest.fixture
def charge(territoire):
    charger("apl_medecins", VALEURS, tues=[ROSTRENEN])


def remplissages(carte):
    """Le remplissage de chaque commune, par le texte de son infobulle."""
    racine = ET.fromstring(carte.svg)  # noqa: S314 — notre propre dessin
    return {
        e.find(f"{SVG}title").text: e.get("fill")
        for e in racine.iter(f"{SVG}path")
        if e.find(f"{SVG}title") is not None
    }


# --- Les classes ------------------------------------------------------------------------------------------

LISTES = st.lists(st.floats(-50, 5000).map(lambda x: round(x, 1)), min_size=1, max_size=200)


@given(valeurs=LISTES)
def test_les_bornes_montent_et_aucune_classe_n_est_vide(valeurs):
    bornes = seuils(valeurs, len(RAMPE), 1)
    assert bornes == sorted(set(bornes))
    assert len(bornes) < len(RAMPE)
    limites = [float("-inf"), *bornes, float("inf")]
    for bas, haut in pairwise(limites):
        assert any(bas <= v < haut for v in valeurs)


@given(valeurs=LISTES, graine=st.randoms())
def test_l_ordre_des_communes_ne_change_pas_les_classes(valeurs, graine):
    melangees = list(valeurs)
    graine.shuffle(melangees)
    assert seuils(valeurs, 5, 1) == seuils(melangees, 5, 1)


def test_sans_valeur_il_n_y_a_pas_de_classe():
    assert seuils([], 5, 1) == []
    assert rampe(0) == []


def luminance(couleur):
    rouge, vert, bleu = (int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_en_gris_chaque_classe_est_plus_sombre_que_la_precedente(classes):
    motifs = rampe(classes)
    fonds = [luminance(fond) for fond, _, _ in motifs]
    assert fonds == sorted(fonds, reverse=True)
    assert len({nom for _, _, nom in motifs}) == classes
    assert TU[2] not in {nom for _, _, nom in motifs}


# --- La carte ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("charge")
def test_chaque_commune_porte_la_classe_de_sa_valeur():
    carte = carte_du_chiffre(VALEURS, "apl_medecins")
    fonds = remplissages(carte)
    assert fonds["Plouguenast-Langast : 2,0"] != fonds["Loudéac : 1,0"] != fonds["Saint-Brieuc : 5,0"]
    assert fonds["Île-de-Bréhat : manquant"] is None  # blanche
    assert fonds["Rostrenen : secret statistique"] not in {None, fonds["Loudéac : 1,0"], fonds["Saint-Brieuc : 5,0"]}


@pytest.mark.usefixtures("charge")
def test_la_legende_est_dans_le_dessin_et_compte_chaque_classe():
    racine = ET.fromstring(carte_du_chiffre(VALEURS, "apl_medecins").svg)  # noqa: S314
    textes = [t.text for t in racine.iter(f"{SVG}text")]
    assert "Secret statistique (1)" in textes
    assert "Non renseigné (1)" in textes
    assert "5,0 et plus (1)" in textes
    assert sum(int(re.search(r"\((\d+)\)$", t).group(1)) for t in textes) == len(VALEURS)


@pytest.mark.usefixtures("charge")
def test_le_tableau_dit_chaque_commune_et_le_texte_les_extremes():
    carte = carte_du_chiffre(VALEURS, "apl_medecins")
    assert dict(carte.tableau.lignes)["Rostrenen"] == "secret statistique"
    assert len(carte.tableau.lignes) == len(VALEURS)
    assert "de 1,0 (Loudéac) à 5,0 (Saint-Brieuc)" in carte.texte
    assert "1 sous secret statistique ou masquées, 1 sans valeur connue" in carte.texte
    assert "Producteur fictif" in carte.source


@pytest.mark.usefixtures("charge")
def test_la_carte_entre_telle_quelle_dans_un_document():
    carte = carte_du_chiffre(VALEURS, "apl_medecins")
    assert figures.contenu(figures.source_image(carte.svg)) == carte.svg.encode()


@pytest.mark.usefixtures("territoire")
def test_sans_jeu_charge_la_carte_reste_blanche_et_le_dit():
    carte = carte_du_chiffre(VALEURS, "apl_medecins")
    assert "Aucune valeur connue" in carte.texte
    assert set(remplissages(carte).values()) == {None}
    assert {valeur for _, valeur in carte.tableau.lignes} == {"non chargé"}


@pytest.mark.usefixtures("charge")
def test_un_zero_a_sa_classe_et_se_distingue_d_un_manque():
    charger("apl_medecins", VALEURS | {LOUDEAC: 0.0})
    fonds = remplissages(carte_du_chiffre(VALEURS, "apl_medecins"))
    assert fonds["Loudéac : 0,0"]
    assert fonds["Rostrenen : manquant"] is None


@pytest.mark.usefixtures("charge")
def test_une_seule_valeur_fait_une_seule_classe():
    carte = carte_du_chiffre([LOUDEAC], "apl_medecins")
    assert "1,0 (1)" in carte.svg


@pytest.mark.usefixtures("charge")
def test_un_chiffre_inconnu_se_refuse():
    with pytest.raises(KeyError):
        carte_du_chiffre(VALEURS, "rien")


@pytest.mark.usefixtures("charge")
@pytest.mark.parametrize("codes", [[LOUDEAC], list(VALEURS)])
def test_une_carte_prend_quatre_requetes_au_plus(codes, django_assert_max_num_queries):
    carte_du_chiffre(codes, "apl_medecins")  # les chiffres se réunissent une fois
    with django_assert_max_num_queries(4):
        carte_du_chiffre(codes, "apl_medecins")


@pytest.mark.usefixtures("charge")
def test_un_identifiant_ou_un_titre_hostile_reste_du_texte():
    carte = carte_du_chiffre([LOUDEAC], "apl_medecins", titre='</title><script>"', identifiant='x"><script>')
    assert "<script" not in carte.svg
