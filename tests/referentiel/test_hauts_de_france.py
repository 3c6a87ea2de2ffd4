"""L'édition des Hauts-de-France dit ce que dit la brochure de l'ARS, et dit ce que la brochure tait."""

import datetime
import os
from pathlib import Path

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.faits import FaitMembre, Faits
from esperluette.territoires.decoupage import lire as lire_decoupage
from tests.referentiel.citations import citations, mots, sources_de_l_edition

AUJOURD_HUI = datetime.date(2026, 11, 21)
SOURCES = os.environ.get("ESPERLUETTE_SOURCES")
GENERALISTE = FaitMembre(profession="10", savoir_faire="SM54", exercice="liberal")


@pytest.fixture(scope="module")
def hdf():
    return lecture.edition("hauts-de-france", "2026-11")


def _juger(edition, *membres, forme="esp", **faits):
    return evaluer(edition, forme=forme, faits=Faits(membres=membres, **faits), le=AUJOURD_HUI)


@pytest.mark.parametrize("profession", ["21", "35", "40", "50", "60", "70", "91"])
def test_tout_autre_professionnel_de_sante_liberal_complete_un_generaliste(hdf, profession):
    autre = FaitMembre(profession=profession, exercice="liberal")
    assert _juger(hdf, GENERALISTE, autre).verdict.reponse == "satisfait"
    assert _juger(hdf, autre, autre).verdict.reponse == "non_satisfait"


@pytest.mark.parametrize("savoir_faire", ["SM04", "SM54", "autre"])
def test_un_second_medecin_compte_quelle_que_soit_sa_specialite(hdf, savoir_faire):
    second = FaitMembre(profession="10", savoir_faire=savoir_faire, exercice="liberal")
    assert _juger(hdf, GENERALISTE, second).verdict.reponse == "satisfait"


def test_un_medecin_sans_qualification_connue_reste_a_preciser(hdf):
    inconnu = FaitMembre(profession="10", exercice="liberal")
    infirmiere = FaitMembre(profession="60", exercice="liberal")
    assert _juger(hdf, inconnu, infirmiere).verdict.reponse == "a_preciser"


def test_un_salarie_est_a_preciser_pour_une_equipe_et_compte_pour_une_maison_de_sante(hdf):
    salarie = FaitMembre(profession="10", savoir_faire="SM54", exercice="salarie")
    infirmiere = FaitMembre(profession="60", exercice="liberal")
    equipe = _juger(hdf, salarie, infirmiere)
    assert equipe.verdict.reponse == "a_preciser"
    assert "libéraux" in equipe.verdict.motif
    assert _juger(hdf, salarie, GENERALISTE, infirmiere, forme="msp").verdict.reponse == "satisfait"


def test_deux_generalistes_et_un_pharmacien_forment_une_equipe_pas_une_maison_de_sante(hdf):
    membres = (GENERALISTE, GENERALISTE, FaitMembre(profession="21", exercice="liberal"))
    assert _juger(hdf, *membres).verdict.reponse == "satisfait"
    assert _juger(hdf, *membres, forme="msp").verdict.reponse == "non_satisfait"


def test_les_missions_se_declarent_et_ne_font_rien_tomber(hdf):
    declarations = {c.id for c in hdf.criteres if c.nature == "declaration"}
    assert declarations == {
        "patientele-commune",
        "thematiques-communes",
        "outils-de-coordination",
        "soins-non-programmes",
        "sans-depassement",
    }
    refusees = {c.parametres["cle"]: False for c in hdf.criteres if c.nature == "declaration"}
    infirmiere = FaitMembre(profession="60", exercice="liberal")
    assert _juger(hdf, GENERALISTE, infirmiere, declaratifs=refusees).verdict.reponse == "satisfait"


def test_aucun_montant_n_est_publie_et_chaque_aide_le_dit(hdf):
    assert {a.id: a.montant for a in hdf.aides} == {"conseils": None, "appui-ingenierie": None, "aide-demarrage": None}
    assert all("non publié" in a.montant_note for a in hdf.aides if a.id != "conseils")
    assert hdf.aide("appui-ingenierie").objets == (
        "La réalisation d'une étude de faisabilité",
        "La rédaction du projet de santé",
    )
    assert any("mobilier" in objet for objet in hdf.aide("aide-demarrage").objets)


