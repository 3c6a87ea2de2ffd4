"""L'édition de Provence-Alpes-Côte d'Azur dit ce que dit le cadrage de 2022, avec ses sources, et rien de plus."""

import datetime
from decimal import Decimal

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.modele import FaitMembre, Faits, Reponse3
from esperluette.referentiel.rapprochement import rapprocher
from esperluette.territoires.decoupage import lire as lire_decoupage

LE = datetime.date(2026, 11, 22)
GENERALISTE = FaitMembre("10", "SM54", "liberal")
INFIRMIERE = FaitMembre("60", None, "liberal")
KINE = FaitMembre("70", None, "liberal")
DEPARTEMENTS = ["04", "05", "06", "13", "83", "84"]


@pytest.fixture(scope="module")
def paca():
    return lecture.edition("provence-alpes-cote-d-azur", "2022-02")


def _evaluer(paca, forme="esp", **faits):
    return evaluer(paca, forme=forme, faits=Faits(**{"membres": (GENERALISTE, INFIRMIERE), **faits}), le=LE)


def _aide(evaluation, cle):
    return next(e.verdict for e in evaluation.aides if e.aide.id == cle)


# --- L'édition et ses sources ---------------------------------------------------------------------


def _sources(edition):
    yield from (c.source for c in edition.criteres)
    yield from (e.source for e in edition.chemin)
    for d in edition.demarches:
        yield from (d.source, d.regime.source, d.regime.silence.source, d.regime.signatures.source)
        yield from (delai.source for delai in d.regime.delais)
    yield from (a.source for a in edition.aides)
    for i in edition.instances:
        yield from (i.source, i.avis.source, i.fonctionnement.source)
    yield from (c.source for c in edition.local.contacts)
    yield from (s.source for s in edition.local.structures)
    yield from (t.source for t in edition.trames.values())


def test_chaque_regle_cite_un_document_et_un_passage(paca):
    for source in _sources(paca):
        assert source.document_id in paca.documents
        assert source.passage
        assert source.date <= LE
        assert bool(source.note) or not source.interprete


def test_la_region_est_celle_du_decoupage(paca):
    assert dict(lire_decoupage().regions)[paca.entete.region.code] == paca.entete.region.nom


@pytest.mark.parametrize(("le", "numero"), [(datetime.date(2022, 2, 1), None), (LE, "2022-02")])
def test_l_edition_commence_avec_le_zonage_que_le_document_cite(le, numero):
    edition = lecture.edition_en_vigueur("provence-alpes-cote-d-azur", le)
    assert (edition.numero if edition else None) == numero


@pytest.mark.parametrize(
    ("passage", "lecture_attendue"),
    [
        ("article L1411-11 ", "L. 1411-11-1"),
        ("Zone d'action prioritaire", "zone d'intervention prioritaire"),
        ("évaluation de la MSP", "de l'équipe de soins primaires"),
        ("02 février 2022", "16 mai 2025"),
        ("inse-rm.fr", "telle quelle"),
    ],
)
def test_les_erreurs_du_document_sont_signalees(paca, passage, lecture_attendue):
    (erreur,) = [e for e in paca.documents["cadrage-esp-2022"].erreurs if passage in e.passage]
    assert lecture_attendue in erreur.lecture


@pytest.mark.parametrize(
    "sujet", ["calendrier-ccopd", "reglement-ccopd", "zonage", "structures-labellisees", "modeles", "maisons-de-sante"]
)
def test_l_edition_avoue_ce_qu_elle_ne_sait_pas(paca, sujet):
    inconnue = next(i for i in paca.inconnues if i.id == sujet)
    assert "délégation départementale" in inconnue.aupres_de


def test_la_maison_de_sante_n_est_pas_entierement_couverte_et_cela_se_dit(paca):
    assert paca.entete.formes["esp"].complete
    assert not paca.entete.formes["msp"].complete
    assert "ne sont pas connues" in paca.entete.formes["msp"].note
    assert [e.id for e in paca.chemin_de("msp")] == ["msp-constitution", "msp-projet"]


