"""Lire du YAML sans surprise : les types, les lignes, les refus."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.referentiel.yaml_situe import FichierInvalide, lire


@pytest.mark.parametrize(
    ("texte", "valeur"),
    [
        ('"01"', "01"),
        ("01", 1),
        ("non", "non"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("true", True),
        ("~", None),
        ("1.5", 1.5),
        ("1_000", 1000),
        ("0o10", 8),
        ("2024-10-02", datetime.date(2024, 10, 2)),
        ("2024-10-02 10:00:00", "2024-10-02 10:00:00"),
        ("[1, [2]]", (1, (2,))),
    ],
)
def test_les_valeurs_sont_celles_de_yaml_1_2(texte, valeur):
    lue = lire(f"a: {texte}", "f.yaml").contenu["a"]
    assert (lue, type(lue)) == (valeur, type(valeur))


def test_chaque_valeur_a_sa_ligne():
    lu = lire("a:\n  - b: 1\n    c: 2\n  - b: 3\n", "f.yaml")
    assert lu.ligne(("a",)) == 1
    assert lu.ligne(("a", 0, "b")) == 2
    assert lu.ligne(("a", 0, "c")) == 3
    assert lu.ligne(("a", 1, "b")) == 4
    assert lu.ligne(("a", 1, "absent")) == 4
    assert lu.ligne(("inconnu",)) == 1


@given(st.text(max_size=200))
def test_aucun_texte_ne_fait_planter_la_lecture(texte):
    refus = None
    try:
        lire(texte, "f.yaml")
    except FichierInvalide as erreur:
        refus = erreur
    assert refus is None or (refus.fichier == "f.yaml" and refus.ligne >= 1 and refus.cause)
