"""Le diagnostic : des totaux, des rapports de totaux, des moyennes bien pondérées, des manques dits."""

import json

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.indicateurs.calcul import HABITANTS, Etat, agreger
from esperluette.indicateurs.definitions import Definition, definitions, themes
from esperluette.indicateurs.diagnostic import diagnostic, instantane
from esperluette.indicateurs.instantane import Instantane
from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.tableaux import TU
from tests.indicateurs import fichiers
from tests.indicateurs.outils import importer

SOMME = Definition(id="s", libelle="S", unite="u", somme="a")
MOYENNE = Definition(id="m", libelle="M", unite="u", moyenne="t", poids="a")
RAPPORT = Definition(id="r", libelle="R", unite="u", rapport=("b", "a"), facteur=10_000)
TROIS = (SOMME, MOYENNE, RAPPORT)
LIGNES = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.none() | st.integers(1, 10_000).map(float),
            "b": st.none() | st.integers(0, 500).map(float),
            "t": st.none() | st.integers(0, 1_000).map(lambda n: n / 10),
        }
    ),
    max_size=30,
)


def table(lignes):
    return pl.DataFrame(lignes, schema={"a": pl.Float64, "b": pl.Float64, "t": pl.Float64}, orient="row")


# --- Le calcul -------------------------------------------------------------------------------------------


@given(lignes=LIGNES)
def test_chaque_agregat_est_celui_d_un_calcul_a_la_main(lignes):
    valeurs = agreger(table(lignes), TROIS)
    sommes = [x["a"] for x in lignes if x["a"] is not None]
    assert valeurs["s"].valeur == (pytest.approx(sum(sommes)) if sommes else None)
    pesees = [(x["t"], x["a"]) for x in lignes if x["t"] is not None and x["a"] is not None]
    attendue = sum(t * a for t, a in pesees) / sum(a for _, a in pesees) if pesees else None
    assert valeurs["m"].valeur == (None if attendue is None else pytest.approx(attendue))
    paires = [(x["b"], x["a"]) for x in lignes if x["b"] is not None and x["a"] is not None]
    rapport = sum(b for b, _ in paires) / sum(a for _, a in paires) * 10_000 if paires else None
    assert valeurs["r"].valeur == (None if rapport is None else pytest.approx(rapport))
    assert valeurs["m"].comptees == len(pesees)


@given(lignes=LIGNES, habitants=st.lists(st.integers(0, 50_000), min_size=30, max_size=30))
def test_ce_que_pesent_les_communes_comptees_se_dit_quand_il_en_manque(lignes, habitants):
    lue = table(lignes).with_columns(pl.Series(HABITANTS, habitants[: len(lignes)], dtype=pl.Float64))
    valeur = agreger(lue, [SOMME])["s"]
    comptes = sum(n for n, x in zip(habitants, lignes, strict=False) if x["a"] is not None)
    tous = sum(habitants[: len(lignes)])
    if valeur.etat == Etat.INCOMPLET and tous:
        assert valeur.poids == pytest.approx(comptes / tous)
    else:
        assert valeur.poids is None
    assert agreger(table(lignes), [SOMME])["s"].poids is None


@given(lignes=LIGNES, graine=st.randoms())
def test_l_ordre_des_communes_est_indifferent(lignes, graine):
    melangees = list(lignes)
    graine.shuffle(melangees)
    avant, apres = agreger(table(lignes), TROIS), agreger(table(melangees), TROIS)
    for cle in avant:
        assert avant[cle].etat == apres[cle].etat
        assert avant[cle].valeur == (None if apres[cle].valeur is None else pytest.approx(apres[cle].valeur))


@given(gauche=LIGNES, droite=LIGNES)
def test_la_somme_d_une_union_est_la_somme_des_sommes(gauche, droite):
    total = agreger(table([*gauche, *droite]), TROIS)["s"]
    parts = [agreger(table(cote), TROIS)["s"] for cote in (gauche, droite)]
    assert (total.valeur or 0) == pytest.approx(sum(p.valeur or 0 for p in parts))
    assert total.comptees == sum(p.comptees for p in parts)


