"""Oui, non, à préciser, non chargé : quatre réponses qu'on ne confond jamais, en quatre requêtes."""

import pytest

from esperluette.territoires.models import AncienneCommune, Commune
from esperluette.territoires.zonages import Classement, carte_du_zonage, classement, zonages_de
from tests.fabriques.territoires import communes_reelles
from tests.fabriques.zonages import zoner

pytestmark = pytest.mark.django_db

LOUDEAC, PLOUGUENAST, ROSTRENEN, RENNES, BREST = "22136", "22219", "22266", "35238", "29019"
MARSEILLE, QUINZIEME, PREMIER = "13055", "13215", "13201"
SAINT_DENIS, SAINT_BARTHELEMY = "97411", "97701"


@pytest.fixture(autouse=True)
def _communes(bretagne):
    communes_reelles(MARSEILLE, QUINZIEME, PREMIER, SAINT_DENIS, SAINT_BARTHELEMY)


def une(code):
    return zonages_de([code])[code]


# --- Une commune --------------------------------------------------------------------------------------------------


def test_rien_de_charge_n_est_ni_oui_ni_non():
    dite = une(LOUDEAC)
    assert (dite.zonages, dite.partiels, dite.sources) == ({}, {}, {})
    assert set(dite.non_charges) == {"zip", "zac", "zar", "vigilance", "hors_zone", "qpv", "proche_qpv", "frr"}


def test_une_zone_classee_exclut_les_autres_et_cite_sa_source():
    zoner("zonage-medecins", {LOUDEAC: "zip"})
    dite = une(LOUDEAC)
    assert dite.zonages == {"zip": True, "zac": False, "zar": False, "vigilance": False, "hors_zone": False}
    assert dite.classes == {"zonage-medecins": "ZIP (intervention prioritaire)"}
    assert str(dite.sources["zip"]) == (
        "Zonage des médecins généralistes, Agences régionales de santé, Assurance maladie, 2025"
    )
    assert "zip" not in dite.non_charges
    assert "frr" in dite.non_charges


def test_hors_zone_le_fichier_ne_dit_rien_de_la_vigilance():
    zoner("zonage-medecins", {RENNES: "hors_zone"})
    dite = une(RENNES)
    assert dite.zonages == {"hors_zone": True, "zip": False, "zac": False, "zar": False}
    assert "vigilance" not in {*dite.partiels, *dite.non_charges, *dite.sources}


def test_une_commune_que_le_fichier_ne_nomme_pas_est_a_preciser_et_non_hors_zone():
    zoner("zonage-medecins", {LOUDEAC: "zip"})
    dite = une(RENNES)
    assert dite.zonages == {}
    assert dite.partiels["zip"] == "« Zonage des médecins généralistes » (2025) ne dit rien de Rennes."
    assert "zip" not in dite.non_charges


def test_un_resultat_non_disponible_est_a_preciser():
    zoner("zonage-medecins", {SAINT_DENIS: "indisponible"})
    dite = une(SAINT_DENIS)
    assert "zip" not in dite.zonages
    assert "« résultat non disponible » pour Saint-Denis" in dite.partiels["zip"]


@pytest.mark.parametrize(
    ("classe", "oui", "extrait"),
    [
        ("frr", True, ""),
        ("frr_plus", True, ""),
        ("non_classee", False, ""),
        ("partielle", None, "n'est classée FRR qu'en partie : l'équipe est-elle dans cette partie ?"),
        ("beneficiaire", None, "sans y être classée : la règle visée l'admet-elle ?"),
        ("beneficiaire_partielle", None, "pour une partie de son territoire"),
    ],
)
def test_chaque_classement_frr_a_sa_reponse(classe, oui, extrait):
    zoner("frr", {LOUDEAC: classe})
    dite = une(LOUDEAC)
    assert dite.zonages.get("frr") is oui
    assert extrait in dite.partiels.get("frr", "")
    assert bool(extrait) == ("frr" in dite.partiels)


def test_un_quartier_prioritaire_est_une_question_qui_le_nomme():
    zoner("qpv", {LOUDEAC: "qpv"}, precisions={LOUDEAC: ["Les Peupliers"]})
    dite = une(LOUDEAC)
    assert "qpv" not in dite.zonages
    assert dite.partiels["qpv"] == "Loudéac compte le quartier prioritaire Les Peupliers : l'équipe y est-elle ?"
    assert "l'équipe en est-elle proche ?" in dite.partiels["proche_qpv"]


def test_plusieurs_quartiers_se_comptent_et_se_bornent():
    zoner("qpv", {RENNES: "qpv"}, precisions={RENNES: ["A", "B", "C", "D", "E", "F", "G"]})
    assert une(RENNES).partiels["qpv"] == (
        "Rennes compte 7 quartiers prioritaires (A, B, C, D et 3 autres) : l'équipe est-elle dans l'un d'eux ?"
    )