# --- Le chemin, les démarches, la commission --------------------------------------------------------


def test_le_chemin_suit_les_quatre_etapes_du_document(paca):
    chemin = paca.chemin_de("esp")
    assert [e.id for e in chemin] == [
        "constitution",
        "association",
        "lettre-intention",
        "demande-aide-demarrage",
        "passage-ccopd",
        "convention",
        "choix-structure-appui",
        "elaboration",
        "validation",
    ]
    numerotees = [e.titre.split(" : ")[0] for e in chemin if e.titre.startswith("Étape")]
    assert numerotees == ["Étape 1", "Étape 2", "Étape 3", "Étape 3", "Étape 4"]


def test_seule_l_aide_fait_de_l_association_une_etape(paca):
    facultatives = [e.id for e in paca.chemin_de("esp") if e.facultative]
    assert facultatives == ["association", "demande-aide-demarrage", "convention", "choix-structure-appui"]


def test_toute_demarche_se_remplit_et_se_depose(paca):
    assert {d.id: d.trame for d in paca.demarches} == {
        "lettre-intention": "fiche-presentation-esp",
        "demande-aide-demarrage": "demande-aide-demarrage",
        "choix-structure-appui": "choix-structure-appui",
        "projet-de-sante": "projet-sante-esp",
    }
    assert all(d.en_ligne for d in paca.demarches)


def test_seule_la_fiche_est_un_modele_officiel(paca):
    modeles = {cle: trame.modele for cle, trame in paca.trames.items()}
    assert modeles.pop("fiche-presentation-esp") == "officiel"
    assert set(modeles.values()) == {"construit"}
    assert all(paca.trames[cle].modele_note for cle in modeles)


@pytest.mark.parametrize(
    ("demarche", "signataires", "instance"),
    [
        ("lettre-intention", "aucune", "ccopd"),
        ("demande-aide-demarrage", "porteur", "ccopd"),
        ("choix-structure-appui", "aucune", None),
        ("projet-de-sante", "tous_les_membres", None),
    ],
)
def test_qui_signe_et_devant_quelle_commission(paca, demarche, signataires, instance):
    trouvee = paca.demarche(demarche)
    assert trouvee.regime.signatures.depot == signataires
    assert trouvee.instance == instance


def test_la_delegation_repond_dans_le_mois(paca):
    delais = {d.id: d for d in paca.demarche("lettre-intention").regime.delais}
    assert delais["reponse"].mois == 1
    assert delais["reponse"].source.interprete
    assert {"accuse-reception", "complement", "recours"} < delais.keys()


@pytest.mark.parametrize(
    ("demarche", "alinea"),
    [("lettre-intention", "2°"), ("demande-aide-demarrage", "3°"), ("projet-de-sante", "2°")],
)
def test_le_silence_vaut_rejet_au_bout_de_deux_mois(paca, demarche, alinea):
    silence = paca.demarche(demarche).regime.silence
    assert (silence.effet, silence.delai_mois) == ("rejet", 2)
    assert alinea in silence.source.passage


def test_le_projet_de_sante_s_ecrit_en_neuf_mois_au_plus(paca):
    elaboration = next(e for e in paca.chemin if e.id == "elaboration")
    assert elaboration.duree.startswith("9 mois au plus")


def test_la_ccopd_est_departementale_et_les_porteurs_y_presentent(paca):
    ccopd = paca.instance("ccopd")
    assert ccopd.niveau == "departemental"
    assert ccopd.porteurs_presentent
    assert not ccopd.reunion_sur_site
    assert [s.id for s in ccopd.sieges] == [
        "prefecture",
        "conseil-regional",
        "professionnels",
        "assurance-maladie",
        "ordre-medecins",
    ]
    assert [a.demarches for a in ccopd.affaires] == [("lettre-intention", "demande-aide-demarrage")]
    assert ccopd.fonctionnement.source.document_id == "crpa-r133"
    assert ccopd.avis.source.interprete


# --- Les aides --------------------------------------------------------------------------------------


