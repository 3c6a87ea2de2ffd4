"""Le nom d'un fichier ne trompe personne."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.fichiers.noms import LONGUEUR, extension_de, nettoyer_nom


@pytest.mark.parametrize(
    ("brut", "propre"),
    [
        ("Statuts signés.pdf", "Statuts signés.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anne\\rib.pdf", "rib.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("e\u0301quipe.pdf", "équipe.pdf"),
        ("a\x00b\nc\t.pdf", "ab c.pdf"),
        ("nom\u200binvisible\u2066.pdf", "nominvisible.pdf"),
        ('a<b>:"c|d?*.pdf', "a-b-c-d-.pdf"),
        ("  . rib.pdf .  ", "rib.pdf"),
        ("", "document"),
        ("...", "document"),
        (".htaccess", "htaccess"),
        ("CON.pdf", "_CON.pdf"),
        ("rib", "rib"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie- x.pdf"),
        ("😀.png", "😀.png"),
    ],
)
def test_le_nom_est_nettoye(brut, propre):
    assert nettoyer_nom(brut) == propre


def test_un_nom_trop_long_garde_son_extension():
    propre = nettoyer_nom("é" * 400 + ".pdf")
    assert len(propre) == LONGUEUR
    assert propre.endswith("é.pdf")
    assert len(nettoyer_nom("a." + "x" * 400)) <= LONGUEUR


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_tout_nom_devient_montrable(brut):
    propre = nettoyer_nom(brut)
    assert 0 < len(propre) <= LONGUEUR
    assert not set(propre) & set('/\\<>:"|?*\r\n\t\x00')
    assert not {unicodedata.category(c) for c in propre} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert nettoyer_nom(propre) == propre


@pytest.mark.parametrize(
    ("nom", "extension"), [("a.PDF", "pdf"), ("a.b.docx", "docx"), ("a", ""), (".pdf", ""), ("a.", "")]
)
def test_l_extension_est_la_derniere_en_minuscules(nom, extension):
    assert extension_de(nom) == extension
