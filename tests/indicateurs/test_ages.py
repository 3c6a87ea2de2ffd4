"""Les âges : des parts justes, et aucune barre ni aucun pourcentage qui puisse désigner quelqu'un."""

from itertools import combinations

import numpy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.indicateurs.ages import taire, tranches_lues
from esperluette.indicateurs.calcul import Etat, Valeur, agreger
from esperluette.indicateurs.definitions import Definition, Theme, definitions, termes, themes, tranches
from esperluette.indicateurs.diagnostic import diagnostic, instantane
from esperluette.indicateurs.tableaux import COMMUNE
from esperluette.territoires.models import Commune
from tests.indicateurs import fichiers
from tests.indicateurs.outils import importer

SEUIL = next(t.masquer_sous for t in themes() if t.tranches)
INDICATEURS = [i for t in tranches() for i in (t.hommes, t.femmes)]
EFFECTIFS = st.lists(st.floats(0, 400).map(lambda x: round(x, 3)), min_size=14, max_size=14)


def valeurs(effectifs):
    return {i: Valeur(e, Etat.CONNU, 1, 1) for i, e in zip(INDICATEURS, effectifs, strict=True)}


def lues(effectifs, reference=(), seuil=SEUIL):
    return tranches_lues(tranches(), valeurs(effectifs), valeurs(reference) if reference else {}, masquer_sous=seuil)


# --- La pyramide -----------------------------------------------------------------------------------------


@given(effectifs=EFFECTIFS)
def test_aucune_barre_ne_compte_moins_que_le_seuil_et_personne_ne_se_perd(effectifs):
    barres = lues(effectifs)
    hommes, femmes = sum(effectifs[::2]), sum(effectifs[1::2])
    if min(hommes, femmes) < SEUIL:
        assert barres == ()
        return
    assert all(min(b.hommes, b.femmes) >= SEUIL for b in barres)
    assert sum(b.hommes for b in barres) == pytest.approx(hommes)
    assert sum(b.femmes for b in barres) == pytest.approx(femmes)


@given(effectifs=EFFECTIFS, reference=st.lists(st.integers(1, 10**6).map(float), min_size=14, max_size=14))
def test_les_parts_de_reference_font_toujours_cent(effectifs, reference):
    barres = lues(effectifs, reference)
    if barres:
        assert sum(b.hommes_reference + b.femmes_reference for b in barres) == pytest.approx(100)


@given(effectifs=EFFECTIFS)
def test_les_barres_se_suivent_du_plus_jeune_au_plus_age_sans_trou(effectifs):
    barres = lues(effectifs, seuil=0)
    assert [b.libelle for b in barres] == [
        "Moins de 15 ans", "15 à 29 ans", "30 à 44 ans", "45 à 59 ans", "60 à 74 ans", "75 à 89 ans", "90 ans et plus"
    ]  # fmt: skip


def test_les_plus_ages_d_un_village_se_reunissent_a_leurs_voisins():
    barres = lues([20, 22, 30, 31, 40, 42, 50, 51, 45, 47, 15, 18, 2, 6])
    assert [b.libelle for b in barres][-1] == "75 ans et plus"
    assert (barres[-1].hommes, barres[-1].femmes) == (17, 24)


def test_un_seul_sexe_trop_rare_suffit_a_reunir():
    assert len(lues([20.0] * 12 + [3, 40])) == 6
    assert len(lues([20.0] * 12 + [0, 40])) == 6  # zéro aussi : il dirait qu'aucun homme n'y vit


def test_un_hameau_n_a_pas_de_pyramide():
    assert lues([0.7] * 14) == ()


def test_un_effectif_inconnu_rend_la_pyramide_inconnue():
    dites = valeurs([50.0] * 14) | {INDICATEURS[3]: Valeur(None, Etat.MANQUANT, 1, 0)}
    assert tranches_lues(tranches(), dites, {}, masquer_sous=SEUIL) == ()


# --- Le masque -------------------------------------------------------------------------------------------

