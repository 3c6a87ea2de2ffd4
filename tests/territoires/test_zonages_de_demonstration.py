"""Le tableau des zonages de la démonstration : réel, sourcé, une intercommunalité par région."""

import importlib.util
from pathlib import Path

import pytest

from esperluette.referentiel.lecture import regions
from esperluette.territoires.decoupage import cle_de_region, lire
from esperluette.territoires.imports import charger_zonages_de_demonstration, tableau_de_demonstration
from esperluette.territoires.jeux import jeu, jeux
from esperluette.territoires.models import JeuImporte, Zonage
from esperluette.territoires.zonages import classement
from tests.fabriques.territoires import communes_reelles
from tests.fabriques.zonages import zoner

OUTIL = Path(__file__).resolve().parents[2] / "outils" / "zonages_de_demonstration.py"
LOUDEAC, GAP, SAINT_QUENTIN, RENNES = "22136", "05061", "02691", "35238"


@pytest.fixture(scope="module")
def outil():
    description = importlib.util.spec_from_file_location("outil_zonages", OUTIL)
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


def test_chaque_ligne_porte_sa_provenance():
    for ligne in tableau_de_demonstration():
        assert ligne.producteur == jeu(ligne.jeu).producteur
        assert ligne.classe in jeu(ligne.jeu).classes
        assert ligne.millesime
        assert ligne.fichier
        assert len(ligne.empreinte) == 64


def test_les_communes_sont_exactement_celles_des_intercommunalites_annoncees(outil):
    voulues = {c.code for c in lire().communes if c.epci in outil.INTERCOMMUNALITES}
    for identifiant in jeux():
        assert {x.code for x in tableau_de_demonstration() if x.jeu == identifiant} == voulues
    assert len(tableau_de_demonstration()) == len(voulues) * len(jeux())


def test_chaque_region_qui_a_une_edition_a_son_intercommunalite():
    contenu = lire()
    region_de = {code: region for code, _, region in contenu.departements}
    nom_de = dict(contenu.regions)
    departement_de = {c.code: c.departement for c in contenu.communes}
    presentes = {cle_de_region(nom_de[region_de[departement_de[x.code]]]) for x in tableau_de_demonstration()}
    assert set(regions()) <= presentes


def test_un_jeu_vient_d_un_seul_fichier():
    for identifiant in jeux():
        assert len({(x.empreinte, x.millesime) for x in tableau_de_demonstration() if x.jeu == identifiant}) == 1


@pytest.fixture
def communes(db):
    return communes_reelles(LOUDEAC, GAP, SAINT_QUENTIN, RENNES)


def test_le_chargement_pose_les_quatre_jeux_sur_les_communes_connues(communes):
    poses = charger_zonages_de_demonstration()
    assert sorted(i.jeu for i in poses) == ["densite", "frr", "qpv", "zonage-medecins"]
    assert all(i.demonstration and i.communes == 3 for i in poses)
    assert set(Zonage.objects.values_list("commune_id", flat=True)) == {LOUDEAC, GAP, SAINT_QUENTIN}


def test_la_demonstration_parle_de_ses_communes_et_se_tait_ailleurs(communes):
    charger_zonages_de_demonstration()
    assert classement(LOUDEAC, []).zonages["zip"] is True
    assert "Haut-Gap" in classement(GAP, []).partiels["qpv"]
    assert classement(SAINT_QUENTIN, []).zonages["zar"] is True
    assert classement(RENNES, []).zonages == {}


def test_recharger_ne_fait_rien(communes):
    charger_zonages_de_demonstration()
    assert charger_zonages_de_demonstration() == []
    assert JeuImporte.objects.count() == 4


def test_un_jeu_reel_n_est_jamais_ecrase(communes):
    zoner("frr", {LOUDEAC: "non_classee"})
    poses = charger_zonages_de_demonstration()
    assert "frr" not in {i.jeu for i in poses}
    assert classement(LOUDEAC, []).zonages["frr"] is False


def test_de_nouvelles_communes_completent_le_tableau(communes):
    charger_zonages_de_demonstration()
    communes_reelles("22219")
    assert len(charger_zonages_de_demonstration()) == 4
    assert JeuImporte.objects.filter(courant=True).count() == 4
    assert classement("22219", []).zonages["zip"] is True


def test_sans_aucune_de_ces_communes_rien_ne_se_pose(db):
    communes_reelles(RENNES)
    assert charger_zonages_de_demonstration() == []
