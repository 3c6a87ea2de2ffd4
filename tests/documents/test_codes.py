"""Le code imprimé : imprévisible, lisible, et une faute de recopie se voit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.documents.codes import ALPHABET, normaliser, tirer


def test_un_code_a_quatre_groupes_sans_lettre_ambigue():
    for _ in range(200):
        assert re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}", tirer())
    assert not set(ALPHABET) & set("0OQ1ILUSBZAEÉ")


def test_deux_codes_ne_se_ressemblent_pas():
    assert len({tirer() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("ecrire", [str.lower, lambda c: c.replace("-", ""), lambda c: f"  {c.replace('-', ' ')} \n"])
def test_la_casse_et_la_ponctuation_ne_comptent_pas(ecrire):
    code = tirer()
    assert normaliser(ecrire(code)) == code


def test_les_lettres_confondues_sont_relues_en_chiffres():
    code = next(c for c in iter(tirer, "") if {"8", "5", "2"} <= set(c))
    assert normaliser(code.translate(str.maketrans("852", "BSZ"))) == code


@given(st.integers(0, 15), st.sampled_from(ALPHABET))
def test_un_signe_faux_se_voit(rang, signe):
    signes = tirer().replace("-", "")
    faux = signes[:rang] + signe + signes[rang + 1 :]
    assert (normaliser(faux) == "") == (faux != signes)


@given(st.text(max_size=300))
def test_n_importe_quoi_ne_fait_rien_tomber(texte):
    assert normaliser(texte) in {"", *([normaliser(texte)] if len(normaliser(texte)) == 19 else [])}


@pytest.mark.parametrize("texte", ["", "ABCD", "²²²²" * 4, "\x00" * 16, "x" * 10_000, "٣" * 16])
def test_ce_qui_n_est_pas_un_code_est_vide(texte):
    assert normaliser(texte) == ""
