"""Comparer des noms comme on les tape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.territoires import texte as t

CLES = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("saisie", "forme"),
    [
        ("Loudéac", "loudeac"),
        ("LOUDÉAC", "loudeac"),
        ("St-Malo", "saint malo"),
        ("st malo", "saint malo"),
        ("Ste-Anne-d'Auray", "sainte anne d auray"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Fontenay s/ Bois", "fontenay sur bois"),
        ("Œuilly", "oeuilly"),
        ("  Île-de-Bréhat ", "ile de brehat"),
        ("Plouër‑sur‑Rance", "plouer sur rance"),
        ("...", ""),
        ("", ""),
    ],
)
def test_la_forme_oublie_casse_accents_tirets_et_abreviations(saisie, forme):
    assert t.forme(saisie) == forme


def test_un_dernier_mot_inacheve_n_est_pas_forcement_une_abreviation():
    assert t.cles_de_saisie("st") == ["saint", "st"]
    assert t.cles_de_saisie("st malo") == ["saintmalo"]
    assert t.cles_de_saisie("  ") == []


def test_les_suffixes_commencent_aux_mots_pleins():
    assert t.suffixes("La Roche-sur-Yon") == ["larochesuryon", "rochesuryon", "yon"]
    assert t.suffixes("Le Havre") == ["lehavre", "havre"]
    assert t.suffixes("Y") == ["y"]
    assert t.suffixes("") == []


def test_un_nom_de_petits_mots_garde_tous_ses_mots():
    assert t.mots_pleins("Les Aux") == ["les", "aux"]
    assert t.mots_pleins("Les Sables") == ["sables"]


@given(CLES, CLES)
def test_la_borne_haute_separe_ce_qui_commence_par_le_prefixe(prefixe, autre):
    fin = t.successeur(prefixe)
    dedans = autre >= prefixe and (not fin or autre < fin)
    assert dedans == autre.startswith(prefixe)
    assert (prefixe + autre) >= prefixe
    assert not fin or (prefixe + autre) < fin


@pytest.mark.parametrize(
    ("prefixe", "fin"), [("a", "b"), ("az", "b"), ("9", "a"), ("z", ""), ("bzz", "c"), ("a9", "aa")]
)
def test_la_borne_haute_de_quelques_prefixes(prefixe, fin):
    assert t.successeur(prefixe) == fin


@pytest.mark.parametrize(
    ("a", "b", "fautes"),
    [
        ("loudeac", "loudeac", 0),
        ("loudeac", "loudeak", 1),
        ("loudeac", "ludeac", 1),
        ("loudeac", "louddeac", 1),
        ("loudeac", "luodeac", 1),  # deux lettres inversées
        ("loudeac", "lodaec", 2),
        ("rennes", "brest", 3),
        ("a", "abcdef", 3),
    ],
)
def test_la_distance_compte_les_fautes_jusqu_a_la_borne(a, b, fautes):
    assert t.distance_bornee(a, b, 2) == fautes


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_la_distance_est_symetrique_et_nulle_pour_soi(a, b):
    assert t.distance_bornee(a, b, 2) == t.distance_bornee(b, a, 2)
    assert t.distance_bornee(a, a, 2) == 0


@pytest.mark.parametrize(
    ("texte", "oui"),
    [
        ("22136", True),
        (" 22136 ", True),
        ("2A004", True),
        ("2b033", True),
        ("2213", False),
        ("2C004", False),
        ("Rennes", False),
    ],
)
def test_un_code_se_reconnait(texte, oui):
    assert t.ressemble_a_un_code(texte) is oui
