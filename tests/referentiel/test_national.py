"""Ce que le socle dit à toutes les régions : ce qu'il faut comprendre, et deux trames construites."""

import os
from pathlib import Path

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.comprendre import SECTIONS
from esperluette.referentiel.trames import ContexteTrame, completude, manques, normaliser
from tests.referentiel.citations import citations, mots, sources_de

SOURCES = os.environ.get("ESPERLUETTE_SOURCES")
DOCUMENTS = {
    "trame-esp-bretagne": "bretagne-trame-projet-sante-esp.txt",
    "politique-bretagne": "bretagne-politique-exercices-coordonnes.txt",
    "cadrage-esp-paca-2022": "paca-cadrage-esp-2022.txt",
    "brochure-esp-hauts-de-france": "hauts-de-france-brochure-esp.txt",
}
TRAMES = ("projet-de-sante-esp", "demande-de-soutien")
CHOIX = {
    "territoire_communes": ["02691"],
    "territoire_qualification": ["aucune"],
    "patientele_perimetre": "toute",
    "structure_juridique": "aucun",
    "modalites": ["telephone"],
    "moyens_action": ["rcp"],
    "calendrier_depot": "2027-01-31",
    "calendrier_debut": "2027-06-01",
    "avancement": "idee",
    "soutiens_demandes": ["demarrage"],
}


@pytest.fixture(params=TRAMES)
def trame(request, socle):
    return socle.trames[request.param]


def _remplir(trame):
    """Une réponse à chaque champ visible qui en attend une."""
    valeurs = {cle: valeur for cle, valeur in CHOIX.items() if cle in {c.id for _, c in trame.champs()}}
    for _, champ in trame.champs():
        if champ.type in {"texte", "texte_riche"} and champ.si is None:
            valeurs[champ.id] = normaliser(champ, "Notre réponse.")
        if champ.type == "tableau":
            valeurs[champ.id] = normaliser(champ, [{c.id: "Notre réponse." for c in champ.colonnes}])
    return valeurs


# --- Comprendre ---------------------------------------------------------------------------------------


def test_la_foire_aux_questions_en_a_au_moins_dix_et_chacune_a_sa_source(socle):
    questions = socle.comprendre.questions
    assert len(questions) >= 10
    assert all(q.question.endswith("?") and q.source.passage for q in questions)


@pytest.mark.parametrize("forme", ["esp", "msp"])
def test_chaque_forme_a_de_quoi_comprendre(socle, forme):
    pour = socle.comprendre.pour(forme)
    assert all(getattr(pour, s) for s in ("missions", "conseils", "elus", "questions", "evolutions", "attentions"))


def test_les_benefices_parlent_aux_trois_publics(socle):
    assert {b.pour for b in socle.comprendre.benefices} == {"patients", "professionnels", "territoire"}


def test_se_former_sans_financement_dit_ce_qu_on_garde_et_ce_qu_on_perd(socle):
    effets = [s.effet for s in socle.comprendre.pour("esp").sans_financement]
    assert effets.count("garde") >= 3
    assert effets.count("perd") >= 3


def test_les_evolutions_vont_a_la_maison_de_sante_a_la_cpts_a_l_aci_et_au_centre_de_sante(socle):
    vers = " ; ".join(e.vers for e in socle.comprendre.evolutions)
    assert all(sigle in vers for sigle in ("(MSP)", "(CPTS)", "(ACI)", "centre de santé"))
    cpts = next(e for e in socle.comprendre.evolutions if e.id == "vers-cpts")
    assert "L. 1434-12" in cpts.source.passage
    assert "deux mois" in cpts.texte


def test_l_aci_n_a_ni_montant_ni_condition_puisque_son_avenant_n_a_pas_ete_lu(socle):
    aci = next(e for e in socle.comprendre.evolutions if e.id == "vers-aci")
    assert aci.source.interprete
    assert "ne l'avons pas lu" in aci.texte
    assert "€" not in aci.texte


def test_un_generaliste_unique_et_la_cpts_sont_des_points_d_attention(socle):
    assert {"deux-generalistes-impossibles", "cpts-du-territoire"} <= {a.id for a in socle.comprendre.attentions}


def test_rien_n_est_propre_a_une_region_sans_qu_on_le_dise(socle):
    """Une règle chiffrée d'une région ne passe pas pour nationale : elle est citée comme exemple."""
    for section in SECTIONS:
        for propos in getattr(socle.comprendre, section):
            textes = " ".join(str(getattr(propos, nom, "")) for nom in ("texte", "reponse", "titre"))
            assert "10 000" not in textes
            assert "7 500" not in textes
            assert "neuf mois" not in textes or "par exemple" in textes


def test_aucune_region_ne_laisse_une_question_en_double():
    for edition in lecture.editions():
        questions = [q.question for q in edition.comprendre.questions]
        assert len(questions) == len(set(questions)), edition.region


# --- Les trames -----------------------------------------------------------------------------------------


def test_une_trame_nationale_se_dit_construite_et_chaque_rubrique_dit_d_ou_elle_vient(trame):
    assert trame.modele == "construit"
    assert "construite" in trame.modele_note
    sans_source = [r.id for r in trame.rubriques if r.champs and r.source is None]
    assert sans_source == []


