"""Trouver, lire et garder les éditions."""

import datetime
import shutil

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.verification import charger_tout
from tests.referentiel.conftest import FIGEES


@pytest.fixture
def ailleurs(tmp_path, settings):
    """Un second dossier d'éditions, avec une région d'essai."""
    racine = tmp_path / "ailleurs"
    shutil.copytree(FIGEES / "bretagne" / "2024-10", racine / "cornouaille" / "2030")
    entete = racine / "cornouaille" / "2030" / "edition.yaml"
    texte = entete.read_text(encoding="utf-8")
    texte = texte.replace('numero: "2024-10"', 'numero: "2030"').replace("cle: bretagne", "cle: cornouaille")
    entete.write_text(texte.replace("en_vigueur_du: 2024-10-02", "en_vigueur_du: 2030-01-01"), encoding="utf-8")
    settings.EDITIONS_SUPPLEMENTAIRES = [racine]
    return racine


def test_les_regions_et_les_editions_du_paquet():
    assert {"bretagne", "hauts-de-france"} <= set(lecture.regions())
    assert "national" not in lecture.regions()
    assert [e.numero for e in lecture.editions("bretagne")] == ["2019-10", "2024-10"]
    assert lecture.nationaux() == ["2026"]
    assert lecture.national().numero == "2026"


@pytest.mark.parametrize(
    ("le", "numero"),
    [
        (datetime.date(2018, 1, 1), None),
        (datetime.date(2019, 10, 1), "2019-10"),
        (datetime.date(2024, 10, 1), "2019-10"),
        (datetime.date(2024, 10, 2), "2024-10"),
        (datetime.date(2040, 1, 1), "2024-10"),
    ],
)
def test_l_edition_en_vigueur_depend_du_jour(le, numero):
    edition = lecture.edition_en_vigueur("bretagne", le)
    assert (edition.numero if edition else None) == numero


def test_une_region_sans_edition_ne_plante_pas():
    assert lecture.editions("corse") == []
    assert lecture.edition_en_vigueur("corse", datetime.date(2026, 1, 1)) is None


@pytest.mark.parametrize(("region", "numero"), [("bretagne", "1999"), ("normandie", "2024"), ("national", "2026")])
def test_une_edition_inconnue_se_dit(region, numero):
    with pytest.raises(lecture.EditionInconnue, match=numero):
        lecture.edition(region, numero)


def test_un_socle_inconnu_se_dit():
    with pytest.raises(lecture.EditionInconnue, match="1999"):
        lecture.national("1999")


def test_une_edition_se_lit_une_fois(bretagne):
    assert lecture.edition("bretagne", "2024-10") is lecture.edition("bretagne", "2024-10")


def test_un_dossier_supplementaire_ajoute_des_editions(ailleurs):
    assert {"bretagne", "cornouaille"} <= set(lecture.regions())
    assert lecture.edition("cornouaille", "2030").socle.numero == "2026"


def test_une_edition_modifiee_se_relit(ailleurs, monkeypatch):
    monkeypatch.setattr(lecture, "DELAI_DE_RELECTURE", 0.0)
    avant = lecture.edition("cornouaille", "2030")
    assert lecture.edition("cornouaille", "2030") is avant
    fichier = ailleurs / "cornouaille" / "2030" / "aides.yaml"
    fichier.write_text(fichier.read_text(encoding="utf-8").replace("3 à 7 réunions", "4 à 7 réunions"), "utf-8")
    apres = lecture.edition("cornouaille", "2030")
    assert apres is not avant
    assert apres.empreinte != avant.empreinte


def test_un_changement_attend_au_plus_le_delai_de_relecture(ailleurs):
    avant = lecture.edition("cornouaille", "2030")
    (ailleurs / "cornouaille" / "2030" / "aides.yaml").write_text("aides: []\n", encoding="utf-8")
    assert lecture.edition("cornouaille", "2030") is avant
    lecture.vider_cache()
    assert lecture.edition("cornouaille", "2030").aides == ()


def test_deux_dossiers_ne_disent_pas_la_meme_edition(ailleurs):
    shutil.copytree(lecture.DOSSIER_DU_PAQUET / "bretagne" / "2024-10", ailleurs / "bretagne" / "2024-10")
    with pytest.raises(lecture.EditionInvalide, match="bretagne/2024-10 existe déjà"):
        lecture.regions()


def test_une_edition_sans_fin_s_efface_devant_la_suivante(ailleurs):
    entete = ailleurs / "cornouaille" / "2031" / "edition.yaml"
    shutil.copytree(ailleurs / "cornouaille" / "2030", entete.parent)
    texte = entete.read_text(encoding="utf-8").replace('numero: "2030"', 'numero: "2031"')
    entete.write_text(texte.replace("en_vigueur_du: 2030-01-01", "en_vigueur_du: 2031-01-01"), encoding="utf-8")
    lecture.vider_cache()
    assert lecture.edition_en_vigueur("cornouaille", datetime.date(2030, 12, 31)).numero == "2030"
    assert lecture.edition_en_vigueur("cornouaille", datetime.date(2031, 1, 1)).numero == "2031"
    assert charger_tout().problemes == []


def test_un_dossier_absent_se_dit(settings, tmp_path):
    settings.EDITIONS_SUPPLEMENTAIRES = [tmp_path / "nulle-part"]
    with pytest.raises(lecture.EditionInvalide, match="ce dossier d'éditions n'existe pas"):
        lecture.editions()


def test_une_edition_ne_se_modifie_pas(bretagne):
    with pytest.raises(AttributeError):
        bretagne.empreinte = "autre"
    with pytest.raises(ValueError, match="frozen"):
        bretagne.criteres[0].enonce = "autre"


def test_les_raccourcis_cherchent_par_identifiant(bretagne, atelier):
    assert bretagne.critere("paramedical").nature == "composition"
    assert bretagne.aide("indemnisation-elaboration").quantite.maximum == 7
    assert bretagne.instance("carpec").sigle == "CARPEC"
    assert bretagne.trame("projet-de-sante").id == "projet-sante-esp"
    assert bretagne.trame("demande-accompagnement").id == "demande-accompagnement-esp"
    sans_trame = atelier.charger()
    assert not sans_trame.demarche("demande-accompagnement").en_ligne
    with pytest.raises(KeyError):
        sans_trame.trame("demande-accompagnement")