def test_l_aide_au_demarrage_est_de_dix_mille_euros_et_finance_quatre_objets(paca):
    aide = paca.aide("aide-demarrage")
    assert (aide.sorte, aide.montant, aide.demarche) == ("financement", Decimal("10000.00"), "demande-aide-demarrage")
    assert len(aide.objets) == 4
    assert "association" in aide.beneficiaire
    assert "CCOPD" in aide.echeance_note
    assert "convention" in aide.echeance_note
    assert {"zone-aidee", "association-creee"} <= set(aide.conditions)


def test_l_accompagnement_va_a_la_structure_d_appui_et_porte_sur_cinq_choses(paca):
    aide = paca.aide("accompagnement-structure-appui")
    assert (aide.sorte, aide.montant) == ("accompagnement", Decimal("7500.00"))
    assert "structure d'appui" in aide.beneficiaire
    assert len(aide.objets) == 5
    assert "association-creee" not in aide.conditions


def test_les_activites_innovantes_passent_par_des_appels_a_projets(paca):
    aide = paca.aide("activites-innovantes")
    assert (aide.sorte, aide.montant) == ("appel_a_projets", None)
    assert aide.montant_note
    assert len(aide.objets) == 3


@pytest.mark.parametrize("zone", ["qpv", "zip", "zac"])
def test_une_seule_des_trois_zones_suffit_a_ouvrir_les_aides(paca, zone):
    zonages = {"qpv": False, "zip": False, "zac": False, zone: True}
    evaluation = _evaluer(paca, zonages=zonages, statut_juridique="association")
    assert _aide(evaluation, "aide-demarrage").reponse is Reponse3.SATISFAIT
    assert _aide(evaluation, "accompagnement-structure-appui").reponse is Reponse3.SATISFAIT


def test_hors_zone_l_equipe_se_forme_sans_les_aides(paca):
    zonages = {"qpv": False, "zip": False, "zac": False, "proche_qpv": True}
    evaluation = _evaluer(paca, zonages=zonages, statut_juridique="association")
    assert evaluation.verdict.reponse is Reponse3.SATISFAIT
    assert _aide(evaluation, "aide-demarrage").reponse is Reponse3.NON_SATISFAIT


@pytest.mark.parametrize("zone", ["qpv", "zip", "zac"])
def test_un_classement_en_partie_reste_a_preciser(paca, zone):
    autres = {z: False for z in ("qpv", "zip", "zac") if z != zone}
    evaluation = _evaluer(
        paca, zonages=autres, zonages_partiels={zone: "Une partie de la commune."}, statut_juridique="association"
    )
    assert _aide(evaluation, "aide-demarrage").reponse is Reponse3.A_PRECISER


@pytest.mark.parametrize("statut", [None, "aucun", "association", "sisa"])
def test_le_statut_ne_change_rien_a_la_composition(paca, statut):
    assert _evaluer(paca, statut_juridique=statut).verdict.reponse is Reponse3.SATISFAIT


def test_une_maison_de_sante_a_un_seul_generaliste_peut_etre_une_equipe(paca):
    membres = (GENERALISTE, INFIRMIERE, KINE)
    assert _evaluer(paca, "msp", membres=membres).verdict.reponse is Reponse3.NON_SATISFAIT
    assert _evaluer(paca, "esp", membres=membres).verdict.reponse is Reponse3.SATISFAIT


def test_les_points_d_attention_restent_hors_du_verdict(paca):
    non = {"deux_generalistes_impossibles": False, "cpts_du_territoire": False}
    evaluation = _evaluer(paca, declaratifs=non, regions=("Provence-Alpes-Côte d'Azur", "Occitanie"))
    assert {e.critere.id: e.verdict.reponse for e in evaluation.attentions} == {
        "deux-generalistes-impossibles": Reponse3.NON_SATISFAIT,
        "cpts-du-territoire": Reponse3.NON_SATISFAIT,
        "meme-region": Reponse3.NON_SATISFAIT,
    }
    assert evaluation.verdict.reponse is Reponse3.SATISFAIT


