"""Chaque jeu dans son format officiel : classeur de la Drees, archive de l'Insee, FINESS sans en-tête."""

import pytest

from esperluette.commun.erreurs import ErreurMetier
from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.lectures import chiffres, etablissements
from esperluette.indicateurs.models import Tableau
from esperluette.territoires.models import AncienneCommune, Commune
from esperluette.territoires.octets import FichierRefuse
from tests.indicateurs import fichiers
from tests.indicateurs.outils import de, importer, tableau

pytestmark = pytest.mark.django_db


# --- L'accessibilité potentielle localisée ----------------------------------------------------------------

PROFESSIONS = {
    "medecins": ("APL aux médecins généralistes", fichiers.POPULATION_APL),
    "infirmiers": ("APL aux infirmières", "Population standardisée 2021 pour les infirmières"),
    "kines": ("APL aux kinésithérapeutes", "Population standardisée 2021 pour les kinésithérapeutes"),
    "sages_femmes": ("APL aux sages-femmes", "Population féminine standardisée 2022 pour les sages-femmes"),
    "dentistes": ("APL aux chirurgiens-dentistes", "Population standardisée 2021 pour les chirurgiens-dentistes"),
}


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_le_classeur_d_une_profession_se_lit_a_son_annee_la_plus_recente(territoire, tmp_path, profession):
    intitule, population = PROFESSIONS[profession]
    octets = fichiers.classeur_a_feuilles(
        **{
            "Lisez-moi": [["Accessibilité potentielle localisée"]],
            "APL 2023": fichiers.feuille_apl(["22136", "L", 9, 9, 9, 9], intitule=intitule, population=population),
            "APL 2024": fichiers.feuille_apl(
                ["22136", "Loudéac", 2.8, 2.1, 9100.5, 9600], ["22219", "P", None, None, 2500, 2500],
                intitule=intitule, population=population,
            ),
        }
    )  # fmt: skip
    jeu = f"apl-{profession.replace('_', '-')}"
    i = importer(tmp_path, jeu, octets, "apl.xlsx").importation
    assert (i.millesime, i.communes, i.rejetees) == ("2024", 2, 0)
    loudeac = de(jeu, "22136")
    assert (loudeac[f"apl_{profession}"], loudeac[f"population_apl_{profession}"]) == (2.8, 9100.5)
    assert de(jeu, "22219")[f"apl_{profession}"] is None


def test_le_classeur_d_une_profession_n_est_pas_celui_d_une_autre(territoire, tmp_path):
    octets = fichiers.classeur_a_feuilles(**{"APL 2024": fichiers.feuille_apl(["22136", "L", 2.8, 2.1, 9100, 9600])})
    with pytest.raises(ErreurMetier, match=r"ce n'est pas « Accessibilité .* aux infirmiers »"):
        importer(tmp_path, "apl-infirmiers", octets, "apl.xlsx")


def test_la_copie_reunie_donne_chaque_profession_a_son_millesime(territoire, tmp_path):
    octets = fichiers.apl("22136,Loudéac,2.8,9100,2.9,9000,100,9,50")
    for profession, attendu in {
        "medecins": ("2018", 2.8, 9100),
        "infirmiers": ("2016", 100, 9000),
        "sages_femmes": ("2016", 9, 9000),
        "kines": ("2016", 50, 9000),
    }.items():
        jeu = f"apl-{profession.replace('_', '-')}"
        i = importer(tmp_path, jeu, octets).importation
        lue = de(jeu, "22136")
        assert (i.millesime, lue[f"apl_{profession}"], lue[f"population_apl_{profession}"]) == attendu
    assert len(chiffres().sources) == 4


# --- La population par âge --------------------------------------------------------------------------------


