"""Quatre régions connues en partie : ce qu'elles savent, ce qu'elles avouent, et rien d'inventé."""

import datetime

import pytest

from esperluette.referentiel import cas as les_cas
from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import FormeNonCouverte, evaluer
from esperluette.referentiel.faits import FaitMembre, Faits
from esperluette.territoires.decoupage import cle_de_region
from esperluette.territoires.decoupage import lire as lire_decoupage
from tests.referentiel.citations import sources_de_l_edition

LE = datetime.date(2026, 11, 21)
PARTIELLES = ("auvergne-rhone-alpes", "bourgogne-franche-comte", "grand-est", "pays-de-la-loire")
GENERALISTE = FaitMembre(profession="10", savoir_faire="SM54", exercice="liberal")
SPECIALISTE = FaitMembre(profession="10", savoir_faire="SM04", exercice="liberal")
PHARMACIEN = FaitMembre(profession="21", exercice="liberal")
INFIRMIERE = FaitMembre(profession="60", exercice="liberal")


@pytest.fixture(params=PARTIELLES)
def edition(request):
    return lecture.edition_en_vigueur(request.param, LE)


def _reponse(region, *membres, forme="esp", **faits):
    edition = lecture.edition_en_vigueur(region, LE)
    return evaluer(edition, forme=forme, faits=Faits(membres=membres, **faits), le=LE).verdict.reponse


def test_chacune_dit_ce_qu_elle_ne_sait_pas(edition):
    assert len(edition.inconnues) >= 6
    assert all(i.aupres_de for i in edition.inconnues)
    assert {"commission", "contacts"} <= {i.id for i in edition.inconnues}
    assert not edition.entete.formes["esp"].complete


def test_aucune_coordonnee_ni_commission_n_est_inventee(edition):
    assert [c for c in edition.local.contacts if c.nom or c.courriel or c.telephone] == []
    assert [s for s in edition.local.structures if s.courriel or s.telephones or s.adresse] == []
    assert edition.instances == edition.local.seances == ()
    assert edition.local.a_confirmer is not None


def test_la_region_porte_le_nom_et_le_code_du_decoupage(edition):
    regions = dict(lire_decoupage().regions)
    assert regions[edition.entete.region.code] == edition.entete.region.nom
    assert cle_de_region(edition.entete.region.nom) == edition.region


def test_le_projet_de_sante_se_depose_sur_la_trame_nationale(edition):
    demarche = edition.demarche("projet-de-sante")
    assert demarche.en_ligne
    assert edition.trame("projet-de-sante").modele == "construit"
    assert (demarche.regime.silence.effet, demarche.regime.silence.delai_mois) == ("rejet", 2)
    assert demarche.regime.signatures.depot == "tous_les_membres"


def test_chaque_source_est_d_un_document_connu_et_une_lecture_s_explique(edition):
    for source in sources_de_l_edition(edition):
        assert source.document_id in edition.documents
        assert bool(source.note) or not source.interprete


def test_chaque_condition_non_publiee_est_une_lecture_dite(edition):
    tues = [c for c in edition.criteres if c.fonction == "non_publie"]
    assert [c.id for c in tues if not c.source.interprete] == []


def test_les_cas_du_metier_sont_au_moins_douze_et_montrent_plus_d_une_reponse(edition):
    situes = les_cas.lire_cas(edition)
    assert len(situes) >= 12
    assert {s.cas.attendu.verdict for s in situes} >= {"non_satisfait", "a_preciser"}


def test_avant_la_lecture_aucune_edition_ne_repond(edition):
    assert lecture.edition_en_vigueur(edition.region, datetime.date(2025, 6, 1)) is None
    assert "1er janvier" in edition.entete.note_dates


@pytest.mark.parametrize(
    ("region", "membres", "attendu"),
    [
        ("pays-de-la-loire", (GENERALISTE, INFIRMIERE), "satisfait"),
        ("pays-de-la-loire", (GENERALISTE, PHARMACIEN), "satisfait"),
        ("pays-de-la-loire", (GENERALISTE, SPECIALISTE), "non_satisfait"),
        ("pays-de-la-loire", (GENERALISTE, GENERALISTE), "satisfait"),
        ("bourgogne-franche-comte", (GENERALISTE, INFIRMIERE), "a_preciser"),
        ("bourgogne-franche-comte", (GENERALISTE, PHARMACIEN), "a_preciser"),
        ("bourgogne-franche-comte", (INFIRMIERE, PHARMACIEN), "non_satisfait"),
        ("auvergne-rhone-alpes", (GENERALISTE, PHARMACIEN), "a_preciser"),
        ("auvergne-rhone-alpes", (GENERALISTE,), "non_satisfait"),
        ("grand-est", (GENERALISTE, INFIRMIERE), "a_preciser"),
        ("grand-est", (INFIRMIERE, PHARMACIEN), "non_satisfait"),
    ],
)
def test_la_meme_equipe_n_a_pas_la_meme_reponse_partout(region, membres, attendu):
    assert _reponse(region, *membres) == attendu