def test_les_memes_questions_portent_les_memes_identifiants_que_la_trame_bretonne(socle, bretagne):
    nationale = {c.id: c for _, c in socle.trames["projet-de-sante-esp"].champs()}
    bretonne = {c.id: c for _, c in bretagne.trames["projet-sante-esp"].champs()}
    assert set(bretonne) <= set(nationale)
    assert [cle for cle in bretonne if bretonne[cle].type != nationale[cle].type] == []
    axes = "axes_thematiques"
    assert [c.id for c in nationale[axes].colonnes] == [c.id for c in bretonne[axes].colonnes]


def test_ce_que_la_demande_de_soutien_a_dit_se_reprend_dans_le_projet(socle):
    demande = {c.id: c.type for _, c in socle.trames["demande-de-soutien"].champs()}
    projet = {c.id: c.type for _, c in socle.trames["projet-de-sante-esp"].champs()}
    communs = demande.keys() & projet.keys()
    assert {"territoire_communes", "territoire_description", "objet_du_projet", "structure_juridique"} <= communs
    assert [c for c in communs if demande[c] != projet[c]] == []


def test_le_projet_porte_ce_qu_attend_l_instruction_de_2016(socle):
    """L'objet, les membres, leurs engagements, l'évaluation."""
    trame = socle.trames["projet-de-sante-esp"]
    for cle in ("objet_du_projet", "professionnels", "engagements", "evaluation"):
        assert trame.champ(cle).obligatoire


@pytest.mark.parametrize(
    "champ",
    ["patientele_perimetre", "moyens_action", "partenariats", "acces_non_programmes", "acces_tarifs", "atouts_freins"],
)
def test_le_projet_porte_ce_qu_ajoutent_les_autres_regions(socle, champ):
    assert socle.trames["projet-de-sante-esp"].champ(champ)


def test_les_qualifications_proposees_sont_des_zonages_connus(socle):
    options = socle.trames["projet-de-sante-esp"].champ("territoire_qualification").options
    assert {o.id for o in options} - {"aucune"} <= socle.zonages.keys()


def test_chaque_exemple_se_dit_fictif(trame):
    champs = [c for _, champ in trame.champs() for c in (champ, *champ.colonnes)]
    exemples = [e for c in champs for e in c.exemples]
    assert exemples
    assert [e for e in exemples if not e.startswith("(Exemple fictif) ")] == []


def test_une_trame_remplie_est_complete(trame):
    valeurs, contexte = _remplir(trame), ContexteTrame(membres=2)
    assert manques(trame, valeurs, contexte) == []
    assert all(remplis == attendus for remplis, attendus in completude(trame, valeurs, contexte).values())


@pytest.mark.parametrize(
    ("nom", "changement", "manquant"),
    [
        ("projet-de-sante-esp", {"patientele_perimetre": "partie"}, "patientele_partie"),
        ("projet-de-sante-esp", {"moyens_action": ["autres"]}, "moyens_action_autres"),
        ("projet-de-sante-esp", {"modalites": ["autres"]}, "modalites_autres"),
        ("projet-de-sante-esp", {"structure_juridique": "sisa"}, "structure_avancement"),
        ("projet-de-sante-esp", {"territoire_qualification": ["qpv"]}, "territoire_qpv"),
        ("demande-de-soutien", {"soutiens_demandes": ["autres"]}, "soutiens_autres"),
        ("demande-de-soutien", {"structure_juridique": "autre"}, "structure_precision"),
    ],
)
def test_une_precision_ne_manque_que_si_on_la_demande(socle, nom, changement, manquant):
    trame = socle.trames[nom]
    valeurs = {**_remplir(trame), **changement}
    assert [m.champ_id for m in manques(trame, valeurs, ContexteTrame(2))] == [manquant]


def test_une_demande_de_soutien_se_fait_seul_un_projet_de_sante_non(socle):
    seul = ContexteTrame(membres=1)
    for nom, manquants in (("demande-de-soutien", []), ("projet-de-sante-esp", ["professionnels"])):
        trame = socle.trames[nom]
        assert [m.champ_id for m in manques(trame, _remplir(trame), seul)] == manquants


@pytest.mark.skipif(not SOURCES, reason="ESPERLUETTE_SOURCES ne dit pas où sont les documents")
def test_ce_qui_est_entre_guillemets_est_dans_un_des_documents(socle):
    """Une source qui rapproche deux documents cite les deux : le premier nommé ou un autre."""
    textes = {cle: mots((Path(SOURCES) / nom).read_text(encoding="utf-8")) for cle, nom in DOCUMENTS.items()}
    sources = [s for s in sources_de([socle.comprendre, dict(socle.trames)]) if s.document_id in DOCUMENTS]
    assert len(sources) >= 40
    for source in sources:
        rapproche = any(mot in source.passage for mot in ("rapproch", "mêmes questions", "complétée"))
        permis = textes.values() if rapproche else [textes[source.document_id]]
        for citation in citations(source.passage):
            assert any(citation in texte for texte in permis), (source.document_id, citation)