def test_l_archive_du_recensement_se_lit_telle_quelle(territoire, tmp_path):
    csv = fichiers.ages(("22136", *range(1, 15)), ("22219", *[0] * 14))
    octets = fichiers.zip_de(
        **{"base-cc-evol-struct-pop-2021__CSV": csv, "meta_base-cc-evol-struct-pop-2021__CSV": b"COD_VAR;LIB_VAR\n"}
    )
    i = importer(tmp_path, "population-par-age", octets, "base.zip").importation
    assert (i.millesime, i.communes) == ("2021", 2)
    loudeac = de("population-par-age", "22136")
    assert (loudeac["hommes_0_14"], loudeac["hommes_90_plus"], loudeac["femmes_0_14"]) == (1, 7, 8)
    assert sum(v for cle, v in loudeac.items() if cle != "commune") == sum(range(1, 15))
    assert set(jeux()["population-par-age"].indicateurs) == set(loudeac) - {"commune"}


def test_le_classeur_du_recensement_se_lit_a_sa_feuille_des_communes(territoire, tmp_path):
    titre = [["Insee"], *([[None]] * 4)]
    octets = fichiers.classeur_a_feuilles(
        **{
            "ARM_2021": [*titre, ["CODGEO"], ["13201"]],
            "COM_2021": [*titre, fichiers.AGES, ["22136", *range(1, len(fichiers.AGES))]],
        }
    )
    assert importer(tmp_path, "population-par-age", octets, "base.xlsx").importation.millesime == "2021"
    assert de("population-par-age", "22136")["hommes_0_14"] == 9


# --- Le comparateur, Filosofi ------------------------------------------------------------------------------

COMPARATEUR = "CODGEO;P22_POP;P16_POP;SUPERF;NAIS1621;DECE1621;P22_MEN;NAISD24;DECESD24;P22_LOG"


def test_le_comparateur_officiel_donne_deux_recensements(territoire, tmp_path):
    csv = fichiers.csv(COMPARATEUR, "22136;9550;9650;80,24;600;900;4500;85;150;5200")
    octets = fichiers.zip_de(base_cc_comparateur__csv=csv, meta_base_cc_comparateur__csv=b"COD_VAR\n")
    i = importer(tmp_path, "comparateur", octets, "base_cc_comparateur_csv.zip").importation
    lue = de("comparateur", "22136")
    assert i.millesime == "2022"
    assert (lue["population"], lue["population_avant"], lue["superficie"]) == (9550, 9650, 80.24)
    assert (lue["menages"], lue["naissances"], lue["deces"]) == (4500, 85, 150)


def test_l_archive_de_filosofi_donne_son_tableau_des_niveaux_de_vie(territoire, tmp_path):
    octets = fichiers.zip_de(
        FILO2021_DISP_COM__csv=fichiers.csv(
            "CODGEO;LIBGEO;NBMEN21;NBPERS21;Q121;Q221", "22136;Loudéac;4000;9000;;21000"
        ),
        FILO2021_DISP_PAUVRES_COM__csv=fichiers.csv("CODGEO;TP6021", "22136;s"),
        FILO2021_DEC_COM__csv=fichiers.csv("CODGEO;Q221", "22136;19000"),
    )
    assert importer(tmp_path, "filosofi", octets, "indic.zip").importation.millesime == "2021"
    lue = de("filosofi", "22136")
    assert (lue["niveau_de_vie"], lue["personnes"]) == (21000, 9000)
    assert "pauvrete" not in lue


# --- FINESS -----------------------------------------------------------------------------------------------

EHPAD = ("220000001", "RESIDENCE DU MENE", "136", "22", "500")
PHARMACIE = ("220000002", 'PHARMACIE "DES HALLES"', "136", "22", "620")
PMI = ("220000003", "PMI", "278", "22", "223")
JUSTICE = ("220000004", "CENTRE EDUCATIF", "278", "22", "241")


