"""Le moteur : formats, aperçu, refus, délais."""

import subprocess

import pytest

from esperluette.documents import arbre as arbres
from esperluette.documents import composition, pandoc
from esperluette.documents.erreurs import GabaritInvalide, ProductionImpossible
from esperluette.documents.moteur import apercu, produire
from tests.documents.conftest import TRAME
from tests.fabriques.documents import RICHE, accuse, champ, trame, trame_de


def test_un_format_inconnu_est_refuse():
    with pytest.raises(ValueError, match="rtf"):
        produire(TRAME, trame(), "rtf")


@pytest.mark.parametrize("format", ["html", "docx", "odt", "pdf"])
def test_une_variable_manquante_arrete_chaque_format(format):
    contexte = trame()
    del contexte["reference"]
    with pytest.raises(GabaritInvalide, match="reference"):
        produire(TRAME, contexte, format)


@pytest.mark.parametrize(
    ("type", "valeur"),
    [("date", "hier"), ("date", "2026-13-45"), ("nombre", "beaucoup"), ("cases", [{"libelle": "a"}])],
)
def test_une_valeur_qui_n_a_pas_la_forme_de_son_type_est_une_erreur_du_contexte(type, valeur):
    with pytest.raises(GabaritInvalide, match="ne peut pas être rempli"):
        produire(TRAME, trame_de(champ("a", type, valeur)), "html")


def test_la_page_html_a_un_seul_titre_principal_une_langue_et_un_sommaire():
    page = produire(TRAME, trame(), "html").decode()
    assert page.count("<h1") == 1
    assert '<html lang="fr">' in page
    assert '<h2 id="rubrique-1">1. Présentation de l’environnement</h2>' in page
    assert '<li class="niveau-2"><a href="#rubrique-2">1.1. Le territoire de réalisation du projet</a></li>' in page
    assert "style=" not in page


def test_l_apercu_se_pose_sous_le_titre_de_la_page():
    fragment = apercu(TRAME, trame(), niveau=2)
    assert "<h1" not in fragment
    assert "<html" not in fragment
    assert '<h2 class="titre">' in fragment
    assert '<h3 id="rubrique-1">' in fragment
    assert "<h5>Soins non programmés</h5>" in fragment


def test_l_apercu_du_brouillon_montre_l_aide_et_le_final_non():
    assert '<div class="aide">' in apercu(TRAME, trame(brouillon=True))
    assert '<div class="aide">' not in apercu(TRAME, trame())


def test_un_accuse_complet_ne_parle_pas_de_pieces_manquantes():
    fragment = apercu("documents/accuse.html", accuse(complet=True))
    assert "Ce qui manque" not in fragment
    assert "Aucune pièce jointe." in fragment


def test_sans_voie_de_recours_l_accuse_n_ouvre_pas_ce_titre():
    assert "Voies et délais de recours" not in apercu("documents/accuse.html", accuse(voies_de_recours=()))


def test_un_document_demesure_est_refuse():
    enorme = trame_de(champ("a", "texte", "x" * 9_000_000))
    with pytest.raises(ProductionImpossible, match="trop long"):
        produire(TRAME, enorme, "pdf")


def imbriquee(profondeur: int):
    return trame_de(champ("", "texte_riche", "<ul><li>x" * profondeur + "</li></ul>" * profondeur))


@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_des_listes_imbriquees_a_l_usage_se_produisent(format):
    assert produire(TRAME, imbriquee(20), format)[:2] in {b"%P", b"PK"}


@pytest.mark.parametrize("profondeur", [300, 3000])
def test_des_listes_imbriquees_sans_fin_sont_refusees_avec_une_phrase(profondeur):
    with pytest.raises(ProductionImpossible, match=r"\.$"):
        produire(TRAME, imbriquee(profondeur), "pdf")


def test_pandoc_trop_lent_est_arrete(monkeypatch):
    monkeypatch.setattr(pandoc, "DELAI", 0.001)
    with pytest.raises(ProductionImpossible, match="trop long"):
        produire(TRAME, trame(), "docx")


def test_pandoc_n_ouvre_ni_fichier_ni_reseau():
    page = '<html><head><title>x</title></head><body><img src="/etc/passwd" alt="a"><p>b</p></body></html>'
    arbre = pandoc.lire(page)
    reference = composition._COMPOSEUR.parent / "references" / "reference.docx"
    assert b"root:" not in pandoc.ecrire(arbre, "docx", reference=reference)


def test_un_pandoc_qui_echoue_donne_une_phrase_montrable():
    with pytest.raises(ProductionImpossible, match="n'a pas pu être produit") as refus:
        pandoc.ecrire({"faux": 1}, "docx", reference=composition._COMPOSEUR)
    assert isinstance(refus.value.__cause__, subprocess.CalledProcessError)


def test_les_titres_saisis_se_rangent_sous_leur_rubrique_et_hors_du_sommaire():
    page = (
        "<h1 id='a'>Un</h1><div class='saisie'><h4>Saisi</h4></div><h3 id='b'>Saut</h3>"
        "<table><tr><td><h4>Case</h4></td></tr></table>"
    )
    arbre = arbres.preparer(pandoc.lire(page))
    niveaux = [n["c"][0] for n in arbres.parcourir(arbre["blocks"]) if n["t"] == "Header"]
    assert niveaux == [1, 2, 2]
    assert arbres.titres(arbre) == [(1, "a", "Un"), (2, "b", "Saut")]


def test_toute_balise_du_texte_riche_traverse_les_formats_sans_rien_perdre():
    tout = RICHE + "<blockquote><p>cité</p></blockquote><ol><li>un<ul><li>deux</li></ul></li></ol><p>a<br>b</p>"
    arbre = arbres.preparer(pandoc.lire(f"<body>{tout}</body>"))
    simple = composition._Traduction().blocs(arbre["blocks"])
    aplati = str(simple)
    for mot in (
        "déjà",
        "mensuelle",
        "samedi matin.",
        "Soins non programmés",
        "cité",
        "deux",
        "https://sante.example/esp",
    ):
        assert mot in aplati
    for sorte in ("gras", "italique", "puces", "numeros", "citation", "lien", "retour", "titre"):
        assert f"['{sorte}'" in aplati
    produire(TRAME, trame_de(champ("", "texte_riche", tout)), "pdf")