def test_en_auvergne_rhone_alpes_les_patients_communs_se_declarent():
    equipe = (GENERALISTE, INFIRMIERE)
    assert _reponse("auvergne-rhone-alpes", *equipe, declaratifs={"patientele_commune": True}) == "satisfait"
    assert _reponse("auvergne-rhone-alpes", *equipe, declaratifs={"patientele_commune": False}) == "non_satisfait"


@pytest.mark.parametrize("region", ["grand-est", "bourgogne-franche-comte"])
def test_ce_que_l_ars_n_a_pas_publie_ne_rend_jamais_une_equipe_certaine(region):
    """Aucune équipe, si grande soit-elle, ne reçoit un oui que les documents ne permettent pas."""
    equipe = (GENERALISTE, GENERALISTE, INFIRMIERE, PHARMACIEN, SPECIALISTE)
    declares = {"label_phase_1": True, "patientele_commune": True}
    assert _reponse(region, *equipe, statut_juridique="sisa", declaratifs=declares) == "a_preciser"


def test_dans_le_grand_est_une_maison_de_sante_reste_a_preciser():
    assert _reponse("grand-est", GENERALISTE, GENERALISTE, INFIRMIERE, forme="msp") == "a_preciser"


def test_en_bourgogne_franche_comte_l_aide_est_celle_de_la_region():
    edition = lecture.edition_en_vigueur("bourgogne-franche-comte", LE)
    (aide,) = edition.aides
    assert aide.montant is None
    assert "pas de l'ARS" in aide.description
    assert aide.conditions == ("region-medecin-generaliste", "region-paramedical", "conditions-du-reglement")
    faits = Faits(membres=(GENERALISTE, PHARMACIEN))
    evaluation = evaluer(edition, forme="esp", faits=faits, le=LE)
    assert evaluation.verdict.reponse == "a_preciser"
    assert evaluation.aides[0].verdict.reponse == "non_satisfait"


def test_en_pays_de_la_loire_la_dotation_est_plafonnee_et_passe_par_une_convention():
    edition = lecture.edition_en_vigueur("pays-de-la-loire", LE)
    dotation = edition.aide("dotation")
    assert f"{dotation.montant:.2f}" == "10000.00"
    assert "Plafond" in dotation.montant_note
    assert len(dotation.objets) == 6
    assert "convention-association" in dotation.conditions
    faits = Faits(membres=(GENERALISTE, PHARMACIEN))
    attentions = {
        e.critere.id: e.verdict.reponse for e in evaluer(edition, forme="esp", faits=faits, le=LE).attentions
    }
    assert attentions["paramedical-recent"] == "non_satisfait"


@pytest.mark.parametrize("region", ["auvergne-rhone-alpes", "bourgogne-franche-comte", "pays-de-la-loire"])
def test_une_maison_de_sante_dont_rien_n_est_connu_n_est_pas_jugee(region):
    with pytest.raises(FormeNonCouverte):
        _reponse(region, GENERALISTE, forme="msp")
    edition = lecture.edition_en_vigueur(region, LE)
    assert "maisons-de-sante" in {i.id for i in edition.inconnues}


@pytest.mark.parametrize("region", [*PARTIELLES, "hauts-de-france"])
def test_un_territoire_a_cheval_avertit_sans_changer_la_reponse(region):
    edition = lecture.edition_en_vigueur(region, LE)
    reponses = []
    for regions in ((edition.entete.region.nom,), (edition.entete.region.nom, "Normandie")):
        faits = Faits(membres=(GENERALISTE, INFIRMIERE), regions=regions)
        evaluation = evaluer(edition, forme="esp", faits=faits, le=LE)
        attention = next(e for e in evaluation.attentions if e.critere.id == "une-seule-region")
        reponses.append((evaluation.verdict.reponse, attention.verdict.reponse))
    (seule, oui), (a_cheval, non) = reponses
    assert seule == a_cheval
    assert (oui, non) == ("satisfait", "non_satisfait")
