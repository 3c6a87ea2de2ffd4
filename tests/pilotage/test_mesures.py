"""Compter, sans base : périodes, délais, équipes, populations ; et les courbes."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.documents.figures import source_image
from esperluette.dossiers.enums import Etat
from esperluette.pilotage.courbes import GRADUATIONS, Serie, _pas, tracer
from esperluette.pilotage.mesures import (
    GROUPE_DE,
    GROUPES,
    Acquis,
    Lieu,
    Periode,
    Trace,
    chiffrer,
    couvertes,
    delai,
    equipes_le,
    par_mois,
    population,
)
from esperluette.pilotage.templatetags.pilotage import chiffre

JOUR = date(2026, 6, 15)
ANNEE = Periode(date(2026, 1, 1), date(2026, 12, 31))
jours = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def trace(depot, **suite):
    return Trace("22", suite.pop("etat", "depose"), depot, **suite)


def test_chaque_etat_est_dans_un_groupe_et_un_seul():
    assert set(GROUPE_DE) == set(Etat)
    assert sum(len(etats) for _, etats in GROUPES.values()) == len(Etat)


@given(jours, st.integers(0, 3000))
def test_les_mois_couvrent_la_periode_sans_trou_ni_recouvrement(du, duree):
    periode = Periode(du, du + timedelta(days=duree))
    mois = periode.mois
    assert (mois[0].du, mois[-1].au) == (periode.du, periode.au)
    for avant, apres in pairwise(mois):
        assert apres.du == avant.au + timedelta(days=1)
        assert apres.du.day == 1
    assert all(m.du.month == m.au.month and m.du <= m.au for m in mois)


@given(st.lists(st.tuples(jours, st.integers(0, 400)), max_size=30))
def test_la_mediane_est_celle_des_dossiers_dont_l_etape_est_dans_la_periode(paires):
    traces = [trace(depot, decide_le=depot + timedelta(days=n)) for depot, n in paires]
    attendus = [n for depot, n in paires if depot + timedelta(days=n) in ANNEE]
    mesure = delai(traces, "decide_le", ANNEE)
    assert mesure.nombre == len(attendus)
    assert mesure.mediane == (median(attendus) if attendus else None)


@given(st.lists(st.tuples(jours, st.integers(0, 400)), max_size=30), jours, st.integers(0, 800))
def test_les_mois_disent_la_meme_chose_que_chaque_mois_pris_seul(paires, du, duree):
    traces = [trace(depot, decide_le=depot + timedelta(days=n)) for depot, n in paires]
    periode = Periode(du, du + timedelta(days=duree))
    for compte, seul in zip(par_mois(traces, periode), periode.mois, strict=True):
        chiffres = chiffrer(traces, seul)
        assert (compte.recus, compte.decides) == (chiffres.recus, chiffres.decides)
        assert compte.delais == {etape: d.mediane for etape, d in chiffres.delais.items()}


def test_un_dossier_en_cours_ne_fausse_aucun_delai():
    chiffres = chiffrer([trace(JOUR), trace(JOUR, pris_le=JOUR + timedelta(days=4))], ANNEE)
    assert chiffres.recus == 2
    assert (chiffres.delais["pris_le"].mediane, chiffres.delais["pris_le"].nombre) == (4, 1)
    assert chiffres.delais["decide_le"].mediane is None


def test_recu_avant_et_decide_pendant_compte_comme_decide():
    vieux = trace(date(2025, 6, 1), decide_le=date(2026, 2, 1), etat="accepte")
    chiffres = chiffrer([vieux], ANNEE)
    assert (chiffres.recus, chiffres.decides, sum(chiffres.par_groupe.values())) == (0, 1, 0)


def test_une_equipe_reconnue_deux_fois_compte_une_fois():
    esp = Acquis(1, "22136", date(2025, 1, 1), None, frozenset())
    msp = Acquis(1, "22136", date(2025, 6, 1), date(2026, 1, 31), frozenset())
    autre = Acquis(2, "22136", date(2026, 7, 1), None, frozenset())
    assert [equipes_le([esp, msp, autre], j) for j in (date(2024, 1, 1), JOUR, ANNEE.au)] == [0, 1, 2]


LIEUX = {
    x.code: x
    for x in (
        Lieu("13055", "Marseille", "13", "Bouches-du-Rhône", 870_000),
        Lieu("13201", "Marseille 1er", "13", "Bouches-du-Rhône", 40_000, "13055"),
        Lieu("13202", "Marseille 2e", "13", "Bouches-du-Rhône", 24_000, "13055"),
        Lieu("13001", "Aix", "13", "Bouches-du-Rhône", 147_000),
    )
}


@given(st.lists(st.sampled_from([*LIEUX, "99999"])))
def test_la_population_ne_compte_personne_deux_fois(codes):
    assert population(LIEUX, codes) == population(LIEUX, set(codes)) <= population(LIEUX, LIEUX) == 1_017_000
    assert couvertes(LIEUX, codes) <= set(codes)
    if "13055" in codes:
        assert population(LIEUX, [*codes, "13201", "13202"]) == population(LIEUX, codes)


# --- Les courbes ------------------------------------------------------------------------------------

valeurs = st.one_of(st.none(), st.floats(0, 1e6, allow_nan=False))


@given(st.lists(st.lists(valeurs, min_size=1, max_size=24), min_size=1, max_size=3))
def test_une_courbe_est_un_svg_sain_dont_tout_tient_dans_le_cadre(series):
    taille = min(len(s) for s in series)
    courbe = tracer(
        "T", [f"m{n}" for n in range(taille)], [Serie(f"S{n}", tuple(s[:taille])) for n, s in enumerate(series)]
    )
    source_image(courbe.svg)  # ni script, ni style, ni lien
    racine = ET.fromstring(courbe.svg)  # noqa: S314 — notre propre dessin
    for cercle in racine.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(cercle.get("cx")) <= 640
        assert 0 <= float(cercle.get("cy")) <= 300


@given(st.floats(0, 1e9))
def test_l_axe_depasse_toujours_la_plus_grande_valeur(maximum):
    pas = _pas(maximum)
    assert pas * GRADUATIONS >= maximum
    assert str(pas).rstrip("0") in {"1", "2", "25", "5"}


def test_un_texte_hostile_est_echappe_et_une_courbe_vide_le_dit():
    courbe = tracer("<script>alert(1)</script>", ["<b>"], [Serie('"><img src=x>', (None,))])
    assert "<script>" not in courbe.svg
    assert "<img" not in courbe.svg
    assert "aucune valeur" in courbe.svg


def test_les_series_se_distinguent_sans_la_couleur():
    courbe = tracer("T", ["a", "b"], [Serie(str(n), (1, 2)) for n in range(3)])
    assert (courbe.svg.count("<circle"), courbe.svg.count("<rect"), courbe.svg.count("dasharray")) == (2, 2, 2)


@pytest.mark.parametrize(
    ("valeur", "ecrit"),
    [(None, "—"), (0, "0"), (12345, "12\u202f345"), (46.5, "46,5"), (30.0, "30"), ("Nom", "Nom"), (-1.25, "-1,2")],
)
def test_un_nombre_s_ecrit_a_la_francaise(valeur, ecrit):
    assert chiffre(valeur) == ecrit
