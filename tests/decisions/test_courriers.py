"""Les modèles de courrier des éditions : ce qu'ils citent, ce qu'ils disent, ce que le chargeur refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from esperluette.commun.texte_riche import nettoyer, texte_brut
from esperluette.referentiel.assemblage import EditionInvalide
from esperluette.referentiel.courriers import (
    AVEC_RECOURS,
    EXIGEES,
    USAGES,
    VARIABLES,
    ModeleDeCourrier,
    composer,
    en_html,
    permises,
)
from esperluette.referentiel.lecture import edition, editions, national

PLEINES = {
    v.nom: (("une chose", "une autre") if v.nom in ("suite", "reserves") else f"«{v.nom}»") for v in VARIABLES.values()
}
VIDES = {v.nom: (() if v.nom in ("suite", "reserves") else "") for v in VARIABLES.values()}
DEMARCHES = [(e, d) for e in editions() for d in e.demarches if d.en_ligne]


@pytest.mark.parametrize(
    ("region", "demarche"), DEMARCHES, ids=[f"{e.region}-{e.numero}-{d.id}" for e, d in DEMARCHES]
)
@pytest.mark.parametrize("usage", USAGES)
def test_chaque_demarche_en_ligne_a_un_courrier_pour_chaque_usage(region, demarche, usage):
    modele = region.courrier(usage, demarche.id)
    compose = composer(modele, PLEINES)
    assert compose.objet
    assert "{" not in compose.objet + compose.corps
    for nom in EXIGEES.get(usage, ()):
        assert ("une chose" if nom == "reserves" else f"«{nom}»") in compose.corps
    assert modele.voies_de_recours or usage not in AVEC_RECOURS
    assert modele.source.passage


@pytest.mark.parametrize("usage", ["accord", "accord_reserves", "ajournement", "refus"])
def test_sans_commission_ni_suite_aucune_phrase_n_est_trouee(usage):
    compose = composer(edition("hauts-de-france", "2026-11").courrier(usage, "projet-de-sante"), VIDES | {
        "equipe": "Équipe du Lié", "motif": "Le motif.", "reserves": ("Une réserve.",), "commune": "Laon",
        "departement": "Aisne", "reference": "ESP-02-2026-00001", "demarche": "Projet de santé",
        "depose_le": "3 mai 2026",
    })  # fmt: skip
    assert "Réunie" not in compose.corps
    assert "La suite de votre parcours" not in compose.corps
    assert "  " not in compose.corps


def test_la_region_l_emporte_sur_le_pays_et_la_demarche_sur_la_region():
    paca = edition("provence-alpes-cote-d-azur", "2022-02")
    assert paca.courrier("accord", "lettre-intention").id == "reponse-accord"
    assert paca.courrier("accord", "projet-de-sante").id == "accord"
    bretagne = edition("bretagne", "2024-10")
    assert bretagne.courrier("accord", "demande-accompagnement").id == "accord-accompagnement"
    assert bretagne.courrier("refus", "projet-de-sante") in national().courriers


def test_la_reponse_de_paca_ne_reconnait_pas_encore_l_equipe():
    modele = edition("provence-alpes-cote-d-azur", "2022-02").courrier("accord", "lettre-intention")
    corps = composer(modele, PLEINES).corps
    assert "ne reconnaît pas encore votre équipe" in corps
    assert "structure d'appui" in corps


def test_le_delai_du_retrait_vient_de_l_edition():
    assert {m.usage: m.delai_mois for m in national().courriers if m.delai_mois} == {"retrait": 4}


# --- Ce que le chargeur refuse ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("avant", "apres", "cause"),
    [
        ("équipe « {equipe} »", "équipe « {equippe} »", "variable inconnue « {equippe} » ; vouliez-vous dire"),
        ("équipe « {equipe} »", "équipe « {equipe »", "une accolade ouvre ou ferme sans nommer de variable"),
        ("équipe « {equipe} »", "équipe « {} »", "variable inconnue « {} »"),
        ("Une phrase. {reference}", "Une phrase. {motif}", "s'écrit seule sur son paragraphe"),
        ("      {motif}\n", "      Rien.\n", "un courrier « refus » cite « {motif} »"),
        ('objet: "Refus"', 'objet: "{decision_du}"', "variable inconnue « {decision_du} »"),
        ("usage: refus", "usage: refu", "« refu » n'est pas admis"),
        ("usage: refus", "usage: refus\n    voies_de_recours: false", "voies et délais de recours"),
        ("usage: refus", "usage: refus\n    delai_mois: 4", "seul un retrait a un délai"),
        ("usage: refus", "usage: refus\n    demarches: [fete]", "la démarche « fete » n'existe pas"),
        ("    source: {document: doc", "    souce: {document: doc", "clé inconnue « souce »"),
        ("document: doc,", "document: dok,", "document inconnu « dok »"),
    ],
)  # fmt: skip
def test_un_modele_fautif_se_refuse_avec_sa_ligne(avant, apres, cause, atelier):
    from tests.referentiel.region_d_essai import ENTETE, GENERALISTE_ET_PARAMEDICAL

    courriers = (
        "courriers:\n  - id: refus-essai\n    usage: refus\n    libelle: Refus\n    objet: \"Refus\"\n    corps: |\n"
        "      Pour l'équipe « {equipe} ».\n\n      {motif}\n\n      Une phrase. {reference}\n"
        "    source: {document: doc, passage: Page 1}\n"
    )  # fmt: skip
    assert avant in courriers
    atelier(ENTETE, GENERALISTE_ET_PARAMEDICAL, courriers.replace(avant, apres, 1), cause)


@pytest.fixture
def atelier(tmp_path):
    """Une édition d'essai avec ce courriers.yaml : elle se refuse, avec cette cause et une ligne du bon fichier."""
    from esperluette.referentiel.assemblage import assembler_edition

    def essayer(entete, criteres, courriers, cause):
        dossier = tmp_path / "essai" / "2026-01"
        dossier.mkdir(parents=True)
        (dossier / "edition.yaml").write_text(entete, encoding="utf-8")
        (dossier / "criteres.yaml").write_text("criteres:\n" + criteres, encoding="utf-8")
        (dossier / "courriers.yaml").write_text(courriers, encoding="utf-8")
        with pytest.raises(EditionInvalide) as refus:
            assembler_edition(dossier, national)
        probleme = next(p for p in refus.value.problemes if cause in p.cause)
        assert probleme.fichier.endswith("essai/2026-01/courriers.yaml")
        assert probleme.ligne > 1

    return essayer


