"""Deviner un numéro de sécurité sociale ou une date de naissance, sans crier au loup."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.fichiers.vigilance import NAISSANCE, NIR, suspicions


def nir(corps: str) -> str:
    """Treize signes et leur clé."""
    nombre = corps.replace("2A", "19").replace("2B", "18")
    return f"{corps}{97 - int(nombre) % 97:02d}"


JUSTE = nir("2850578006084")


@pytest.mark.parametrize(
    "texte",
    [
        JUSTE,
        f"Mme X, {JUSTE}, suivie à Loudéac",
        "2 85 05 78 006 084 " + JUSTE[-2:],
        "2.85.05.78.006.084." + JUSTE[-2:],
        "2\u00a085\u202f05\u00a078\u00a0006\u00a0084\u00a0" + JUSTE[-2:],
        f"n°{JUSTE}.",
        nir("155032A234567"),
        nir("255032B234567").lower(),
        f"<p>NIR&nbsp;: <strong>{JUSTE}</strong></p>",
        nir("1992099123456"),
    ],
)
def test_un_nir_a_cle_juste_est_vu(texte):
    assert suspicions(texte) == [NIR]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 2), st.integers(0, 99), st.integers(1, 12), st.integers(1, 95), st.integers(0, 999_999))
def test_tout_nir_juste_est_vu_et_une_cle_fausse_ne_l_est_pas(sexe, annee, mois, departement, suite):
    juste = nir(f"{sexe}{annee:02d}{mois:02d}{departement:02d}{suite:06d}")
    fausse = f"{juste[:13]}{(int(juste[13:]) % 97) + 1:02d}"
    assert suspicions(juste) == [NIR]
    assert suspicions(fausse) == []


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "RPPS 10001234567, SIRET 13000548800012",
        "FR76 3000 6000 0112 3456 7890 189",
        "06 12 34 56 78 et 02 96 00 00 00",
        JUSTE + "7",
        "9" + JUSTE,
        "x" + JUSTE,
        "123456789012345",
        "4 200 patients, 12 345 678 actes",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Créneaux 14:30-18:00 du 12/03/2026 au 30/06/2026",
        "loi du 01/07/1901 relative au contrat d’association",
        "L’association, déclarée le 12/03/1998, réunit dix membres.",
        "né d’une rencontre en 2019, le projet avance",
        "Projet de santé établi le : 21 novembre 2026",
        "version 1.2.19501, page 3/4/19995",
    ],
)
def test_ce_qui_ressemble_sans_en_etre_ne_declenche_rien(texte):
    assert suspicions(texte) == []


@pytest.mark.parametrize(
    "texte",
    [
        "Patiente née le 12/03/1950",
        "né le 3 mars 1950",
        "Née le 1er août 2019",
        "NÉ LE 03-12-48",
        "née 12.03.1950",
        "né(e) le : 12/03/2001",
        "date de naissance : 12/03/1950",
        "Date de naissance (JJ/MM/AAAA) : 1950-03-12",
        "DDN 12/03/1950",
        "M. X, 12/03/1950, diabétique",
        "<p>née le&nbsp;12&nbsp;mars 1950</p>",
    ],
)
def test_une_date_de_naissance_est_vue(texte):
    assert suspicions(texte) == [NAISSANCE]


def test_les_deux_a_la_fois_donnent_deux_avertissements_sans_rien_repeter():
    trouves = suspicions(f"Mme X, née le 12/03/1950, {JUSTE}")
    assert trouves == [NIR, NAISSANCE]
    assert not any(c.isdigit() for phrase in trouves for c in phrase)


def test_un_texte_enorme_se_lit_en_temps_raisonnable():
    assert suspicions("1 " * 200_000 + "né le " * 20_000 + "<" * 50_000) == []
