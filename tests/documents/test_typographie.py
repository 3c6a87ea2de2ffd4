"""Espaces insécables, caractères interdits, glyphes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.documents.composition import en_pdf
from esperluette.documents.typographie import (
    SYMBOLES,
    assainir,
    avec_glyphes,
    composer_html,
    espaces_insecables,
    sans_interdits,
)

ESPACES = str.maketrans({"\u00a0": "_", "\u202f": "'"})


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Qui pilote ? Nous !", "Qui pilote'? Nous'!"),
        ("ensemble : oui ; non", "ensemble_: oui'; non"),
        ("« oui »", "«_oui_»"),
        ("«oui»", "«_oui_»"),
        ("12 345 678 patients", "12'345'678 patients"),
        ("10 % de 500 €", "10_% de 500_€"),
        ("Dr Le Goff, art. L. 1411", "Dr_Le Goff, art._L._1411"),
        ("n° 12, § 4", "n°_12, §_4"),
        ("à 14:30, https://a.example/?b", "à 14:30, https://a.example/?b"),
        ("le 12 2026", "le 12 2026"),
        ("a:b ;c", "a:b ;c"),
    ],
)
def test_les_espaces_insecables_du_francais(texte, attendu):
    assert espaces_insecables(texte).translate(ESPACES) == attendu


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab 12:;!?«»%€.°nLDr\u00a0\n"))
def test_les_espaces_insecables_ne_changent_aucun_mot(texte):
    compose = espaces_insecables(texte)
    assert "".join(compose.split()) == "".join(texte.split())
    assert espaces_insecables(compose) == compose


def test_les_balises_et_leurs_attributs_restent_intacts():
    page = '<p title="a ; b"><a href="https://x.example/?a>1 ;b < c ; d">vu ; lu</a></p>'
    assert composer_html(page) == page.replace("vu ;", "vu\u202f;")


def test_les_caracteres_de_controle_et_les_marques_de_sens_tombent():
    assert sans_interdits("a\x00b\x1bc\u202ed\u2066e\ufefff\r\ng\rh\ti") == "abcdef\ng\nh\ti"
    assert assainir({"a": ["x\x00", {"b": "\ud800y"}], "n": 3, "v": None}) == {
        "a": ["x", {"b": "y"}],
        "n": 3,
        "v": None,
    }


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Équipe d’œuvre « & » — 12 € Ŷ ǎ αβ Жук", "Équipe d’œuvre « & » — 12 € Ŷ ǎ αβ Жук"),
        ("e\u0301te\u0301", "été"),
        ("avant\u2011garde", "avant-garde"),
        ("\U0001d406as \u2163", "Gas IV"),
        ("☐ ☒ ✓", "☐ ☒ ✓"),
        ("bravo 😀", "bravo [U+1F600]"),
        ("cœur ❤\ufe0f lié", "cœur [U+2764] lié"),
        ("中", "[U+4E2D]"),
    ],
)
def test_un_caractere_absent_de_la_police_se_remplace_sans_disparaitre(texte, attendu):
    assert avec_glyphes(texte) == attendu


def test_tout_ce_que_la_police_dit_savoir_ecrire_se_compose():
    """Le PDF/UA refuse un glyphe manquant : la liste de secours doit être vraie, et les écritures courantes aussi."""
    texte = "".join(sorted(SYMBOLES)) + "àâäçéèêëîïôöùûüÿœæÀÉÈŒ’“”«»–—…•·×÷±°²³½¼€£§¶†‰\u00a0\u202f αβγ АБВ"
    blocs = [
        {"t": "Para", "c": [{"t": sorte, "c": [{"t": "Str", "c": texte}]}]} for sorte in ("Strong", "Emph", "Span")
    ]
    blocs[2]["c"][0]["c"] = [["", [], []], [{"t": "Str", "c": texte}]]
    arbre = {"meta": {"title": {"t": "MetaString", "c": texte}}, "blocks": blocs}
    assert en_pdf(arbre, instant=0).startswith(b"%PDF-1.7")
