"""Chercher sans accents ni casse."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.commun.recherche import motif_tolerant


@pytest.mark.parametrize(
    ("saisie", "texte"),
    [
        ("equipe du lie", "Équipe du Lié"),
        ("ÉQUIPE", "équipe"),
        ("l'anse", "ESP de l’Anse"),
        ("saint malo", "Saint-Malo"),
        ("saint-malo", "Saint Malo"),
        ("lecon", "Leçon"),
    ],
)
def test_on_trouve_sans_accent_ni_casse(saisie, texte):
    assert re.search(motif_tolerant(saisie), texte, re.IGNORECASE)


@pytest.mark.parametrize("special", [".*", "[", "(", "a|b", "\\", "^$", "{2}"])
def test_un_caractere_special_ne_cherche_que_lui_meme(special):
    assert re.search(motif_tolerant(special), f"x{special}y", re.IGNORECASE)
    assert not re.search(motif_tolerant(special), "Équipe du Lié", re.IGNORECASE)


@given(st.text(min_size=1, max_size=40))
def test_un_texte_se_trouve_toujours_lui_meme(texte):
    propre = " ".join(texte.split())
    assert re.search(motif_tolerant(propre), propre.lower(), re.IGNORECASE) is not None