def test_une_commune_hors_de_la_liste_des_quartiers_n_en_a_pas_mais_peut_en_etre_proche():
    zoner("qpv", {RENNES: "qpv"})
    dite = une(LOUDEAC)
    assert dite.zonages == {"qpv": False}
    assert "proche_qpv" not in {*dite.zonages, *dite.partiels, *dite.non_charges}


def test_la_ou_la_liste_des_quartiers_ne_s_etend_pas_l_absence_ne_dit_rien():
    zoner("qpv", {RENNES: "qpv"})
    dite = une(SAINT_BARTHELEMY)
    assert dite.zonages == {}
    assert "ne dit rien de Saint-Barthélemy" in dite.partiels["qpv"]


def test_la_densite_est_un_libelle_pas_une_zone():
    zoner("densite", {LOUDEAC: "petites_villes"})
    dite = une(LOUDEAC)
    assert (dite.densite, dite.zonages, dite.partiels) == ("Petites villes", {}, {})
    assert dite.source_densite.producteur == "INSEE, ANCT"
    assert une(RENNES).densite == ""


def test_des_communes_reunies_classees_differemment_sont_a_preciser():
    zoner("zonage-medecins", {PLOUGUENAST: [("zip", ["Langast"]), ("zac", ["Plouguenast"])]})
    dite = une(PLOUGUENAST)
    assert dite.partiels["zip"] == (
        "Seule une partie de Plouguenast-Langast est dans cette zone (Langast) : où est l'équipe ?"
    )
    assert "(Plouguenast)" in dite.partiels["zac"]
    assert dite.zonages == {"zar": False, "vigilance": False, "hors_zone": False}  # là, elles s'accordent


# --- Paris, Lyon, Marseille ---------------------------------------------------------------------------------------


def test_des_arrondissements_classes_differemment_laissent_la_commune_a_preciser():
    zoner("zonage-medecins", {QUINZIEME: "zip", PREMIER: "hors_zone"})
    dite = une(MARSEILLE)
    assert dite.partiels["zip"] == (
        "Seule une partie de Marseille est dans cette zone (Marseille 15e Arrondissement) : où est l'équipe ?"
    )
    assert dite.zonages == {"zac": False, "zar": False}
    assert une(QUINZIEME).zonages["zip"] is True
    assert une(PREMIER).zonages["zip"] is False


def test_des_arrondissements_d_accord_valent_pour_la_commune():
    zoner("zonage-medecins", {QUINZIEME: "zip", PREMIER: "zip"})
    assert une(MARSEILLE).zonages["zip"] is True


def test_un_arrondissement_que_le_fichier_oublie_empeche_d_etre_sur():
    zoner("zonage-medecins", {QUINZIEME: "zip"})
    dite = une(MARSEILLE)
    assert "zip" not in dite.zonages
    assert "zip" in dite.partiels


def test_un_arrondissement_prend_la_valeur_de_sa_commune():
    zoner("frr", {MARSEILLE: "non_classee"})
    zoner("qpv", {MARSEILLE: "qpv"}, precisions={MARSEILLE: ["La Viste"]})
    dite = une(QUINZIEME)
    assert dite.zonages == {"frr": False}
    assert dite.partiels["qpv"].startswith("Marseille compte le quartier prioritaire La Viste")


def test_des_quartiers_donnes_par_arrondissement_ne_valent_que_pour_les_leurs():
    zoner("qpv", {QUINZIEME: "qpv"}, precisions={QUINZIEME: ["La Viste"]})
    assert une(PREMIER).zonages == {"qpv": False}
    assert "La Viste" in une(QUINZIEME).partiels["qpv"]
    assert "La Viste" in une(MARSEILLE).partiels["qpv"]


# --- Codes --------------------------------------------------------------------------------------------------------


def test_un_ancien_code_mene_a_la_commune_d_aujourd_hui():
    ancien = AncienneCommune.objects.filter(commune=PLOUGUENAST).exclude(pk=PLOUGUENAST).first()
    zoner("zonage-medecins", {PLOUGUENAST: "zip"})
    dite = zonages_de([ancien.pk])[ancien.pk]
    assert (dite.code, dite.zonages["zip"]) == (PLOUGUENAST, True)


def test_un_code_inconnu_est_omis_et_une_commune_disparue_sans_suite_aussi():
    Commune.objects.filter(pk=BREST).update(active=False)
    assert list(zonages_de(["99999", LOUDEAC, BREST, " 22219 "])) == [LOUDEAC, " 22219 "]


@pytest.mark.parametrize("codes", [[LOUDEAC], [LOUDEAC, PLOUGUENAST, RENNES, MARSEILLE]], ids=["une", "quatre"])
@pytest.mark.parametrize("charges", [0, 2])
def test_quatre_requetes_quel_que_soit_le_nombre(codes, charges, django_assert_num_queries):
    for jeu in ("zonage-medecins", "frr")[:charges]:
        zoner(jeu, {LOUDEAC: {"zonage-medecins": "zip", "frr": "frr"}[jeu]})
    with django_assert_num_queries(4 if charges else 3):  # sans jeu, pas de zonage à lire
        zonages_de(codes)
    with django_assert_num_queries(4 if charges else 3):
        classement(codes[0], codes)