@given(gauche=LIGNES, droite=LIGNES)
def test_la_moyenne_d_une_union_se_refait_de_celles_des_parts(gauche, droite):
    def poids(lignes):
        return sum(x["a"] for x in lignes if x["a"] is not None and x["t"] is not None)

    parts = [(agreger(table(cote), TROIS)["m"].valeur, poids(cote)) for cote in (gauche, droite)]
    connues = [(valeur, p) for valeur, p in parts if valeur is not None]
    total = agreger(table([*gauche, *droite]), TROIS)["m"].valeur
    if not connues:
        assert total is None
        return
    assert total == pytest.approx(sum(v * p for v, p in connues) / sum(p for _, p in connues))


def test_une_moyenne_de_taux_n_est_jamais_prise():
    """Une petite commune à 50 et une grande à 10 ne font pas 30."""
    assert agreger(table([{"a": 100.0, "t": 50.0}, {"a": 9_900.0, "t": 10.0}]), TROIS)["m"].valeur == pytest.approx(
        10.4
    )


def test_le_secret_le_manque_et_le_non_charge_se_distinguent():
    lue = table([{"a": None, "t": 1.0}, {"a": None, "t": 2.0}]).with_columns(pl.Series(f"{TU}a", [True, False]))
    valeurs = agreger(lue, TROIS)
    assert (valeurs["s"].etat, valeurs["s"].tues) == (Etat.SECRET, 1)
    assert agreger(lue.drop(f"{TU}a"), TROIS)["s"].etat == Etat.MANQUANT
    assert agreger(lue.drop("a", f"{TU}a"), TROIS)["s"].etat == Etat.NON_CHARGE
    assert agreger(table([{"a": 1.0}, {"a": None}]), TROIS)["s"].etat == Etat.INCOMPLET
    assert agreger(table([]), TROIS)["s"].etat == Etat.NON_CHARGE


@settings(max_examples=30)
@given(avant=st.integers(1, 10**6), taux=st.floats(-0.2, 0.2))
def test_une_evolution_annuelle_se_retrouve_par_capitalisation(avant, taux):
    d = Definition(id="e", libelle="E", unite="%", evolution=("a", "b"), annees=6)
    lue = table([{"a": float(avant), "b": avant * (1 + taux) ** 6}])
    assert agreger(lue, [d])["e"].valeur == pytest.approx(taux * 100, abs=1e-6)


def test_chaque_chiffre_du_diagnostic_vient_d_un_jeu_et_dit_comment_il_se_calcule():
    connus = {i for jeu in jeux().values() for i in jeu.indicateurs}
    for d in definitions():
        assert set(d.colonnes) <= connus
        assert d.explication.endswith(".")
        assert " apl " not in d.explication  # un sigle garde ses capitales
        assert "10000" not in d.explication
    assert len({d.id for d in definitions()}) == len(definitions())


# --- Le diagnostic ---------------------------------------------------------------------------------------


@pytest.fixture
def charge(territoire, tmp_path):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,6", "22219,D201,1", "22278,D201,50"))
    importer(tmp_path, "filosofi", fichiers.filosofi("22136,L,9000,20000,,", "22278,S,40000,21000,18,"))
    return territoire


def valeur(calcule, chiffre, niveau="territoire"):
    return calcule.lignes[chiffre].valeurs[niveau]