def test_deux_modeles_pour_un_meme_usage_se_refusent(atelier):
    from tests.referentiel.region_d_essai import ENTETE, GENERALISTE_ET_PARAMEDICAL

    un = (
        "  - {id: a, usage: accord, libelle: A, objet: O, corps: \"Bonjour.\", "
        "source: {document: doc, passage: Page 1}}\n"
    )  # fmt: skip
    courriers = "courriers:\n" + un + un.replace("id: a", "id: b")
    atelier(ENTETE, GENERALISTE_ET_PARAMEDICAL, courriers, "deux modèles pour « accord »")


def test_les_variables_permises_ne_montrent_pas_celles_d_un_autre_usage():
    assert "decision_du" in permises("retrait")
    assert "decision_du" not in permises("refus")


# --- Ce qu'une valeur ne peut pas faire ------------------------------------------------------------------

HOSTILES = [
    "<script>alert(1)</script>",
    "{reference} {motif}",
    "#set page(width: 1cm) $x$ @ref *gras* _it_ `code`",
    "\\input{x} %{ {{ 7*7 }} {% raw %}",
    "Aé" * 5000,
]


@pytest.mark.parametrize("hostile", HOSTILES)
def test_une_valeur_hostile_reste_du_texte(hostile):
    modele = next(m for m in national().courriers if m.usage == "refus")
    compose = composer(modele, PLEINES | {"equipe": hostile, "motif": hostile})
    assert compose.corps.count(hostile) == 2
    page = en_html(compose.corps)
    assert "<script" not in page
    assert nettoyer(page) == page  # le nettoyage n'a rien à enlever
    assert hostile in texte_brut(page)


@given(st.text(max_size=300))
def test_le_corps_en_html_ne_porte_que_nos_balises(corps):
    import re

    balises = set(re.findall(r"<(/?[a-z]+)", en_html(corps)))
    assert balises <= {"p", "/p", "br", "ul", "/ul", "li", "/li"}


@given(st.text(max_size=200))
def test_un_motif_compose_se_retrouve_entier(motif):
    modele = next(m for m in national().courriers if m.usage == "refus")
    corps = composer(modele, PLEINES | {"motif": motif}).corps
    assert " ".join(motif.split()) in " ".join(corps.split())


def test_un_modele_sans_source_ne_se_charge_pas():
    with pytest.raises(ValidationError, match="source"):
        ModeleDeCourrier(id="x", usage="accord", libelle="X", objet="O", corps="C")