def test_finess_donne_les_etablissements_et_leur_compte(territoire, tmp_path):
    i = importer(tmp_path, "finess", fichiers.finess(EHPAD, PHARMACIE, PMI, JUSTICE)).importation
    des_cotes_d_armor = Commune.objects.filter(departement="22").count()
    assert (i.millesime, i.rejetees, i.communes) == ("2026-05-12", 0, des_cotes_d_armor)
    loudeac, plouguenast = de("finess", "22136"), de("finess", "22219")
    assert (loudeac["finess_ehpad"], loudeac["finess_pharmacies"], plouguenast["finess_ehpad"]) == (1, 1, 0)
    dits = etablissements(["22136", "22278"])
    assert [(e.nom, e.categorie, e.champ, e.commune) for e in dits] == [
        ('PHARMACIE "DES HALLES"', "Pharmacie", "ambulatoire", "22136"),
        ("PMI", "Protection maternelle et infantile", "ambulatoire", "22278"),
        ("RESIDENCE DU MENE", "EHPAD", "medico_social", "22136"),
    ]
    assert etablissements(["22219"]) == ()


def test_une_categorie_que_le_fichier_n_a_nulle_part_n_est_pas_un_zero(territoire, tmp_path):
    importer(tmp_path, "finess", fichiers.finess(EHPAD))
    assert "finess_ssiad" not in tableau("finess").columns
    assert de("finess", "22219")["finess_ehpad"] == 0


def test_finess_sans_etre_charge_ne_dit_pas_qu_il_n_y_a_rien(territoire):
    assert etablissements(["22136"]) is None


def test_les_etablissements_d_outre_mer_ont_leur_code_de_commune(territoire, tmp_path):
    octets = fichiers.finess(EHPAD, ("970000001", "EHPAD D AILLEURS", "411", "9D", "500"))
    (rejet,) = importer(tmp_path, "finess", octets).rejets
    assert rejet.contenu == "97411"
    assert "celui d'une commune" in rejet.cause


def test_finess_avec_un_en_tete_se_lit_aussi(territoire, tmp_path):
    entete = "nofinesset;rs;departement;cog;codepostal;categetab"
    octets = fichiers.csv(entete, "220000001;EHPAD;22;22136;22600;500", "220000001;EHPAD;22;22136;22600;500")
    i = importer(tmp_path, "finess", octets).importation
    assert (i.doublons, i.rejetees) == (1, 0)
    assert de("finess", "22136")["finess_ehpad"] == 1


def test_deux_fiches_contraires_pour_un_numero_sont_rejetees(territoire, tmp_path):
    octets = fichiers.finess(EHPAD, (EHPAD[0], "AUTRE NOM", "136", "22", "500"), PHARMACIE)
    bilan = importer(tmp_path, "finess", octets)
    assert [r.cause.split(" :")[0] for r in bilan.rejets] == ["deux lignes de ce numéro se contredisent"] * 2
    assert [e.nom for e in etablissements(["22136"])] == [PHARMACIE[1]]


def test_finess_coupe_au_milieu_d_une_fiche_est_refuse(territoire, tmp_path):
    octets = fichiers.finess(EHPAD, PHARMACIE, geolocalisation=False)
    with pytest.raises(ErreurMetier, match="la dernière ligne est coupée"):
        importer(tmp_path, "finess", octets[:-20])
    assert not Tableau.objects.exists()


def test_chaque_categorie_de_finess_a_son_libelle_son_champ_et_un_compte_connu():
    decrit = jeux()["finess"]
    assert {c.champ for c in decrit.categories.values()} == {"ambulatoire", "hospitalier", "medico_social", "appui"}
    assert {c.compte for c in decrit.categories.values() if c.compte} == set(decrit.indicateurs)


# --- La base permanente des équipements -------------------------------------------------------------------


def test_deux_quartiers_au_meme_effectif_ne_sont_pas_une_repetition(territoire, tmp_path):
    octets = fichiers.csv("DEPCOM;DCIRIS;TYPEQU;NB_EQUIP", "22136;221360101;D201;2", "22136;221360102;D201;2")
    assert importer(tmp_path, "bpe-sante", octets).importation.doublons == 0
    assert de("bpe-sante", "22136")["medecins"] == 4


