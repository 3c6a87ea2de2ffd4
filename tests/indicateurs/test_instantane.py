"""L'instantané entier : les chiffres et ce qui les entoure, à coût constant, qui se relit tel qu'il a été gardé."""

import json
from dataclasses import asdict
from datetime import date

import pytest
from django.core.management import call_command

from esperluette.indicateurs.alentours import commande, offres
from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.definitions import jeu_de, themes
from esperluette.indicateurs.demonstration import references_de_demonstration
from esperluette.indicateurs.diagnostic import instantane
from esperluette.indicateurs.imports import charger_chiffres_de_demonstration
from esperluette.indicateurs.instantane import Instantane, ValeurLue
from esperluette.territoires.imports import importer_jeu
from tests.indicateurs import fichiers
from tests.indicateurs.outils import importer

TVS = [
    ["Code commune", "Commune", "Code du territoire de vie-santé", "Libellé du territoire de vie-santé"],
    ["22136", "Loudéac", "22136", "Loudéac"],
    ["22219", "Plouguenast", "22136", "Loudéac"],
    ["22278", "Saint-Brieuc", "22278", "Saint-Brieuc"],
]
DENSITES = (
    b"Indicateur\nTerritoires\nCode;Libell\xc3\xa9;Densit\xc3\xa9 de g\xc3\xa9n\xc3\xa9ralistes lib\xc3\xa9raux\n"
)
DENSITES += b"22136;Loud\xc3\xa9ac;4,5\n22278;Saint-Brieuc;N/A\n"
FINESS = (
    ("220000001", "PHARMACIE DU BOURG", "136", "22", "620"),
    ("220000002", "EHPAD LES AJONCS", "136", "22", "500"),
    ("220000003", "CH DE SAINT-BRIEUC", "278", "22", "355"),
    ("220000004", "PHARMACIE <b>DU</b> #set PORT", "278", "22", "620"),
)


def zonage(tmp_path, *lignes):
    fichier = tmp_path / "zonage.csv"
    fichier.write_text("\n".join(["code,Zonage", *lignes]) + "\n", encoding="utf-8")
    importer_jeu("zonage-medecins", acteur=None, fichier=fichier)


@pytest.fixture
def charge(territoire, tmp_path):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,6", "22278,D201,50", "22278,D106,1", "22219,D232,3"))
    importer(tmp_path, "tvs", fichiers.classeur(*TVS), nom="tvs.xlsx")
    importer(tmp_path, "densite-medecins", DENSITES)
    importer(tmp_path, "finess", fichiers.finess(*FINESS))
    zonage(tmp_path, "22136,1_ZIP", "22219,3_HZ", "22278,2_ZAC")
    return territoire


pytestmark = pytest.mark.django_db


# --- Zonages -------------------------------------------------------------------------------------------------


def test_les_zonages_se_lisent_commune_par_commune_avec_leur_source(charge):
    releve = instantane(["22136", "22219"])
    assert {(z.code, z.libelle) for z in releve.zonages} == {
        ("22136", "ZIP (intervention prioritaire)"), ("22219", "Hors zone")
    }  # fmt: skip
    assert {z.jeu for z in releve.zonages} == {"zonage-medecins"}
    assert all("Assurance maladie" in z.source for z in releve.zonages)
    assert releve.non_charges["qpv"] == commande("qpv")
    assert "zonage-medecins" not in releve.non_charges


def test_un_zonage_reimporte_change_aussitot(charge, tmp_path):
    instantane(["22136"])
    zonage(tmp_path, "22136,2_ZAC")
    assert [z.libelle for z in instantane(["22136"]).zonages] == ["ZAC (action complémentaire)"]


def test_une_commune_que_le_zonage_ne_nomme_pas_est_dite_sans_classement(charge, tmp_path):
    assert [z.libelle for z in instantane(["35238"]).zonages] == [""]


# --- Territoires de vie-santé ----------------------------------------------------------------------------------


def test_chaque_territoire_de_vie_sante_dit_ses_communes_et_sa_densite(charge):
    loudeac, saint_brieuc = instantane(["22278", "22136", "22219"]).vie_sante
    assert (loudeac.nom, loudeac.communes, loudeac.densite) == ("Loudéac", ("22136", "22219"), 4.5)
    assert (saint_brieuc.densite, saint_brieuc.etat) == (None, Etat.MANQUANT)
    assert "CartoSanté" in loudeac.source


