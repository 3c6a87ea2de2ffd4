"""Rapporter chaque ligne à une commune d'aujourd'hui, sans base : codes abîmés, anciens, contraires, noms ambigus."""

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from esperluette.territoires.jeux import jeu
from esperluette.territoires.octets import FichierRefuse
from esperluette.territoires.rapprochement import Communes, propre, rapprocher, reconnaitre
from esperluette.territoires.tables import lire_octets

COMMUNES = Communes(
    [
        ("01033", "Valserhône", ["01200"]),
        ("22136", "Loudéac", ["22600"]),
        ("2A004", "Ajaccio", ["20000", "20090"]),
        ("14371", "Livarot", ["14140"]),
        ("14999", "Livarot", ["14140"]),
        ("75056", "Paris", ["75001", "75002"]),
        ("75119", "Paris 19e Arrondissement", ["75019"]),
    ],
    [
        ("01033", "Bellegarde-sur-Valserine", "01033"),
        ("01091", "Châtillon-en-Michaille", "01033"),
        ("01205", "Lancrans", "01033"),
        ("01999", "", "01033"),
    ],
)


def lu(texte, identifiant="zonage-medecins"):
    table = lire_octets("essai.csv", texte.encode(), taille_maximale_mo=1)
    return rapprocher(jeu(identifiant), table, COMMUNES)


def dits(resultat):
    return {(d.commune, d.classe): d.anciennes for d in resultat.dits}


def causes(resultat):
    return [(r.ligne, r.cause) for r in resultat.rejets]


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("22136", "22136"),
        (" 22136 ", "22136"),
        ("1033", "01033"),
        ("1033.0", "01033"),
        ('="01033"', "01033"),
        ("2a004", "2A004"),
        ("A004", "A004"),
        ("", ""),
        ("1", "1"),
        ("974", "974"),
    ],
)
def test_un_code_abime_par_un_tableur_se_retablit(brut, attendu):
    assert propre(brut) == attendu


def test_les_codes_menent_aux_communes():
    resultat = lu('code;Zonage\n22136;1_ZIP\n="2A004";2_ZAC\n75119;3_HZ\n')
    assert dits(resultat) == {("22136", "zip"): [], ("2A004", "zac"): [], ("75119", "hors_zone"): []}
    assert resultat.rejets == []
    assert (resultat.doublons, resultat.convertis) == (0, 0)


def test_un_ancien_code_mene_a_la_commune_d_aujourd_hui():
    resultat = lu("code;Zonage\n1091;1_ZIP\n01205;1_ZIP\n01999;1_ZIP\n")
    assert dits(resultat) == {("01033", "zip"): ["Châtillon-en-Michaille", "Lancrans", "01999"]}
    assert resultat.convertis == 3


def test_d_anciennes_communes_classees_differemment_restent_distinctes():
    resultat = lu("code;Zonage\n01033;2_ZAC\n01091;1_ZIP\n")
    assert dits(resultat) == {("01033", "zac"): [], ("01033", "zip"): ["Châtillon-en-Michaille"]}
    assert resultat.rejets == []


def test_une_repetition_exacte_se_compte_sans_etre_rejetee():
    resultat = lu("code;Zonage\n22136;1_ZIP\n22136;1_ZIP\n22136;1_ZIP\n")
    assert (dits(resultat), resultat.doublons) == ({("22136", "zip"): []}, 2)


def test_deux_valeurs_contraires_ecartent_toutes_les_lignes_de_la_commune():
    resultat = lu("code;Zonage\n22136;1_ZIP\n2A004;2_ZAC\n22136;2_ZAC\n")
    assert dits(resultat) == {("2A004", "zac"): []}
    assert causes(resultat) == [
        (2, "contredite plus loin"),
        (4, "contredit la ligne 2 ; aucune des deux n'est gardée"),
    ]


def test_une_commune_classee_sous_deux_ecritures_contraires_est_mi_classee():
    # 1033 et 01033 sont la même clé une fois rétablis : c'est une contradiction, pas deux anciennes communes.
    resultat = lu("code;Zonage\n1033;1_ZIP\n01033;2_ZAC\n")
    assert resultat.dits == []
    assert len(resultat.rejets) == 2