# --- Le tableau de démonstration ----------------------------------------------------------------------------------


def test_un_tableau_de_demonstration_ne_dit_rien_des_communes_qu_il_ne_nomme_pas():
    zoner("zonage-medecins", {LOUDEAC: "zip"}, demonstration=True)
    zoner("qpv", {LOUDEAC: "sans_qpv"}, demonstration=True)
    assert une(LOUDEAC).zonages["qpv"] is False
    assert "démonstration" in str(une(LOUDEAC).sources["zip"])
    dite = une(RENNES)
    assert (dite.zonages, dite.partiels) == ({}, {})
    assert {"zip", "qpv", "frr"} <= set(dite.non_charges)


# --- Un territoire ------------------------------------------------------------------------------------------------


def test_la_commune_d_implantation_fait_foi():
    zoner("zonage-medecins", {LOUDEAC: "zip", PLOUGUENAST: "zac"})
    dit = classement(LOUDEAC, [LOUDEAC, PLOUGUENAST])
    assert dit.zonages["zip"] is True
    assert dit.partiels["zac"] == (
        "Plouguenast-Langast, dans le territoire, est dans cette zone, mais pas Loudéac, où l'équipe est implantée : "
        "laquelle compte ?"
    )
    assert dit.zonages["hors_zone"] is False
    assert set(dit.communes) == {LOUDEAC, PLOUGUENAST}


def test_l_implantation_hors_du_territoire_compte_aussi():
    zoner("zonage-medecins", {LOUDEAC: "zip", PLOUGUENAST: "zac"})
    dit = classement(Commune.objects.get(pk=LOUDEAC), [Commune.objects.get(pk=PLOUGUENAST)])
    assert dit.zonages["zip"] is True
    assert "zac" in dit.partiels


def test_un_doute_ailleurs_dans_le_territoire_empeche_un_non_certain():
    zoner("qpv", {RENNES: "qpv"}, precisions={RENNES: ["Villejean"]})
    assert "Villejean" in classement(LOUDEAC, [RENNES]).partiels["qpv"]
    assert classement(LOUDEAC, []).zonages == {"qpv": False}


def test_sans_implantation_il_faut_que_toutes_s_accordent():
    zoner("zonage-medecins", {LOUDEAC: "zip", PLOUGUENAST: "zip", ROSTRENEN: "zac"})
    accord = classement(None, [LOUDEAC, PLOUGUENAST])
    assert (accord.zonages["zip"], accord.zonages["zac"]) == (True, False)
    desaccord = classement(None, [LOUDEAC, ROSTRENEN])
    assert desaccord.partiels["zip"] == (
        "Seule une partie du territoire est dans cette zone (Loudéac) : où est l'équipe ?"
    )
    assert desaccord.zonages["hors_zone"] is False


def test_sans_implantation_une_commune_inconnue_du_jeu_laisse_tout_a_preciser():
    zoner("zonage-medecins", {LOUDEAC: "zip"})
    dit = classement(None, [LOUDEAC, RENNES])
    assert dit.zonages == {}
    assert "ne dit rien de Rennes" in dit.partiels["zip"]


def test_un_territoire_vide_ou_inconnu_ne_dit_rien():
    assert classement(None, []) == Classement()
    assert classement("99999", ["99998"]) == Classement()


def test_un_zonage_non_charge_reste_une_question():
    zoner("frr", {LOUDEAC: "frr"})
    dit = classement(LOUDEAC, [LOUDEAC])
    assert dit.zonages == {"frr": True}
    assert set(dit.non_charges) == {"zip", "zac", "zar", "vigilance", "hors_zone", "qpv", "proche_qpv"}


def test_la_densite_du_territoire_est_celle_du_siege_ou_celle_de_toutes():
    zoner("densite", {LOUDEAC: "petites_villes", PLOUGUENAST: "disperse"})
    assert classement(LOUDEAC, [PLOUGUENAST]).densite == "Petites villes"
    assert classement(None, [LOUDEAC, PLOUGUENAST]).densite == ""


# --- La carte -----------------------------------------------------------------------------------------------------


def test_la_carte_d_un_zonage_compte_chaque_classe(django_assert_num_queries):
    zoner("zonage-medecins", {LOUDEAC: "zip", PLOUGUENAST: "zip", RENNES: "hors_zone"})
    with django_assert_num_queries(4):
        carte = carte_du_zonage("zonage-medecins", [LOUDEAC, PLOUGUENAST, RENNES, BREST], titre="Zonage")
    assert [(x.libelle, x.nombre) for x in carte.legende] == [
        ("ZIP (intervention prioritaire)", 2),
        ("Hors zone", 1),
        ("Non renseigné", 1),
    ]
    assert "<title>Loudéac : ZIP (intervention prioritaire)</title>" in carte.svg
