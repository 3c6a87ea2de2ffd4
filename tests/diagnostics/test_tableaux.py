"""Un tableau de patientèle : ce qui s'en lit, ce qui s'en garde, ce qui le fait refuser."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.diagnostics.patienteles.agregation import agreger
from esperluette.diagnostics.patienteles.nominatif import DonneesDePersonnes
from esperluette.diagnostics.patienteles.reglages import effectif_minimal, reglages
from esperluette.diagnostics.patienteles.tableur import Rangee, TableauRefuse, lire, modele_csv, modele_xlsx
from tests.diagnostics.tableaux import SIMPLE, classeur, csv, par_commune, simple

CONNUES = {"22136", "22219", "22266", "22278", "01004"}
ANCIENNES = {"22150": "22219"}


def trouver(code, nom, code_postal):
    if code in CONNUES:
        return code, ""
    if code in ANCIENNES:
        return ANCIENNES[code], code
    if (nom, code_postal) == ("Loudéac", "22600"):
        return "22136", ""
    raise LookupError("commune inconnue")


def lecture(octets):
    return agreger(lire(octets), trouver)


def agregat(octets):
    return lecture(octets).agregat


# --- Ce qui se lit ---------------------------------------------------------------------------


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_un_csv_se_lit_quels_que_soient_son_separateur_et_son_encodage(separateur, encodage):
    lu = agregat(simple(separateur=separateur, encodage=encodage))
    assert lu.total == 1400
    assert lu.communes == (("22136", 1000), ("22219", 300), ("22266", 100))
    assert [(t.debut, t.fin, t.effectif) for t in lu.tranches] == [(0, 14, 260), (15, 64, 720), (65, None, 420)]
    assert lu.ald == 402
    assert lu.rejetees == 0


def test_un_classeur_dit_la_meme_chose_que_le_csv():
    rangees = [SIMPLE[0], *((c, t, int(n), int(ald)) for c, t, n, ald in SIMPLE[1:])]
    assert agregat(classeur(*rangees)).model_dump(exclude={"jeton"}) == agregat(simple()).model_dump(exclude={"jeton"})


def test_un_classeur_peut_avoir_perdu_le_zero_d_un_code_et_porter_un_titre():
    octets = classeur(("Ma patientèle, année 2025",), (), ("Code INSEE", "Nombre de patients"), ("01004", 40.0))
    assert agregat(octets).communes == (("01004", 40),)


def test_le_nom_et_le_code_postal_suffisent():
    assert agregat(csv(("Commune", "CP", "Patients"), ("Loudéac", "22600", "1 234"))).communes == (("22136", 1234),)


def test_une_ancienne_commune_rejoint_celle_d_aujourd_hui():
    assert agregat(par_commune(("22219", 30), ("22150", 20))).communes == (("22219", 50),)


@pytest.mark.parametrize(
    ("dite", "bornes"),
    [
        ("0-14", (0, 14)),
        ("de 15 à 29 ans", (15, 29)),
        ("15 - 29 ans", (15, 29)),
        ("75 et plus", (75, None)),
        ("75 ans et plus", (75, None)),
        ("75+", (75, None)),
        ("≥ 75 ans", (75, None)),
        ("plus de 75 ans", (75, None)),
        ("moins de 15 ans", (0, 14)),
        ("<15", (0, 14)),
    ],
)
def test_une_tranche_d_age_s_ecrit_de_bien_des_facons(dite, bornes):
    (tranche,) = agregat(csv(("insee", "age", "effectif"), ("22136", dite, "50"))).tranches
    assert (tranche.debut, tranche.fin) == bornes


def test_le_modele_vide_se_relit_une_fois_rempli():
    ligne = ("22136", "", "", "0 à 14 ans", "50", "")
    entete = modele_csv().decode("utf-8-sig").strip().split(";")
    assert agregat(csv(entete, ligne)).total == 50
    assert agregat(classeur(entete, ligne)).total == 50
    with pytest.raises(TableauRefuse, match="ligne sous son en-tête"):
        lire(modele_xlsx())


# --- Les lignes laissées de côté --------------------------------------------------------------


@pytest.mark.parametrize(
    ("ligne", "cause"),
    [
        (("99999", "0 à 14 ans", "20", ""), "commune inconnue"),
        (("22219", "", "20", ""), "tranche d’âge absente"),
        (("22219", "47", "20", ""), "un âge exact"),
        (("22219", "40 à 42 ans", "20", ""), "trop fine"),
        (("22219", "quadras", "20", ""), "incomprise"),
        (("22219", "90 à 80 ans", "20", ""), "impossible"),
        (("22219", "0 à 14 ans", "", ""), "absent"),
        (("22219", "0 à 14 ans", "-3", ""), "nombre entier"),
        (("22219", "0 à 14 ans", "2,5", ""), "nombre entier"),
        (("22219", "0 à 14 ans", "<11", ""), "nombre entier"),
        (("22219", "0 à 14 ans", "9999999", ""), "démesuré"),
        (("22219", "0 à 14 ans", "20", "21"), "plus de patients en ALD"),
        (("22136", "0 à 14 ans", "20", ""), "même commune et même âge que la ligne 2"),
        (("Total", "", "120", ""), "c’est un total"),
    ],
)
def test_une_ligne_qui_ne_se_lit_pas_est_laissee_de_cote_et_dite(ligne, cause):
    lu = lecture(csv(SIMPLE[0], ("22136", "0 à 14 ans", "100", ""), ligne))
    (ecart,) = lu.ecarts
    assert ecart.ligne == 3
    assert cause in ecart.cause
    assert lu.agregat.total == 100
    assert lu.agregat.rejetees == 1


def test_un_ecart_ne_repete_pas_ce_que_dit_la_ligne():
    lu = lecture(csv(SIMPLE[0], ("22136", "0 à 14 ans", "100", ""), ("Durand", "Jeannine", "zut", "")))
    assert not any(mot in ecart.cause for ecart in lu.ecarts for mot in ("Durand", "Jeannine", "zut"))


def test_un_tableau_dont_aucune_ligne_ne_se_lit_est_refuse():
    with pytest.raises(TableauRefuse, match="Aucune ligne"):
        lecture(par_commune(("99999", 20)))


def test_des_tranches_qui_se_chevauchent_font_refuser_le_tableau():
    with pytest.raises(TableauRefuse, match="chevauchent"):
        lecture(csv(SIMPLE[0], ("22136", "0 à 14 ans", "30", ""), ("22136", "10 à 20 ans", "30", "")))


# --- Jamais une personne ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "intitule",
    ["Nom", "Prénom", "nom_usage", "NIR", "N° Sécu", "Numéro de sécurité sociale", "Date de naissance", "DDN",
     "Né(e) le", "Adresse", "Téléphone", "Portable", "E-mail", "Courriel", "Identifiant", "ID patient",
     "IPP", "Patient", "INS", "Bénéficiaire", "Pathologie", "Date de consultation", "Observations"],
)  # fmt: skip
def test_une_colonne_qui_nomme_une_personne_fait_refuser_le_fichier(intitule):
    with pytest.raises(DonneesDePersonnes, match="La colonne C annonce") as refus:
        lire(csv(("code_commune", "effectif", intitule), ("22136", "50", "x")))
    assert "rien n’en est gardé" in str(refus.value)


def test_une_colonne_inconnue_fait_refuser_le_fichier():
    with pytest.raises(TableauRefuse, match="La colonne C n’est pas"):
        lire(csv(("code_commune", "effectif", "sexe"), ("22136", "50", "F")))


@pytest.mark.parametrize(
    "valeur",
    ["2 85 05 22 136 042 17", "285052213604217", "1850522136042", "06 12 34 56 78", "0612345678", "12/05/1985",
     "1985-05-12", "12 mai 1985", "jeannine@exemple.fr", "12 rue des Lilas", "3 bis, avenue Foch", "Mme Durand",
     "M. Durand", "10003456789"],
)  # fmt: skip
@pytest.mark.parametrize("colonne", [0, 1, 2])
def test_une_valeur_qui_ressemble_a_une_personne_fait_refuser_le_fichier(valeur, colonne):
    ligne = ["22136", "0 à 14 ans", "50"]
    ligne[colonne] = valeur
    octets = csv(("code_commune", "tranche_d_age", "effectif"), ("22219", "0 à 14 ans", "50"), ligne)
    with pytest.raises(DonneesDePersonnes, match=f"Ligne 3, colonne {'ABC'[colonne]}") as refus:
        lire(octets)
    assert valeur not in str(refus.value)


def test_une_feuille_cachee_derriere_la_premiere_est_surveillee_aussi():
    octets = classeur(*SIMPLE, autres=[("extraction", [("Qui",), ("Mme Durand",)])])
    with pytest.raises(DonneesDePersonnes):
        lire(octets)


def test_une_tranche_qu_excel_a_changee_en_date_se_dit():
    octets = classeur(("insee", "age", "effectif"), ("22136", datetime.date(2014, 10, 10), 50))
    with pytest.raises(DonneesDePersonnes, match="10 à 14 ans"):
        lire(octets)


def test_une_ligne_par_personne_fait_refuser_le_fichier():
    with pytest.raises(DonneesDePersonnes, match="un seul patient"):
        lecture(par_commune(*[("22136", 1)] * 12))


def test_sans_effectif_le_tableau_est_une_liste_de_personnes():
    with pytest.raises(DonneesDePersonnes, match="Aucune colonne ne compte"):
        lire(csv(("code_commune", "tranche_d_age"), ("22136", "0 à 14 ans")))


def test_un_tableau_sans_en_tete_est_refuse():
    with pytest.raises((TableauRefuse, DonneesDePersonnes)):
        lire(csv(("22136", "0 à 14 ans", "50"), ("22219", "0 à 14 ans", "50")))


# --- Jamais un effectif faible ----------------------------------------------------------------


def test_les_communes_de_peu_de_patients_sont_comptees_ensemble_sans_etre_nommees():
    lu = agregat(par_commune(("22136", 100), ("22219", 8), ("22266", 9)))
    assert lu.communes == (("22136", 100),)
    assert (lu.autres_communes, lu.autres_effectif, lu.total) == (2, 17, 117)


def test_un_reste_trop_faible_n_entre_pas_dans_le_total_dont_il_se_deduirait():
    lu = lecture(par_commune(("22136", 100), ("22219", 8)))
    assert (lu.agregat.total, lu.agregat.autres_communes, lu.agregat.autres_effectif) == (100, 0, 0)
    assert "Moins de 11 patients" in lu.avis[0]


def test_moins_de_onze_patients_en_tout_ne_se_gardent_pas():
    with pytest.raises(TableauRefuse, match="trop peu"):
        lecture(par_commune(("22136", 6), ("22219", 4)))


def test_une_tranche_faible_rejoint_la_moins_fournie_de_ses_voisines():
    lignes = [("22136", "0 à 14 ans", "50"), ("22136", "15 à 64 ans", "200"), ("22136", "65 à 79 ans", "60")]
    lu = agregat(csv(("insee", "age", "effectif"), *lignes, ("22136", "80 ans et plus", "4")))
    assert [(t.debut, t.fin, t.effectif) for t in lu.tranches] == [(0, 14, 50), (15, 64, 200), (65, None, 64)]


def test_l_ald_d_une_tranche_ne_se_deduit_pas_du_total():
    lignes = [
        ("22136", "0 à 14 ans", "50", "3"),
        ("22136", "15 à 64 ans", "200", "40"),
        ("22136", "65 et plus", "90", "50"),
    ]
    lu = agregat(csv(SIMPLE[0], *lignes))
    assert lu.ald == 93
    # La première se tait ; la deuxième, ou la troisième, se tait avec elle.
    assert [t.ald for t in lu.tranches].count(None) >= 2


effectifs = st.lists(
    st.tuples(
        st.sampled_from(sorted(CONNUES)),
        st.sampled_from(["0 à 14 ans", "15 à 64 ans", "65 à 79 ans", "80 ans et plus"]),
        st.integers(0, 40),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda ligne: ligne[:2],
)


@given(effectifs)
def test_rien_de_ce_qui_se_garde_ne_descend_sous_l_effectif_minimal(lignes):
    rangees = [
        Rangee(numero, {"code": code, "tranche": age, "effectif": str(max(n, ald)), "ald": str(min(n, ald))})
        for numero, (code, age, n, ald) in enumerate(lignes, start=2)
    ]
    try:
        lu = agreger(rangees, trouver).agregat
    except (TableauRefuse, DonneesDePersonnes):
        return
    seuil = effectif_minimal()
    communes = dict(lu.communes)
    assert all(n >= seuil for n in communes.values())
    assert lu.autres_effectif == 0 or lu.autres_effectif >= seuil
    assert sum(communes.values()) + lu.autres_effectif == lu.total
    assert sum(t.effectif for t in lu.tranches) == lu.total
    assert len(lu.tranches) == 1 or all(t.effectif >= seuil for t in lu.tranches)
    if lu.ald is not None:  # ni les malades, ni les autres, ni ce qui s'en déduit par différence
        assert min(lu.ald, lu.total - lu.ald) >= seuil
        tues = [t for t in lu.tranches if t.ald is None]
        assert all(min(t.ald, t.effectif - t.ald) >= seuil for t in lu.tranches if t.ald is not None)
        if tues and len(tues) < len(lu.tranches):
            ald = lu.ald - sum(t.ald for t in lu.tranches if t.ald is not None)
            assert min(ald, sum(t.effectif for t in tues) - ald) >= seuil
            assert len(tues) > 1
    else:
        assert all(t.ald is None for t in lu.tranches)


# --- Des fichiers hostiles --------------------------------------------------------------------


@pytest.mark.parametrize(
    "octets",
    [b"", b"   ", b"\x00\x01\x02", b"%PDF-1.7 rien", b"<html><body>", b"PK\x03\x04 pas un classeur", b"PK",
     b"\xff\xfe\x00", classeur(*SIMPLE)[:500], csv(("a" * 10_000, "effectif"), ("b" * 10_000, "1")),
     b'code_commune;effectif\r\n"22136;5',
     csv(("code_commune", "effectif"), ("22136", "50\x00")), csv(("<script>", "#set x"), ("$x$", "@ref"))],
)  # fmt: skip
def test_un_fichier_hostile_est_refuse_d_une_phrase(octets):
    with pytest.raises((TableauRefuse, DonneesDePersonnes)) as refus:
        lecture(octets)
    assert len(str(refus.value)) < 600
    assert "<script>" not in str(refus.value)


def test_un_fichier_immense_est_refuse_sans_etre_lu():
    with pytest.raises(TableauRefuse, match="dépasse 2 Mo"):
        lire(b"x" * (reglages().limites.taille_mo * 1024 * 1024 + 1))


def test_trop_de_lignes_se_refusent():
    with pytest.raises(TableauRefuse, match="Plus de"):
        lire(par_commune(*[("22136", 20)] * (reglages().limites.lignes + 2)))


def test_chaque_seuil_dit_qui_l_a_choisi():
    lus = reglages()
    for seuil in (lus.effectif_minimal, lus.territoire_primaire, lus.territoire_secondaire, lus.tranche_minimale):
        assert seuil.raison
    assert json.dumps(lus.model_dump())


def test_un_total_demesure_est_refuse_avant_d_atteindre_la_base():
    rangees = [Rangee(n, {"code": f"{n:05d}", "effectif": "1000000"}) for n in range(2, 104)]
    with pytest.raises(TableauRefuse, match="démesuré"):
        agreger(rangees, lambda code, *_: (code, code))
