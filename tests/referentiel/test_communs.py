"""Ce que les régions reprennent du socle d'un mot, et les trames nationales."""

from tests.referentiel.conftest import Atelier
from tests.referentiel.region_d_essai import edition_entiere


def test_un_regime_commun_se_reprend(atelier):
    regime = edition_entiere(atelier).demarche("projet").regime
    assert (regime.fondement, regime.silence.effet) == ("pratique_regionale", "rejet")
    assert regime.signatures.depot == "tous_les_membres"
    assert regime.silence.source.document_id == "crpa-l231-4"


def test_une_cle_ecrite_a_cote_l_emporte(atelier):
    edition_entiere(atelier)
    atelier.remplacer("demarches.yaml", "{commun: projet-sans-texte}", "{commun: projet-msp, fondement: reglement}")
    regime = atelier.charger().demarche("projet").regime
    assert (regime.fondement, regime.signatures.depot) == ("reglement", "professionnels")


def test_un_commun_inconnu_se_dit_avec_sa_ligne_et_une_suggestion(atelier):
    edition_entiere(atelier)
    ligne = atelier.remplacer("demarches.yaml", "commun: projet-sans-texte", "commun: projet-sans-text")
    probleme = atelier.problemes()[0]
    assert probleme.ligne == ligne
    assert "« commun: projet-sans-text » n'existe pas ; vouliez-vous dire « projet-sans-texte »" in probleme.cause


def test_une_cle_surchargee_fausse_se_dit(atelier):
    edition_entiere(atelier)
    atelier.remplacer("demarches.yaml", "{commun: projet-sans-texte}", "{commun: projet-msp, fondement: coutume}")
    assert any("« coutume » n'est pas admis" in p.cause for p in atelier.problemes())


def test_fonctionnement_et_avis_communs(atelier):
    instance = edition_entiere(atelier).instance("cr")
    assert instance.fonctionnement.convocation_jours == 5
    assert [a.id for a in instance.avis.liste][:2] == ["favorable", "favorable-avec-reserves"]
    assert instance.avis.source.document_id == instance.fonctionnement.source.document_id == "crpa-r133"


def test_une_affaire_vise_une_demarche_qui_existe(atelier):
    edition_entiere(atelier)
    affaire = "    affaires: [{id: a, libelle: Avis, demarches: [projets]}]\n    niveau"
    atelier.remplacer("instances.yaml", "    niveau", affaire)
    (probleme,) = atelier.problemes()
    assert "la démarche « projets » n'existe pas ; vouliez-vous dire « projet »" in probleme.cause


TRAME = """id: essai
titre: Trame nationale d'essai
modele: construit
modele_note: Construite de ce que dit l'instruction de 2016.
source: {document: instruction-2016-392, passage: Document entier}
rubriques:
  - id: r
    titre: Une rubrique
    champs:
      - {id: territoire_communes, libelle: Communes, type: TYPE}
"""


def _nationale(atelier: Atelier, type_de_champ: str) -> None:
    """Une seconde démarche, sur la trame nationale d'essai."""
    edition_entiere(atelier)
    atelier.ajouter("national/2026/trames/essai.yaml", TRAME.replace("TYPE", type_de_champ))
    fichier = atelier.chemin("demarches.yaml")
    seconde = fichier.read_text(encoding="utf-8").partition("demarches:\n")[2]
    atelier.ajouter(
        "demarches.yaml", seconde.replace("id: projet", "id: suite").replace("trame: projet", "trame: national/essai")
    )


def test_une_demarche_nomme_une_trame_nationale(atelier):
    _nationale(atelier, "communes")
    edition = atelier.charger()
    trame = edition.trame("suite")
    assert (trame.id, trame.modele) == ("essai", "construit")
    assert set(edition.trames) == {"projet", "national/essai"}


def test_une_trame_nationale_inconnue_se_dit(atelier):
    edition_entiere(atelier)
    atelier.remplacer("demarches.yaml", "trame: projet", "trame: national/essai")
    assert any("la trame « national/essai » n'existe pas" in p.cause for p in atelier.problemes())


def test_une_meme_notion_a_le_meme_type_dans_toutes_les_trames(atelier):
    _nationale(atelier, "texte")
    (probleme,) = atelier.problemes()
    assert "« territoire_communes » est de type" in probleme.cause
    assert "une autre « notion »" in probleme.cause


def test_une_trame_construite_dit_de_quoi(atelier):
    edition_entiere(atelier)
    atelier.remplacer("trames/projet.yaml", "titre: Projet", "titre: Projet\nmodele: construit")
    assert any("ajoutez « modele_note »" in p.cause for p in atelier.problemes())