@pytest.mark.parametrize("effectif", ["nan", "inf", "-inf", "-2", "deux", ""])
def test_un_effectif_qui_n_est_pas_un_nombre_ne_se_compte_pas(territoire, tmp_path, effectif):
    (rejet,) = importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,9", f"22219,D201,{effectif}")).rejets
    assert (rejet.contenu, rejet.cause) == ("22219", "un effectif n'est pas un nombre")
    assert tableau("bpe-sante")["medecins"].sum() == 9
    assert "22219" not in set(tableau("bpe-sante")["commune"])  # rejetée n'est pas déserte
    assert de("bpe-sante", "22278")["medecins"] == 0


def test_une_ancienne_commune_rejetee_rend_toute_la_commune_inconnue(territoire, tmp_path):
    AncienneCommune.objects.create(code="22103", nom="Langast", commune=territoire.plouguenast)
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,9", "22219,D201,4", "22103,D201,deux"))
    assert "22219" not in set(tableau("bpe-sante")["commune"])


def test_une_somme_de_communes_reunies_dont_une_est_rejetee_n_est_pas_donnee(territoire, tmp_path):
    AncienneCommune.objects.create(code="22103", nom="Langast", commune=territoire.plouguenast)
    fausse = "22103,Langast,22150,COM,20,beaucoup,800,300,5,9"
    importer(tmp_path, "comparateur", fichiers.comparateur(fichiers.LOUDEAC, fichiers.PLOUGUENAST, fausse))
    assert set(tableau("comparateur")["commune"]) == {"22136"}


def test_un_classeur_piege_dans_une_archive_est_refuse(territoire, tmp_path):
    membres = {"xl/workbook__xml": b"<x/>", "xl/vbaProject__bin": b"x", "[Content_Types]__xml": b"<x/>"}
    macro = fichiers.zip_de(**membres)
    with pytest.raises(FichierRefuse, match=r"^f\.csv : .*macro"):
        importer(tmp_path, "comparateur", fichiers.zip_de(comparateur__csv=macro))


def test_une_fiche_rejetee_rend_inconnu_le_compte_de_sa_commune_et_garde_les_autres(territoire, tmp_path):
    sans_numero = ("", "SANS NUMERO", "219", "22", "500")
    importer(tmp_path, "finess", fichiers.finess(EHPAD, ("", "X", "136", "22", "620"), sans_numero, PMI, PHARMACIE))
    for commune in ("22136", "22219"):
        assert {v for nom, v in de("finess", commune).items() if nom != "commune"} == {None}
    assert de("finess", "22278")["finess_ehpad"] == 0
    assert [e.finess for e in etablissements(["22136", "22219"])] == [PHARMACIE[0], EHPAD[0]]


def test_sans_effectif_chaque_ligne_est_un_equipement(territoire, tmp_path):
    octets = fichiers.csv("AN;DEPCOM;TYPEQU", *["2024;22136;D265"] * 3, "2024;22136;D307", "2024;22219;A101")
    importer(tmp_path, "bpe-sante", octets)
    lue = de("bpe-sante", "22136")
    assert (lue["medecins"], lue["pharmacies"]) == (3, 1)
    assert "kines" not in lue  # aucun de ses codes n'est dans ce fichier : rien n'en est dit


def test_l_archive_actuelle_des_equipements_se_lit_telle_quelle(territoire, tmp_path):
    csv = fichiers.bpe_actuelle(
        ("22136", "COM", "D265", "FACILITIES", 2024, 9), ("22136", "COM", "D281", "FACILITIES", 2024, 4),
        ("22136", "COM", "D278", "FACILITIES", 2024, 1), ("22136", "COM", "D279", "FACILITIES", 2024, 3),
        ("22136", "COM", "D280", "FACILITIES", 2024, 2), ("22136", "COM", "B207", "FACILITIES", 2024, 30),
        ("22136", "COM", "D265", "SURFACE", 2024, 500), ("22", "DEP", "D265", "FACILITIES", 2024, 600),
        ("22219", "COM", "D307", "FACILITIES", 2024, 1),
    )  # fmt: skip
    octets = fichiers.zip_de(DS_BPE_2024_data__csv=csv, DS_BPE_2024_metadata__csv=b'"COD_VAR";"LIB_VAR"\n"GEO";"x"\n')
    i = importer(tmp_path, "bpe-sante", octets, "DS_BPE_CSV_FR.zip").importation
    assert (i.millesime, i.rejetees) == ("2024", 0)
    lue = de("bpe-sante", "22136")
    assert (lue["medecins"], lue["infirmiers"], lue["sages_femmes"]) == (9, 4, 1)
    assert (lue["kines"], lue["podologues"], lue["pharmacies"]) == (3, 2, 0)
    assert de("bpe-sante", "22278")["medecins"] == 0
    assert "orthophonistes" not in lue  # ce fichier n'en cite aucun : ce n'est pas un zéro


