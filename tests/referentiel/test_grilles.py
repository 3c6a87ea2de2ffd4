"""Les grilles d'instruction et de commission : à chaque démarche la sienne, sourcée, sans renvoi perdu."""

import os
from pathlib import Path

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.grilles import VALEURS, CritereDeGrille, Grille, grille_de
from esperluette.referentiel.sources import Source
from tests.referentiel.citations import citations, mots
from tests.referentiel.region_d_essai import edition_entiere

SOURCES = os.environ.get("ESPERLUETTE_SOURCES")
REGIONS_QUI_ONT_LES_LEURS = ["bretagne", "provence-alpes-cote-d-azur", "hauts-de-france"]
TEXTES = {
    "portail-esp-2024": "bretagne-portail-esp-2024-10.txt",
    "politique-regionale": "bretagne-politique-exercices-coordonnes.txt",
    "trame-esp-2019": "bretagne-trame-projet-sante-esp.txt",
    "cadrage-esp-2022": "paca-cadrage-esp-2022.txt",
    "brochure-esp": "hauts-de-france-brochure-esp.txt",
}
ESSAI = """grilles:
  - id: essai
    libelle: Une grille d'essai
    usage: instruction
    demarches: [projet]
    criteres:
      - {id: c, enonce: Le territoire est dit., notions: [territoire_communes], source: {document: doc, passage: P}}
"""


def _editions():
    return [e for region in lecture.regions() for e in lecture.editions(region)]


def _demarches():
    return [pytest.param(e, d.id, id=f"{e.region}-{e.numero}-{d.id}") for e in _editions() for d in e.demarches]


def _toutes():
    grilles = [g for e in _editions() for g in e.grilles]
    return [*grilles, *lecture.national().grilles]


@pytest.mark.parametrize(("edition", "demarche"), _demarches())
def test_chaque_demarche_a_sa_grille_d_instruction(edition, demarche):
    grille = grille_de(edition, demarche, "instruction")
    assert grille is not None
    assert grille.usage == "instruction"
    assert any(c.volet == "completude" or c.volet == "conformite" for c in grille.criteres)
    assert any(c.volet == "pertinence" for c in grille.criteres)


@pytest.mark.parametrize(("edition", "demarche"), _demarches())
def test_chaque_demarche_a_une_grille_de_commission(edition, demarche):
    grille = grille_de(edition, demarche, "commission")
    assert grille is not None
    assert any(c.echelle == "texte" for c in grille.criteres), "un avis se motive en quelques mots"


@pytest.mark.parametrize("region", REGIONS_QUI_ONT_LES_LEURS)
def test_ces_regions_ont_leurs_propres_grilles_d_instruction(region):
    edition = lecture.editions(region)[-1]
    for demarche in edition.demarches:
        assert grille_de(edition, demarche.id, "instruction") in edition.grilles


def test_les_autres_regions_prennent_celles_du_socle():
    edition = lecture.editions("grand-est")[-1]
    assert edition.grilles == ()
    grille = grille_de(edition, "projet-de-sante", "instruction")
    assert grille in edition.socle.grilles
    assert grille.formes == ("esp",)


def test_une_demarche_inconnue_n_a_pas_de_grille():
    with pytest.raises(KeyError):
        grille_de(lecture.editions("bretagne")[-1], "adhesion", "instruction")


def test_chaque_critere_a_sa_source_et_ce_qui_est_lu_entre_les_lignes_le_dit():
    for grille in _toutes():
        for critere in grille.criteres:
            assert critere.source.passage, (grille.id, critere.id)
            assert bool(critere.source.note) >= critere.source.interprete


def test_aucune_question_ne_recopie_son_document():
    """Vingt signes communs, ce sont des mots du métier ; une phrase entière est une copie."""
    for grille in _toutes():
        for critere in grille.criteres:
            for citation in citations(critere.source.passage):
                if len(citation) > 60:
                    assert mots(citation) not in mots(critere.enonce + " " + critere.aide), critere.id


