"""Ce que les régions reprennent du socle d'un mot, et les trames nationales."""

import pytest

from tests.referentiel.conftest import Atelier

REGIME = """    regime: {commun: demande-financiere, fondement: loi}
    effets:
      - L'ARS indemnise"""


def _remplacer_bloc(atelier: Atelier, fichier: str, debut: str, fin: str, nouveau: str) -> None:
    texte = atelier.chemin(fichier).read_text(encoding="utf-8")
    ici = texte.index(debut)
    la = texte.index(fin, ici)
    atelier.chemin(fichier).write_text(texte[:ici] + nouveau + texte[la + len(fin) :], encoding="utf-8")


def test_un_regime_commun_se_reprend_et_se_surcharge_cle_par_cle(atelier):
    _remplacer_bloc(atelier, "demarches.yaml", "    regime:\n", "    effets:\n      - L'ARS indemnise", REGIME)
    regime = atelier.charger().demarche("demande-accompagnement").regime
    assert regime.fondement == "loi"
    assert regime.silence.effet == "rejet"
    assert regime.signatures.depot == "porteur"
    assert regime.silence.source.document_id == "crpa-l231-4"


def test_un_commun_inconnu_se_dit_avec_sa_ligne_et_une_suggestion(atelier):
    nouveau = REGIME.replace("financiere", "financier")
    _remplacer_bloc(atelier, "demarches.yaml", "    regime:\n", "    effets:\n      - L'ARS indemnise", nouveau)
    (probleme, *_) = atelier.problemes()
    assert "« commun: demande-financier » n'existe pas ; vouliez-vous dire « demande-financiere »" in probleme.cause
    ligne = atelier.chemin("demarches.yaml").read_text(encoding="utf-8").splitlines()[probleme.ligne - 1]
    assert "commun: demande-financier" in ligne


def test_une_cle_surchargee_fausse_se_dit(atelier):
    nouveau = REGIME.replace("fondement: loi", "fondement: coutume")
    _remplacer_bloc(atelier, "demarches.yaml", "    regime:\n", "    effets:\n      - L'ARS indemnise", nouveau)
    assert any("« coutume » n'est pas admis" in p.cause for p in atelier.problemes())


@pytest.mark.parametrize(
    ("cle", "suivante", "renvoi"),
    [("    fonctionnement:\n", "    avis:\n", "droit-commun"), ("    avis:\n", "\n    source:\n", "usuels")],
)
def test_fonctionnement_et_avis_communs(atelier, cle, suivante, renvoi):
    avant = atelier.charger().instance("carpec")
    nom = cle.strip().rstrip(":")
    _remplacer_bloc(atelier, "instances.yaml", cle, suivante, f"    {nom}: {{commun: {renvoi}}}\n{suivante}")
    apres = atelier.charger().instance("carpec")
    assert apres.fonctionnement.convocation_jours == avant.fonctionnement.convocation_jours
    assert [a.id for a in apres.avis.liste] == [a.id for a in avant.avis.liste]
    assert getattr(apres, nom).source.document_id == "crpa-r133"


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


def test_une_demarche_nomme_une_trame_nationale(atelier):
    atelier.ajouter("national/2026/trames/essai.yaml", TRAME.replace("TYPE", "communes"))
    atelier.remplacer("demarches.yaml", "    instance: carpec", "    trame: national/essai\n    instance: carpec")
    edition = atelier.charger()
    trame = edition.trame("demande-accompagnement")
    assert (trame.id, trame.modele) == ("essai", "construit")
    assert set(edition.trames) == {"projet-sante-esp", "national/essai"}


def test_une_trame_nationale_inconnue_se_dit(atelier):
    atelier.remplacer("demarches.yaml", "    instance: carpec", "    trame: national/essai\n    instance: carpec")
    assert any("la trame « national/essai » n'existe pas" in p.cause for p in atelier.problemes())


def test_une_meme_notion_a_le_meme_type_dans_toutes_les_trames(atelier):
    atelier.ajouter("national/2026/trames/essai.yaml", TRAME.replace("TYPE", "texte"))
    atelier.remplacer("demarches.yaml", "    instance: carpec", "    trame: national/essai\n    instance: carpec")
    (probleme,) = atelier.problemes()
    assert "« territoire_communes » est de type" in probleme.cause
    assert "une autre « notion »" in probleme.cause


def test_une_trame_construite_dit_de_quoi(atelier):
    atelier.ajouter("national/2026/trames/essai.yaml", TRAME.replace("TYPE", "communes").replace("modele_note", "#"))
    assert any("ajoutez « modele_note »" in p.cause for p in atelier.problemes())