PART = Definition(id="p", libelle="P", unite="%", rapport=("a + b", "a + b + c"), facteur=100, masquer_sous=SEUIL)


def part(a, b, c):
    return agreger(pl.DataFrame({COMMUNE: ["x"], "a": [a], "b": [b], "c": [c]}), [PART])["p"]


def test_une_part_qui_compte_trop_peu_de_personnes_se_tait():
    assert part(5.0, 5.9, 200.0) == Valeur(None, Etat.MASQUE, 1, 1)
    assert part(5.0, 6.0, 200.0).etat == Etat.CONNU
    assert part(5.0, 6.0, 200.0).valeur == pytest.approx(11 / 211 * 100)


def test_zero_personne_ne_designe_personne():
    assert part(0.0, 0.0, 200.0).valeur == 0


def test_un_denominateur_trop_petit_se_tait_aussi():
    """« 400 pour 100 » sur cinq enfants laisserait lire les cinq enfants."""
    indice = Definition(id="i", libelle="I", unite="", rapport=("a", "b"), facteur=100, masquer_sous=SEUIL)
    table = pl.DataFrame({COMMUNE: ["x"], "a": [20.0], "b": [5.0]})
    assert agreger(table, [indice])["i"].etat == Etat.MASQUE


def test_des_villages_masques_un_a_un_se_disent_ensemble():
    table = pl.DataFrame({COMMUNE: list("xyz"), "a": [4.0] * 3, "b": [3.0] * 3, "c": [100.0] * 3})
    assert agreger(table, [PART])["p"].valeur == pytest.approx(21 / 321 * 100)
    assert agreger(table.head(1), [PART])["p"].etat == Etat.MASQUE


PETITS = st.lists(st.one_of(st.integers(0, 30), st.integers(0, 400)).map(float), min_size=14, max_size=14)


def vecteur(indicateurs):
    return [1.0 if i in indicateurs else 0.0 for i in INDICATEURS]


def connus(effectifs):
    """Ce que l'écran laisse lire : les barres, par sexe, et le dessus et le dessous de chaque part montrée."""
    theme = next(t for t in themes() if t.tranches)
    table = pl.DataFrame({COMMUNE: ["x"], **{i: [e] for i, e in zip(INDICATEURS, effectifs, strict=True)}})
    dites = agreger(table, definitions())
    dites |= taire(theme, dites)
    lus = [vecteur(INDICATEURS)]
    rang = 0
    for barre in lues(effectifs):
        debut, homme, femme = rang, 0.0, 0.0
        while (homme, femme) != pytest.approx((barre.hommes, barre.femmes)) or rang == debut:
            homme, femme = homme + effectifs[2 * rang], femme + effectifs[2 * rang + 1]
            rang += 1
        lus += [
            vecteur([t.hommes for t in tranches()[debut:rang]]),
            vecteur([t.femmes for t in tranches()[debut:rang]]),
        ]
    for d in theme.chiffres:
        if dites[d.id].valeur is not None:
            lus += [vecteur(termes(compte)) for compte in d.comptes]
    return numpy.array(lus)


@given(effectifs=PETITS)
def test_croiser_la_pyramide_et_les_parts_ne_livre_aucun_petit_effectif(effectifs):
    """Tout groupe d'âges qui se suivent, d'un sexe ou des deux, qu'on déduit de ce qui est montré."""
    if sum(effectifs) < SEUIL:
        return
    lus = connus(effectifs)
    projection = numpy.linalg.pinv(lus) @ lus  # un groupe qui se déduit de ce qui est lu est sa propre projection
    for debut, fin in combinations(range(8), 2):
        for sexes in ("h", "f", "hf"):
            groupe = numpy.array([float(s in sexes and debut <= r < fin) for r in range(7) for s in "hf"])
            if 0 < groupe @ effectifs < SEUIL:
                assert not numpy.allclose(groupe @ projection, groupe)