def test_sans_la_correspondance_il_n_y_a_pas_de_territoire_de_vie_sante(territoire):
    releve = instantane(["22136"])
    assert releve.vie_sante == ()
    assert releve.non_charges["tvs"] == "esperluette donnees importer tvs"


# --- Établissements ----------------------------------------------------------------------------------------------


def test_les_etablissements_se_rangent_par_champ_et_disent_leur_commune(charge):
    lus = instantane(["22278", "22136"]).etablissements
    assert [(e.champ, e.categorie, e.commune) for e in lus] == [
        ("ambulatoire", "Pharmacie", "Saint-Brieuc"), ("ambulatoire", "Pharmacie", "Loudéac"),
        ("hospitalier", "Centre hospitalier", "Saint-Brieuc"), ("medico_social", "EHPAD", "Loudéac"),
    ]  # fmt: skip
    assert [e.code_commune for e in lus] == ["22278", "22136", "22278", "22136"]
    assert all("FINESS" in e.source for e in lus)
    assert {e.nom for e in lus} >= {"PHARMACIE <b>DU</b> #set PORT"}  # tel quel : à qui l'affiche de l'échapper


def test_le_compte_du_fichier_le_plus_recent_l_emporte_quand_il_est_charge(charge, tmp_path):
    """Les pharmacies de la base des équipements (aucune ici) cèdent à celles de FINESS."""
    lue = instantane(["22136", "22278"]).lignes["pharmacies"]
    assert lue.valeurs["territoire"].valeur == 2
    assert [s for s in lue.sources if "FINESS" in s] == list(lue.sources)


def test_sans_lui_le_fichier_plus_ancien_compte(territoire, tmp_path):
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D301,3", "22136,D201,1"))
    lue = instantane(["22136"]).lignes["pharmacies"]
    assert lue.valeurs["territoire"].valeur == 3
    assert "Base permanente" in lue.sources[0]


# --- Distances -------------------------------------------------------------------------------------------------


def distance(releve, offre):
    return next(d for d in releve.distances if d.offre == offre)


def test_l_offre_la_plus_proche_est_chez_soi_ou_dans_la_ville_voisine(charge):
    releve = instantane(["22136", "22219"])
    urgences = distance(releve, "urgences")
    assert urgences.commune == "Saint-Brieuc"
    assert urgences.commune_eloignee == "Loudéac"
    assert 20 < urgences.km < urgences.km_moyen <= urgences.km_maximum < 50
    medecins = distance(releve, "medecins")
    assert (medecins.km, medecins.commune, medecins.commune_eloignee) == (0, "Loudéac", "Plouguenast-Langast")


def test_le_fichier_le_plus_recent_dit_ou_est_une_pharmacie(charge):
    pharmacie = distance(instantane(["22219"]), "pharmacies")
    assert pharmacie.commune == "Loudéac"
    assert "FINESS" in pharmacie.source


def test_un_fichier_qui_ne_couvre_pas_le_departement_ne_rend_pas_l_offre_lointaine(charge):
    """FINESS n'a ici que les Côtes-d'Armor : à Rennes, la pharmacie la plus proche n'est pas à Loudéac."""
    assert "pharmacies" not in {d.offre for d in instantane(["35238"]).distances}


def test_une_commune_dont_le_compte_est_inconnu_a_peut_etre_l_offre(charge, tmp_path):
    """Le fichier se contredit sur Plouguenast : il y a peut-être un médecin, plus proche que celui de Loudéac."""
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,6", "22278,D201,50", "22219,D201,deux"))
    assert distance(instantane(["22219"]), "medecins").km is None
    assert (distance(instantane(["22136"]), "medecins").km, distance(instantane(["22136"]), "medecins").commune) == (
        0, "Loudéac"
    )  # fmt: skip


def test_chaque_offre_cite_un_indicateur_qui_existe():
    for offre in offres():
        assert set(offre.indicateurs) <= set(jeu_de()), offre.id