@pytest.mark.skipif(not SOURCES, reason="ESPERLUETTE_SOURCES ne dit pas où sont les documents")
def test_les_passages_cites_sont_dans_les_documents():
    textes = {cle: mots((Path(SOURCES) / nom).read_text(encoding="utf-8")) for cle, nom in TEXTES.items()}
    for grille in _toutes():
        for critere in grille.criteres:
            texte = textes.get(critere.source.document_id)
            for citation in citations(critere.source.passage) if texte else ():
                assert citation in texte, f"{grille.id}/{critere.id} : {citation}"
            for phrase in (critere.enonce, critere.aide):
                if len(phrase) > 50 and texte:
                    assert mots(phrase) not in texte, f"{critere.id} recopie son document"


def _source():
    return Source.model_validate(
        {"document": "Essai", "passage": "Page 1", "date": lecture.national().en_vigueur_du}, strict=False
    )


@pytest.mark.parametrize(("echelle", "attendues"), [(e, list(v)) for e, v in VALEURS.items()])
def test_les_reponses_possibles_suivent_l_echelle(echelle, attendues):
    critere = CritereDeGrille(id="c", enonce="Oui ?", echelle=echelle, source=_source())
    assert list(critere.valeurs) == attendues


def test_la_grille_qui_nomme_la_demarche_l_emporte_sur_celle_de_la_forme():
    edition = lecture.editions("grand-est")[-1]
    precise = Grille(
        id="precise",
        libelle="Précise",
        usage="instruction",
        demarches=("projet-de-sante",),
        criteres=(CritereDeGrille(id="c", enonce="Oui ?", source=_source()),),
    )
    generale = precise.model_copy(update={"id": "generale", "demarches": ()})

    class Edition:
        grilles = (generale, precise)
        socle = edition.socle
        demarche = staticmethod(edition.demarche)

    assert grille_de(Edition, "projet-de-sante", "instruction") is precise
    Edition.grilles = (generale,)
    assert grille_de(Edition, "projet-de-sante", "instruction") is generale


def test_un_critere_se_cherche_par_son_identifiant():
    grille = lecture.national().grilles[0]
    assert grille.critere(grille.criteres[0].id) is grille.criteres[0]
    with pytest.raises(KeyError):
        grille.critere("inconnu")


def test_une_edition_entiere_charge_sa_grille(atelier):
    edition_entiere(atelier)
    atelier.ecrire("grilles.yaml", ESSAI)
    edition = atelier.charger()
    assert [g.id for g in edition.grilles] == ["essai"]
    assert grille_de(edition, "projet", "instruction") is edition.grilles[0]


@pytest.mark.parametrize(
    ("ancien", "nouveau", "cause"),
    [
        ("demarches: [projet]", "demarches: [projets]", "la démarche « projets » n'existe pas"),
        ("usage: instruction", "usage: lecture", "« lecture » n'est pas admis"),
        ("[territoire_communes]", "[territoire_commune]", "la notion « territoire_commune » n'existe pas"),
        ("{id: c,", "{id: c, critere_edition: rien,", "le critère « rien » n'existe pas"),
        ("{id: c,", "{id: c, echelle: note,", "« note » n'est pas admis"),
        (", source: {document: doc, passage: P}", "", "source"),
        ("demarches: [projet]", "demarches: [projet]\n    formes: [esp]", "pas les deux"),
        ("demarches: [projet]", "formes: [cpts]", "la forme « cpts » n'existe pas"),
    ],
)
def test_une_grille_fausse_se_dit(atelier, ancien, nouveau, cause):
    edition_entiere(atelier)
    assert ancien in ESSAI
    atelier.ecrire("grilles.yaml", ESSAI.replace(ancien, nouveau))
    assert any(cause in p.cause and p.fichier.endswith("grilles.yaml") for p in atelier.problemes())


def test_une_grille_sans_critere_se_dit(atelier):
    edition_entiere(atelier)
    atelier.ecrire("grilles.yaml", ESSAI.partition("    criteres:")[0] + "    criteres: []\n")
    assert any("au moins un critère" in p.cause for p in atelier.problemes())


def test_deux_grilles_du_meme_usage_pour_une_demarche_se_disent(atelier):
    edition_entiere(atelier)
    seconde = ESSAI.partition("\n")[2].replace("id: essai", "id: seconde")
    atelier.ecrire("grilles.yaml", ESSAI + seconde)
    assert any("« projet » a déjà une grille de cet usage : « essai »" in p.cause for p in atelier.problemes())
    atelier.ecrire("grilles.yaml", ESSAI + seconde.replace("usage: instruction", "usage: commission"))
    assert len(atelier.charger().grilles) == 2