def test_de_deux_annees_d_un_fichier_seule_la_plus_recente_se_compte(territoire, tmp_path):
    octets = fichiers.bpe_actuelle(
        ("22136", "COM", "D265", "FACILITIES", 2023, 10), ("22136", "COM", "D265", "FACILITIES", 2024, 9),
        ("22219", "COM", "D265", "FACILITIES", 2023, 2),
    )  # fmt: skip
    assert importer(tmp_path, "bpe-sante", octets).importation.millesime == "2024"
    assert (de("bpe-sante", "22136")["medecins"], de("bpe-sante", "22219")["medecins"]) == (9, 0)


def test_un_effectif_que_le_producteur_tait_ne_devient_pas_un_zero(territoire, tmp_path):
    octets = fichiers.bpe_actuelle(
        ("22136", "COM", "D265", "FACILITIES", 2024, ""), ("22219", "COM", "D265", "FACILITIES", 2024, 2)
    )
    (rejet,) = importer(tmp_path, "bpe-sante", octets).rejets
    assert rejet.cause == "un effectif n'est pas un nombre"
    assert "22136" not in set(tableau("bpe-sante")["commune"])


def test_l_ancien_fichier_des_equipements_dit_son_annee(territoire, tmp_path):
    octets = fichiers.csv("DEPCOM;DCIRIS;AN;TYPEQU;NB_EQUIP", "22136;22136_0000;2021;D201;9")
    assert importer(tmp_path, "bpe-sante", octets).importation.millesime == "2021"


def test_un_fichier_dont_aucune_ligne_ne_dit_son_annee_est_refuse(territoire, tmp_path):
    octets = fichiers.csv("DEPCOM;DCIRIS;AN;TYPEQU;NB_EQUIP", "22136;22136_0000;;D201;9")
    with pytest.raises(FichierRefuse, match="aucune ligne ne dit son année"):
        importer(tmp_path, "bpe-sante", octets)


@pytest.mark.parametrize(
    ("jeu", "octets"),
    [
        ("bpe-sante", fichiers.bpe("22136,D201,9")),
        (
            "tvs",
            fichiers.csv(
                "Code commune,Code du territoire de vie-santé,Libellé du territoire de vie-santé", "22136,1,L"
            ),
        ),
    ],
)
def test_un_fichier_donne_qui_ne_dit_pas_son_annee_n_en_recoit_pas_une(territoire, tmp_path, jeu, octets):
    assert importer(tmp_path, jeu, octets).importation.millesime == "millésime inconnu"
    assert importer(tmp_path, jeu, octets, millesime="2023", forcer=True).importation.millesime == "2023"


def test_la_densite_de_cartosante_a_le_millesime_de_son_intitule(territoire, tmp_path):
    octets = fichiers.csv(
        "CartoSanté; ; ", "France par territoire 2019; ; ", "Code;Libellé;Densité de généralistes lib. 2021",
        "22001;Loudéac;7,5",
    )  # fmt: skip
    assert importer(tmp_path, "densite-medecins", octets).importation.millesime == "2021"


def test_un_fichier_sans_un_equipement_de_sante_n_est_pas_un_desert(territoire, tmp_path):
    with pytest.raises(ErreurMetier, match="aucune ligne ne porte de chiffre"):
        importer(tmp_path, "bpe-sante", fichiers.bpe("22136,A101,1"))
    with pytest.raises(ErreurMetier, match="aucune ligne ne porte de chiffre"):
        importer(tmp_path, "finess", fichiers.finess(JUSTICE))