def test_ce_que_l_on_garde_et_ce_que_l_on_perd_sans_financement(paca):
    effets = [p.effet for p in paca.comprendre.sans_financement if p.id.startswith("paca-")]
    assert effets == ["garde", "garde", "garde", "perd", "perd"]


def test_les_cinq_benefices_du_document(paca):
    assert len([b for b in paca.comprendre.benefices if b.id.startswith("paca-")]) == 5


# --- Les guichets et les structures -----------------------------------------------------------------


def test_chaque_delegation_a_son_guichet(paca):
    lus = {c.territoire.departements: (c.nom, c.courriel) for c in paca.local.contacts}
    noms = ["François BERNIER", "Jean-Michel MUNOS", "Maud BUGUET", "Alexandre MASOTTA", "Claire PREVOTEAU"]
    noms.append("Manon PEZZIARDI")
    assert lus == {
        (d,): (nom, f"ars-paca-dd{d}-guichet-unique@ars.sante.fr") for d, nom in zip(DEPARTEMENTS, noms, strict=True)
    }


def test_les_guichets_couvrent_tous_les_departements_de_la_region(paca):
    departements = {code for code, _, region in lire_decoupage().departements if region == paca.entete.region.code}
    assert {d for c in paca.local.contacts for d in c.territoire.departements} == departements == set(DEPARTEMENTS)


def test_aucune_date_de_commission_n_est_inventee(paca):
    assert paca.local.seances == ()
    assert "aucune date" in paca.local.a_confirmer.texte


def test_les_structures_labellisees_le_sont_jusqu_a_la_fin_de_2024(paca):
    structures = paca.local.structures
    assert [s.id for s in structures] == ["cres-ors", "hippocrate-developpement", "la-mut", "urps-ml"]
    for structure in structures:
        assert (structure.labellisee_du.year, structure.labellisee_au) == (2022, datetime.date(2024, 12, 31))
        assert structure.tarif == Decimal("7500.00")


def test_les_coordonnees_des_structures_sont_celles_du_document(paca):
    courriels, telephones = set(), set()
    for structure in paca.local.structures:
        courriels |= {structure.courriel, *(p.courriel for p in structure.personnes)} - {None}
        telephones |= {t.replace(" ", "") for t in structure.telephones}
    assert courriels == {
        "benoit.saugeron@cres-paca.org",
        "pierre.sonnier@cres-paca.org",
        "helene.dumesnil@inse-rm.fr",
        "contact@hippocrate-developpement.fr",
        "secretariat.direction@lamut.fr",
        "assia.chikh@urps-ml-paca.org",
    }
    assert telephones == {
        "0491365695",
        "0491324783",
        "0257675414",
        "0633336564",
        "0493828842",
        "0496206080",
        "0777726610",
    }


# --- Ce qui rapproche -------------------------------------------------------------------------------

HORS_ZONE = {"qpv": False, "zip": False, "zac": False}


@pytest.mark.parametrize(
    ("faits", "forme", "vise", "phrase"),
    [
        ({"membres": (GENERALISTE,)}, "esp", None, "Ajoutez un paramédical"),
        ({"membres": (GENERALISTE, GENERALISTE)}, "esp", None, "Ajoutez un paramédical"),
        ({"membres": (GENERALISTE, INFIRMIERE)}, "msp", None, "Ajoutez un second médecin généraliste"),
        ({"statut_juridique": "aucun", "zonages": {"zip": True}}, "esp", "aide:aide-demarrage", "association"),
        ({"statut_juridique": "association"}, "esp", "aide:aide-demarrage", "Précisez le classement"),
        (
            {"statut_juridique": "association", "zonages": HORS_ZONE},
            "esp",
            "aide:aide-demarrage",
            "cela ne se change pas",
        ),
    ],
)
def test_ce_qui_rapproche_est_le_plus_petit_changement(paca, faits, forme, vise, phrase):
    donnes = Faits(**{"membres": (GENERALISTE, INFIRMIERE), **faits})
    (propose, *_) = rapprocher(paca, forme=forme, faits=donnes, le=LE, vise=vise)
    assert phrase in propose.phrase