def test_une_aide_aux_conditions_non_publiees_n_est_jamais_acquise(hdf):
    infirmiere = FaitMembre(profession="60", exercice="liberal")
    verdicts = {e.aide.id: e.verdict.reponse for e in _juger(hdf, GENERALISTE, infirmiere).aides}
    assert verdicts == {"conseils": "satisfait", "appui-ingenierie": "a_preciser", "aide-demarrage": "a_preciser"}


def test_les_cinq_departements_ont_leur_adresse_exacte(hdf):
    adresses = {c.territoire.departements[0]: c.courriel for c in hdf.local.contacts if c.territoire.departements}
    assert adresses == {
        "02": "ars-hdf-dos-pole-aisne@ars.sante.fr",
        "59": "ars-hdf-dos-pole-nord@ars.sante.fr",
        "60": "ars-hdf-dos-pole-oise@ars.sante.fr",
        "62": "ars-hdf-dos-pole-pasdecalais@ars.sante.fr",
        "80": "ars-hdf-dos-pole-somme@ars.sante.fr",
    }
    assert set(adresses) == {code for code, _, region in lire_decoupage().departements if region == "32"}
    assert [c for c in hdf.local.contacts if c.nom or c.telephone] == []


def test_aucune_commission_n_est_inventee(hdf):
    assert hdf.instances == ()
    assert hdf.local.seances == ()
    assert [d.instance for d in hdf.demarches] == [None, None]
    assert "commission" in {i.id for i in hdf.inconnues}
    assert "pôle de votre département" in hdf.local.a_confirmer.texte


def test_la_trame_est_nationale_et_se_dit_construite(hdf):
    trame = hdf.trame("projet-de-sante")
    assert hdf.demarche("projet-de-sante").trame == "national/projet-de-sante-esp"
    assert trame.modele == "construit"
    assert "n'est pas fourni" in trame.modele_note
    assert "trame-du-paps" in {i.id for i in hdf.inconnues}


@pytest.mark.parametrize(
    ("section", "nombre"),
    [("missions", 4), ("benefices", 9), ("conseils", 4), ("elus", 5)],
)
def test_tout_ce_que_la_brochure_fait_comprendre_y_est(hdf, section, nombre):
    assert len([p for p in getattr(hdf.comprendre, section) if p.id.startswith("hdf-")]) == nombre


def test_les_benefices_sont_ceux_des_trois_publics(hdf):
    publics = [b.pour for b in hdf.comprendre.benefices if b.id.startswith("hdf-")]
    assert {p: publics.count(p) for p in set(publics)} == {"patients": 3, "professionnels": 3, "territoire": 3}


@pytest.mark.parametrize(
    ("le", "numero"),
    [
        (datetime.date(2025, 12, 31), None),
        (datetime.date(2026, 1, 1), "2026-11"),
        (AUJOURD_HUI, "2026-11"),
        (datetime.date(2027, 6, 1), "2026-11"),
    ],
)
def test_avant_la_lecture_de_la_brochure_rien_n_est_suppose(hdf, le, numero):
    trouvee = lecture.edition_en_vigueur("hauts-de-france", le)
    assert (trouvee.numero if trouvee else None) == numero
    assert "n'est pas datée" in hdf.entete.note_dates


def test_une_brochure_non_datee_le_dit_a_chaque_source(hdf):
    de_la_brochure = [s for s in sources_de_l_edition(hdf) if s.document_id == "brochure-esp"]
    assert len(de_la_brochure) >= 40
    assert all(s.en_json()["date_de_lecture"] for s in de_la_brochure)


@pytest.mark.skipif(not SOURCES, reason="ESPERLUETTE_SOURCES ne dit pas où sont les documents")
def test_ce_qui_est_entre_guillemets_est_dans_la_brochure(hdf):
    brochure = mots((Path(SOURCES) / "hauts-de-france-brochure-esp.txt").read_text(encoding="utf-8"))
    de_la_brochure = [s for s in sources_de_l_edition(hdf) if s.document_id == "brochure-esp"]
    erreurs = [e.passage for e in hdf.documents["brochure-esp"].erreurs]
    dites = [c for passage in (*(s.passage for s in de_la_brochure), *erreurs) for c in citations(passage)]
    assert len(dites) >= 40
    assert [c for c in dites if c not in brochure] == []
