"""Mettre une saisie en forme : les bonnes, les tordues, les hostiles."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.referentiel.trames import Champ, Option, ValeurRefusee, est_vide, normaliser

OPTIONS = (Option(id="a", libelle="A"), Option(id="b", libelle="B"), Option(id="autres", libelle="Autres"))
TEXTE = Champ(id="t", libelle="Texte", type="texte", longueur_max=20)
RICHE = Champ(id="r", libelle="Riche", type="texte_riche")
NOMBRE = Champ(id="n", libelle="Nombre", type="nombre", minimum=0, maximum=10_000, unite="%")
DATE = Champ(id="d", libelle="Date", type="date")
CASES = Champ(id="c", libelle="Cases", type="cases", options=OPTIONS)
CHOIX = Champ(id="x", libelle="Choix", type="choix", options=OPTIONS)
COMMUNES = Champ(id="m", libelle="Communes", type="communes", maximum=3)
MEMBRES = Champ(id="e", libelle="Membres", type="membres")
TABLEAU = Champ(
    id="axes", libelle="Axes", type="tableau", presentation="fiches", colonnes=(TEXTE, NOMBRE, CASES), maximum=3
)
TOUS = (TEXTE, RICHE, NOMBRE, DATE, CASES, CHOIX, COMMUNES, TABLEAU)


@pytest.mark.parametrize(
    ("champ", "brut", "valeur"),
    [
        (TEXTE, "  Bonjour \r\n toi ", "Bonjour \n toi"),
        (TEXTE, None, ""),
        (TEXTE, "e\u0301te\u0301", "été"),
        (TEXTE, "a\x00b\x07c\ud800", "abc"),
        (TEXTE, 12, "12"),
        (RICHE, "Un\n\nDeux & trois", "<p>Un</p><p>Deux &amp; trois</p>"),
        (RICHE, "<p>Oui<script>alert(1)</script></p>", "<p>Oui</p>"),
        (RICHE, '<p onclick="x()">Oui</p>', "<p>Oui</p>"),
        (RICHE, "<p> </p>", ""),
        (NOMBRE, "1 250", 1250),
        (NOMBRE, "1\u202f250,5", 1250.5),
        (NOMBRE, "12 %", 12),
        (NOMBRE, "12,0", 12),
        (NOMBRE, 7, 7),
        (NOMBRE, 7.0, 7),
        (NOMBRE, 0, 0),
        (NOMBRE, " ", None),
        (NOMBRE, None, None),
        (DATE, "2027-01-31", "2027-01-31"),
        (DATE, "1/2/2027", "2027-02-01"),
        (DATE, datetime.date(2027, 2, 1), "2027-02-01"),
        (DATE, datetime.datetime(2027, 2, 1, 10, tzinfo=datetime.UTC), "2027-02-01"),
        (DATE, "", None),
        (CASES, ["b", "a", "b"], ["a", "b"]),
        (CASES, "a", ["a"]),
        (CASES, "", []),
        (CASES, (), []),
        (CHOIX, "b", "b"),
        (CHOIX, "", None),
        (COMMUNES, ["22136", " 2a004 ", "22136"], ["22136", "2A004"]),
        (COMMUNES, None, []),
        (TABLEAU, [], []),
    ],
)
def test_une_bonne_saisie_prend_sa_forme(champ, brut, valeur):
    normale = normaliser(champ, brut)
    assert (normale, type(normale)) == (valeur, type(valeur))


@pytest.mark.parametrize(
    ("champ", "brut", "message"),
    [
        (TEXTE, "x" * 21, "trop long : 21 caractères, 20 au plus"),
        (TEXTE, ["x"], "Un texte est attendu"),
        (TEXTE, True, "Un texte est attendu"),
        (RICHE, "x" * 300_000, "trop long"),
        (NOMBRE, "douze", "Un nombre est attendu"),
        (NOMBRE, "1e5", "Un nombre est attendu"),
        (NOMBRE, "nan", "Un nombre est attendu"),
        (NOMBRE, float("nan"), "hors de portée"),
        (NOMBRE, float("inf"), "hors de portée"),
        pytest.param(NOMBRE, 10**400, "hors de portée", id="nombre-immense"),
        pytest.param(TEXTE, 10**5000, "hors de portée", id="texte-immense"),
        (NOMBRE, True, "Un nombre est attendu"),
        (NOMBRE, "-1", "au moins 0"),
        (NOMBRE, "10001", "au plus 10000"),
        (NOMBRE, "9" * 40, "Un nombre est attendu"),
        (NOMBRE, "١٢", "Un nombre est attendu"),
        (DATE, "2027-02-30", "n'existe pas"),
        (DATE, "31/02/2027", "n'existe pas"),
        (DATE, "demain", "n'existe pas"),
        (DATE, "0001-01-01", "hors de portée"),
        (DATE, 20270101, "n'existe pas"),
        (CASES, ["z"], "n'existe pas dans la trame"),
        (CASES, [["a"]], "n'existe pas dans la trame"),
        (CASES, {"a": 1}, "Une liste est attendue"),
        (CHOIX, "z", "n'existe pas dans la trame"),
        (CHOIX, ["a"], "Un texte est attendu"),
        (COMMUNES, ["Loudéac"], "code INSEE"),
        (COMMUNES, [22136], "code INSEE"),
        (COMMUNES, ["22136", "22137", "22138", "22139"], "3 communes au plus"),
        (TABLEAU, "x", "Ligne 1 : forme inattendue"),
        (TABLEAU, [{"t": "a"}] * 4, "3 lignes au plus"),
        (TABLEAU, [{"z": 1}], "« z » n'existe pas dans la trame"),
        (TABLEAU, [{3: 1}], "« 3 » n'existe pas dans la trame"),
        (TABLEAU, [{"t": "a"}, {"n": "douze"}], "Ligne 2, Nombre : Un nombre est attendu"),
        (TABLEAU, [{"id": "un"}, {"id": "un"}], "Ligne 2 : identifiant refusé"),
        (TABLEAU, [{"id": "../etc"}], "Ligne 1 : identifiant refusé"),
        (TABLEAU, [{"id": 12}], "Ligne 1 : identifiant refusé"),
        (MEMBRES, [], "vient de l'équipe"),
    ],
)
def test_une_saisie_refusee_dit_pourquoi(champ, brut, message):
    with pytest.raises(ValeurRefusee, match=message):
        normaliser(champ, brut)


def test_une_ligne_de_tableau_recoit_un_identifiant_et_garde_le_sien():
    (neuve, ancienne) = normaliser(TABLEAU, [{"t": "a"}, {"id": "k1", "n": "3", "c": ["a"]}])
    assert len(neuve.pop("id")) == 12
    assert neuve == {"t": "a", "n": None, "c": []}
    assert ancienne == {"id": "k1", "t": "", "n": 3, "c": ["a"]}


saisies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20),
    lambda suite: (
        st.lists(suite, max_size=4) | st.dictionaries(st.text(max_size=5) | st.integers(), suite, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from(TOUS), saisies)
def test_aucune_entree_ne_fait_planter_et_tout_accepte_est_stable(champ, brut):
    """Une saisie est refusée, ou devient du JSON que l'on peut normaliser de nouveau sans le changer."""
    try:
        valeur = normaliser(champ, brut)
    except ValeurRefusee:
        return
    json.dumps(valeur, allow_nan=False).encode()
    assert normaliser(champ, valeur) == valeur
    assert est_vide(champ, valeur) in {True, False}


@given(st.text())
def test_un_texte_riche_accepte_ne_contient_aucune_balise_active(brut):
    valeur = normaliser(RICHE, "<p>" + brut + "</p>")
    assert "<script" not in valeur.lower()
    assert "javascript:" not in valeur.lower() or "<a" not in valeur.lower()
