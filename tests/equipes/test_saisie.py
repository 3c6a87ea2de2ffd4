"""La mise au propre de ce qu'on saisit : entrées fausses refusées à côté du champ, doutes seulement signalés."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.equipes.saisie import (
    COMPOSITION,
    SaisieRefusee,
    normaliser_equipe,
    normaliser_membre,
    normaliser_rpps,
    normaliser_telephone,
    rpps_douteux,
)

MEMBRE = {"prenom": "Yann", "nom": "Kerbrat", "profession": "60"}


@pytest.mark.parametrize(
    ("saisi", "rpps"),
    [("", ""), ("10000000009", "10000000009"), (" 1000 000 00 09 ", "10000000009"), ("100.000.000-09", "10000000009")],
)
def test_un_rpps_se_saisit_avec_ou_sans_espaces(saisi, rpps):
    assert normaliser_rpps(saisi) == rpps


@pytest.mark.parametrize(
    ("saisi", "message"),
    [
        ("1000000000", "Un numéro RPPS compte onze chiffres : vous en avez saisi 10."),
        ("810102727017", "Un numéro RPPS compte onze chiffres : vous en avez saisi 12."),
        ("1000000000A", "Un numéro RPPS ne contient que des chiffres : il en compte onze."),
        ("١٢٣٤٥٦٧٨٩٠١", "Un numéro RPPS ne contient que des chiffres : il en compte onze."),
        ("<script>", "Un numéro RPPS ne contient que des chiffres : il en compte onze."),
    ],
)
def test_un_rpps_mal_forme_est_refuse_avec_une_phrase(saisi, message):
    with pytest.raises(SaisieRefusee, match=message) as refus:
        normaliser_rpps(saisi)
    assert refus.value.champ == "rpps"


@given(st.text(max_size=30))
def test_un_rpps_normalise_a_onze_chiffres_ou_rien(saisi):
    try:
        rpps = normaliser_rpps(saisi)
    except SaisieRefusee:
        return
    assert rpps == "" or (len(rpps) == 11 and rpps.isascii() and rpps.isdigit())


# 99700218896 et 99700366240 : cartes d'essai publiées par l'Agence du numérique en santé.
@pytest.mark.parametrize(
    ("rpps", "douteux"),
    [("99700218896", False), ("99700366240", False), ("99700218897", True), ("10102727017", True), ("", False)],
)
def test_la_cle_de_luhn_eveille_un_doute_jamais_un_refus(rpps, douteux):
    assert rpps_douteux(rpps) is douteux
    assert normaliser_membre({**MEMBRE, "rpps": rpps})["rpps"] == rpps


@given(st.integers(0, 10**10 - 1), st.integers(0, 10), st.integers(1, 9))
def test_un_chiffre_faux_se_voit_toujours(racine, rang, ecart):
    juste = next(n for n in (f"{racine:010d}{cle}" for cle in range(10)) if not rpps_douteux(n))
    faux = juste[:rang] + str((int(juste[rang]) + ecart) % 10) + juste[rang + 1 :]
    assert rpps_douteux(faux)


@pytest.mark.parametrize("saisi", ["02 96 00 00 00", "+33 2 96 00 00 00", "0296000000", "02.96.00.00.00", ""])
def test_un_telephone_garde_son_ecriture(saisi):
    assert normaliser_telephone(f"  {saisi} ") == saisi


@pytest.mark.parametrize("saisi", ["demain", "02 96 oo", "1", "+", "<b>0296000000</b>", "0" * 40])
def test_ce_qui_n_est_pas_un_telephone_est_refuse(saisi):
    with pytest.raises(SaisieRefusee) as refus:
        normaliser_telephone(saisi)
    assert refus.value.champ == "telephone"


@pytest.mark.parametrize(
    ("ecart", "champ"),
    [
        ({"prenom": "  "}, "prenom"),
        ({"nom": ""}, "nom"),
        ({"profession": ""}, "profession"),
        ({"professionnel": False, "metier": " "}, "metier"),
        ({"courriel": "pas une adresse"}, "courriel"),
        ({"courriel": "yann@"}, "courriel"),
        ({"telephone": "demain"}, "telephone"),
        ({"rpps": "12"}, "rpps"),
    ],
)
def test_une_fiche_incomplete_dit_quel_champ_reprendre(ecart, champ):
    with pytest.raises(SaisieRefusee) as refus:
        normaliser_membre({**MEMBRE, **ecart})
    assert refus.value.champ == champ
    assert str(refus.value).endswith((".", "?"))


def test_une_fiche_est_mise_au_propre():
    fiche = normaliser_membre(
        {**MEMBRE, "prenom": "  Yann   Ael ", "courriel": " Yann@Cabinet.Example ", "metier": "x"}
    )
    assert (fiche["prenom"], fiche["courriel"], fiche["metier"]) == ("Yann Ael", "yann@cabinet.example", "")
    assert fiche["professionnel"] is True


def test_une_personne_qui_n_est_pas_professionnelle_de_sante_n_a_ni_profession_ni_rpps():
    fiche = normaliser_membre(
        {**MEMBRE, "professionnel": False, "metier": "secrétaire", "rpps": "n'importe", "savoir_faire": "SM54"}
    )
    assert (fiche["profession"], fiche["rpps"], fiche["savoir_faire"], fiche["metier"]) == ("", "", "", "secrétaire")


def test_sans_structure_il_n_y_a_ni_avancement_ni_nom_de_structure():
    propre = normaliser_equipe({"statut_juridique": "aucun", "statut_avancement": "cree", "nom_juridique": "X"})
    assert (propre["statut_avancement"], propre["nom_juridique"]) == ("", "")


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"nom": " "}, "nom"),
        ({"statut_juridique": "association"}, "statut_avancement"),
        ({"courriel": "x"}, "courriel"),
        ({"telephone": "x"}, "telephone"),
    ],
)
def test_une_equipe_mal_remplie_dit_quel_champ_reprendre(champs, champ):
    with pytest.raises(SaisieRefusee) as refus:
        normaliser_equipe(champs)
    assert refus.value.champ == champ


def test_les_coordonnees_ne_changent_pas_la_composition():
    assert "courriel" not in COMPOSITION
    assert "telephone" not in COMPOSITION
    assert {"profession", "exercice", "commune", "nom"} <= COMPOSITION