def test_ce_qui_ne_se_lit_pas_est_rejete_avec_sa_ligne_et_sa_cause():
    resultat = lu("code;Zonage\n99999;1_ZIP\n;1_ZIP\n22136;\n2A004;5_XXX\n75119\n")
    assert resultat.dits == []
    assert causes(resultat) == [
        (2, "le code 99999 n'est, ni n'a été, celui d'une commune"),
        (3, "code de commune absent"),
        (4, "colonne « Zonage » vide"),
        (5, "valeur inconnue « 5_XXX » dans la colonne « Zonage »"),
        (6, "colonne « Zonage » vide"),
    ]
    assert resultat.rejets[0].contenu == "99999 | 1_ZIP"


def test_sans_code_le_code_postal_et_le_nom_suffisent_s_ils_sont_seuls():
    resultat = lu(
        "Code_postal,Nom_commune,Zonage\n1200,VALSERHONE,1_ZIP\n1200,Lancrans,1_ZIP\n22600,Loudeac,2_ZAC\n"
        "14140,Livarot,1_ZIP\n22600,Trevé,1_ZIP\n75019,Paris 19e Arrondissement,2_ZAC\n"
    )
    assert set(dits(resultat)) == {("01033", "zip"), ("22136", "zac"), ("75119", "zac")}
    assert causes(resultat) == [
        (5, "plusieurs communes « Livarot » au code postal 14140 : 14371, 14999"),
        (6, "aucune commune « Trevé » au code postal 22600"),
    ]


def test_les_quartiers_d_une_commune_se_reunissent():
    resultat = lu(
        "code_qp;lib_qp;insee_com\nQN1;Haut;22136\nQN2;Bas;22136\nQN2;Bas;22136\nQN3;Est, Ouest;22136;\n", "qpv"
    )
    (dit,) = resultat.dits
    assert (dit.commune, dit.classe, dit.precisions) == ("22136", "qpv", ["Haut", "Bas", "Est", "Ouest"])
    assert resultat.doublons == 1


def test_un_quartier_a_cheval_vaut_pour_chaque_commune():
    resultat = lu('code_qp;lib_qp;insee_com\nQN1;Haut;"22136;1033"\n', "qpv")
    assert {d.commune: d.precisions for d in resultat.dits} == {"22136": ["Haut"], "01033": ["Haut"]}


def test_l_intitule_date_d_une_colonne_se_reconnait():
    resultat = lu("Code_insee;Classement FRR et FRR+ au 1er janvier 2027\n22136;FRR socle\n", "frr")
    assert dits(resultat) == {("22136", "frr"): []}


def test_des_colonnes_absentes_nomment_les_attendues_et_les_trouvees():
    table = lire_octets("essai.csv", b"insee;zone\n22136;1_ZIP\n", taille_maximale_mo=1)
    with pytest.raises(FichierRefuse) as refus:
        reconnaitre(jeu("zonage-medecins"), table)
    assert "Attendues : code, Zonage ; ou Code_postal, Nom_commune, Zonage. Trouvées : insee, zone." in str(
        refus.value
    )


def test_la_casse_des_intitules_ne_compte_pas():
    assert len(lu("CODE;zonage\n22136;1_ZIP\n").dits) == 1


CELLULES = st.one_of(
    st.sampled_from(["22136", "1033", "01091", "1_ZIP", "2_ZAC", "", "code", "Zonage", '="22136"']),
    st.text(max_size=12),
)


@given(st.lists(st.lists(CELLULES, min_size=1, max_size=4), max_size=12), st.sampled_from([";", ",", "\t"]))
def test_un_tableau_quelconque_s_explique_ou_se_refuse(rangees, separateur):
    """Jamais d'autre erreur qu'un refus ; chaque ligne lue est gardée, répétée, réunie à une autre ou rejetée."""
    texte = "\n".join(["code" + separateur + "Zonage", *(separateur.join(r) for r in rangees)])
    try:
        resultat = lu(texte)
    except FichierRefuse:
        return
    assert len({(d.commune, d.classe) for d in resultat.dits}) == len(resultat.dits)
    assert {d.commune for d in resultat.dits} <= COMMUNES.actives
    assert all(r.ligne >= 2 and r.cause for r in resultat.rejets)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xfe\xff\xd8\x00")
@example(gzip.compress(b"code;Zonage\n", mtime=0))
@example(b'{"features": [{"properties": {"code": [1]}}]}')
def test_des_octets_quelconques_se_lisent_ou_se_refusent(octets):
    try:
        table = lire_octets("essai.csv", octets, taille_maximale_mo=1)
    except FichierRefuse:
        return
    assert table.lignes