def test_une_part_qui_couperait_une_barre_reunie_se_tait():
    """Cinq personnes de 15 à 29 ans, réunies aux plus jeunes : la part des moins de 15 ans les livrerait."""
    effectifs = [20.0, 20.0, 2.0, 3.0, *[50.0] * 10]
    theme = next(t for t in themes() if t.tranches)
    table = pl.DataFrame({COMMUNE: ["x"], **{i: [e] for i, e in zip(INDICATEURS, effectifs, strict=True)}})
    dites = agreger(table, definitions())
    tues = taire(theme, dites)
    assert {cle for cle, v in tues.items() if v.etat == Etat.MASQUE} == {
        "part_moins_15", "vieillissement", "part_femmes_15_44"
    }  # fmt: skip
    assert dites["part_75_et_plus"].etat == Etat.CONNU


def test_un_seuil_dit_d_ou_il_vient():
    with pytest.raises(ValueError, match="pourquoi"):
        Theme(id="t", titre="T", chiffres=(), masquer_sous=11)
    assert all(d.masquer_sous == SEUIL for t in themes() if t.tranches for d in t.chiffres)
    assert not any(d.masquer_sous for t in themes() if not t.tranches for d in t.chiffres)


def test_les_tranches_se_calculent_sans_faire_de_ligne():
    montrees = {d.id for t in themes() for d in t.chiffres}
    assert {d.id for d in definitions()} - montrees == set(INDICATEURS)


# --- Dans un diagnostic ----------------------------------------------------------------------------------

LOUDEAC = ("22136", *[600.5] * 12, 20, 60)
PLOUGUENAST = ("22219", *[80] * 12, 4, 12)


@pytest.fixture
def charge(territoire, tmp_path):
    importer(tmp_path, "population-par-age", fichiers.ages(LOUDEAC, PLOUGUENAST))
    return territoire


@pytest.mark.django_db
def test_la_pyramide_et_les_parts_d_un_territoire(charge):
    releve = instantane(["22136"])
    hommes = LOUDEAC[1:8]
    assert [t.hommes for t in releve.pyramide.tranches] == [pytest.approx(h) for h in hommes]
    assert releve.pyramide.reference == "Bretagne"
    assert releve.pyramide.note == ""
    assert "Population par sexe et âge" in releve.pyramide.source
    total = sum(LOUDEAC[1:])
    assert releve.lignes["part_moins_15"].valeurs["territoire"].valeur == pytest.approx(1201 / total * 100)
    assert not set(INDICATEURS) & set(releve.lignes)


@pytest.mark.django_db
def test_une_petite_commune_dit_ce_qui_y_est_reuni(charge):
    releve = instantane(["22219"])
    assert [t.libelle for t in releve.pyramide.tranches][-1] == "75 ans et plus"
    assert "moins de 11 personnes" in releve.pyramide.note
    assert releve.lignes["part_90_et_plus"].valeurs["territoire"].etat == Etat.CONNU  # seize, les deux sexes ensemble


@pytest.mark.django_db
def test_l_ordre_des_communes_est_indifferent_a_la_pyramide(charge):
    assert instantane(["22136", "22219"]).pyramide == instantane(["22219", "22136"]).pyramide
    assert diagnostic(["22219", "22136"]).lignes.keys() == diagnostic(["22136"]).lignes.keys()


@pytest.mark.django_db
def test_une_region_entiere_ne_se_compare_ni_a_elle_meme_ni_a_une_partie_d_elle(charge):
    toutes = list(Commune.objects.filter(active=True, commune_mere=None).values_list("pk", flat=True))
    pyramide = instantane(toutes).pyramide
    assert pyramide.reference == ""
    assert {t.hommes_reference for t in pyramide.tranches} == {None}


@pytest.mark.django_db
def test_une_pyramide_a_qui_il_manque_une_commune_le_dit(charge):
    note = instantane(["22136", "22219", "22278"]).pyramide.note
    assert note == "Pyramide partielle ; communes dont les âges sont connus : 2 sur 3."
