"""Dates et espaces comme on les écrit en français, dans le Python comme dans les gabarits."""

import datetime

import pytest
from django.template import Context, Template

from esperluette.commun.dates import en_lettres
from esperluette.commun.templatetags.francais import typo

PREMIER = datetime.date(2026, 2, 1)
ONZE = datetime.date(2026, 2, 11)


@pytest.mark.parametrize(
    ("jour", "forme", "attendu"),
    [
        (PREMIER, "j F Y", "1er février 2026"),
        (PREMIER, "l j F Y", "dimanche 1er février 2026"),
        (PREMIER, "j F", "1er février"),
        (PREMIER, "j/m/Y", "1/02/2026"),
        (ONZE, "j F Y", "11 février 2026"),
        (ONZE, "l j F Y", "mercredi 11 février 2026"),
    ],
)
def test_le_premier_du_mois_s_ecrit_1er(jour: datetime.date, forme: str, attendu: str) -> None:
    assert en_lettres(jour, forme) == attendu
    assert Template('{{ jour|date:"' + forme + '" }}').render(Context({"jour": jour})) == attendu


def test_le_filtre_date_suit_l_heure_de_paris_et_supporte_l_absence() -> None:
    veille_a_londres = datetime.datetime(2026, 1, 31, 23, 30, tzinfo=datetime.UTC)
    assert Template('{{ jour|date:"j F Y à H:i" }}').render(Context({"jour": veille_a_londres})) == (
        "1er février 2026 à 00:30"
    )
    assert Template("{{ jour|date }}|{{ rien|date }}").render(Context({"jour": PREMIER, "rien": None})) == (
        "1er février 2026|"
    )


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        ("Annexe 1 : « SISA… » ; ensuite ?", "Annexe 1\u00a0: «\u00a0SISA…\u00a0»\u00a0; ensuite\u00a0?"),
        ("à 10:30, rien", "à 10:30, rien"),
    ],
)
def test_un_signe_double_ne_commence_jamais_une_ligne(ecrit: str, attendu: str) -> None:
    assert typo(ecrit) == attendu


def test_un_texte_d_edition_reste_echappe() -> None:
    assert Template("{{ texte|typo }}").render(Context({"texte": "<b> :"})) == "&lt;b&gt;\u00a0:"
