"""Rien de ce qu'on exporte ne s'exécute dans un tableur."""

import pytest

from esperluette.commun.tableur import sans_formule


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_un_debut_de_formule_devient_du_texte(debut):
    assert sans_formule(f"{debut}HYPERLINK(1)") == f"'{debut}HYPERLINK(1)"


@pytest.mark.parametrize("valeur", ["", "Équipe du Lié", "2 = 1 + 1", "02 96 00 00 00"])
def test_le_reste_ne_change_pas(valeur):
    assert sans_formule(valeur) == valeur