# --- Tout ensemble -----------------------------------------------------------------------------------------------


def test_un_instantane_se_garde_en_json_et_se_relit_identique(charge):
    releve = instantane(["22136", "22219", "22278"])
    garde = json.dumps(releve.model_dump(mode="json"), ensure_ascii=False)
    assert Instantane.model_validate_json(garde) == releve
    assert releve.version == 1


def test_un_instantane_d_hier_se_relit_sans_les_champs_d_aujourd_hui():
    garde = {"version": 1, "calcule_le": "2026-01-01", "communes": [], "niveaux": [], "themes": []}
    relu = Instantane.model_validate(garde)
    assert (relu.calcule_le, relu.vie_sante, relu.lignes) == (date(2026, 1, 1), (), {})


@pytest.mark.parametrize("theme", [t.id for t in themes()])
def test_un_theme_vient_avec_ce_qui_l_accompagne_et_rien_d_autre(charge, theme):
    releve = instantane(["22136"], themes_voulus=[theme])
    assert [t.id for t in releve.themes] == [theme]
    assert bool(releve.zonages) == bool(releve.distances) == bool(releve.vie_sante) == (theme == "acces")
    assert bool(releve.etablissements) == (theme == "etablissements")
    assert {c.ligne for c in releve.constats if ":" not in c.ligne} <= set(releve.lignes)


def test_ordre_et_repetitions_sont_indifferents(charge):
    assert instantane(["22219", "22136", "22219"]) == instantane(["22136", "22219"])


def test_une_ou_trois_communes_coutent_autant_a_froid_et_a_chaud(charge, django_assert_max_num_queries):
    instantane(["35238"])  # les jeux sont lus
    for codes in (["22136"], ["22219", "22278", "22016"]):
        with django_assert_max_num_queries(9):  # le zonage des communes qu'on n'a pas encore vues
            instantane(codes)
        with django_assert_max_num_queries(5):
            instantane(codes)


def test_rien_de_charge_se_dit_avec_les_commandes(territoire):
    releve = instantane(["22136"])
    assert releve.distances == releve.etablissements == releve.zonages == releve.constats == ()
    assert releve.pyramide is None
    assert set(releve.non_charges) >= {"comparateur", "finess", "population-par-age", "tvs", "zonage-medecins"}
    assert all(c == f"esperluette donnees importer {jeu}" for jeu, c in releve.non_charges.items())


def test_aucune_commune_ne_casse_rien(charge):
    releve = instantane([])
    assert (releve.communes, releve.zonages, releve.constats) == ((), (), ())


def test_la_commande_et_l_instantane_disent_la_meme_chose(charge, capsys):
    call_command("diagnostic", "22136", json=True)
    assert Instantane.model_validate_json(capsys.readouterr().out) == instantane(["22136"])


# --- La démonstration --------------------------------------------------------------------------------------------


def test_la_demonstration_se_compare_a_ses_references_et_se_dit(territoire):
    charger_chiffres_de_demonstration()
    releve = instantane(["22136"])
    assert releve.demonstration
    france = releve.lignes["population"].valeurs["france"]
    assert france.valeur > 60e6
    assert france == ValeurLue(**asdict(references_de_demonstration()["france"]["population"]))
    assert releve.lignes["part_moins_15"].valeurs["territoire"].etat == Etat.NON_CHARGE
    assert releve.non_charges["population-par-age"]
    # Calculée des fichiers entiers : la plus proche est à Noyal-Pontivy, que la démonstration ne charge pas.
    urgences = distance(releve, "urgences")
    assert urgences.km == urgences.km_moyen == 17.4
    assert "Base permanente" in urgences.source


def test_la_demonstration_ne_dit_rien_d_ailleurs(territoire):
    charger_chiffres_de_demonstration()
    releve = instantane(["35238"])  # Rennes n'est pas dans les intercommunalités de démonstration
    assert {ligne.valeurs["territoire"].etat for ligne in releve.lignes.values()} == {Etat.NON_CHARGE}
    assert not [c for c in releve.constats if ":" not in c.ligne]
    assert not [d for d in releve.distances if d.km is not None]
    assert releve.non_charges["comparateur"] == "esperluette donnees importer comparateur"