@pytest.mark.django_db
def test_un_territoire_face_a_ceux_qui_l_entourent(charge):
    calcule = diagnostic(["22219", "22136"])
    assert [c.nom for c in calcule.communes] == ["Loudéac", "Plouguenast-Langast"]
    assert [n.cle.split(":")[0] for n in calcule.niveaux] == ["epci", "departement", "region", "france"]
    assert valeur(calcule, "population").valeur == 12_100
    assert valeur(calcule, "densite").valeur == pytest.approx(12_100 / 130)
    assert valeur(calcule, "medecins_pour_10_000").valeur == pytest.approx(7 / 12_100 * 10_000)
    assert valeur(calcule, "medecins", "region").valeur == 57
    assert valeur(calcule, "population", "departement").etat == Etat.INCOMPLET  # trois communes chargées, pas toutes
    assert valeur(calcule, "pauvrete").etat == Etat.SECRET
    assert valeur(calcule, "apl_medecins").etat == Etat.NON_CHARGE
    assert calcule.non_charges["apl-medecins"] == "esperluette donnees importer apl-medecins"
    assert [s.jeu for s in calcule.lignes["medecins_pour_10_000"].sources] == ["bpe-sante", "comparateur"]


@pytest.mark.django_db
def test_codes_repetes_anciens_inconnus_et_dans_le_desordre(charge):
    droit = diagnostic(["22136", "22219"])
    tordu = diagnostic(["22219", " 22136 ", "22219", "99999", "\x00", "22136"])
    assert tordu.communes == droit.communes
    assert {k: ligne.valeur for k, ligne in tordu.lignes.items()} == {k: x.valeur for k, x in droit.lignes.items()}


@pytest.mark.django_db
def test_un_jeu_reimporte_change_aussitot_le_diagnostic(charge, tmp_path):
    assert valeur(diagnostic(["22136"]), "population").valeur == 9600
    ligne = fichiers.LOUDEAC.replace(",9600,", ",9999,")
    importer(tmp_path, "comparateur", fichiers.comparateur(ligne, fichiers.PLOUGUENAST))
    neuf = diagnostic(["22136"])
    assert valeur(neuf, "population").valeur == 9999
    assert valeur(neuf, "population", "departement").valeur == 12_499


@pytest.mark.django_db
def test_une_ou_trois_communes_coutent_autant(charge, django_assert_num_queries):
    diagnostic(["22136"])
    for codes in (["22136"], ["22136", "22219", "22278"]):
        with django_assert_num_queries(3):
            diagnostic(codes)


@pytest.mark.django_db
def test_rien_de_charge_ne_se_dit_pas_zero(territoire):
    calcule = diagnostic(["22136"])
    assert {ligne.valeur.etat for ligne in calcule.lignes.values()} == {Etat.NON_CHARGE}
    assert {ligne.valeur.valeur for ligne in calcule.lignes.values()} == {None}
    assert sum(len(lignes) for _, lignes in calcule.themes) == sum(len(t.chiffres) for t in themes())


@pytest.mark.django_db
def test_la_commande_rend_un_json_stable_et_un_texte_lisible(charge, capsys):
    call_command("diagnostic", "22136", "22219", json=True)
    rendu = json.loads(capsys.readouterr().out)
    assert [c["code"] for c in rendu["communes"]] == ["22136", "22219"]
    assert Instantane.model_validate(rendu) == instantane(["22136", "22219"])
    habitants = next(x for theme in rendu["themes"] for x in theme["lignes"] if x["id"] == "population")
    propre, region = habitants["valeurs"]["territoire"], habitants["valeurs"]["region"]
    assert (propre["valeur"], propre["etat"], region["valeur"]) == (12100, "connu", 56100)
    assert habitants["sources"][0].startswith("Insee")
    call_command("diagnostic", "22136")
    texte = capsys.readouterr().out.replace("\u202f", " ")
    assert "Habitants : 9 600 (" in texte
    assert "secret statistique" in texte
    assert "esperluette donnees importer apl-medecins" in texte


@pytest.mark.django_db
def test_aucun_code_connu_sort_avec_le_code_2(territoire):
    with pytest.raises(CommandError) as refus:
        call_command("diagnostic", "99999")
    assert refus.value.returncode == 2
