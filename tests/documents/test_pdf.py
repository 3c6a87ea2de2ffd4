"""Le PDF : balisé (PDF/UA-1), durable (PDF/A-2a), fidèle, rouvert par pikepdf et poppler."""

from io import BytesIO

import pikepdf
import pytest

from esperluette.documents import composition
from esperluette.documents.erreurs import ProductionImpossible
from esperluette.documents.moteur import produire
from tests.documents.conftest import LE, TRAME
from tests.documents.outils import infos_pdf, programme, signets, structure, texte_pdf
from tests.fabriques.documents import CARTE, TEXTE_CARTE, champ, trame_de


@pytest.fixture
def pdf(document):
    with pikepdf.open(BytesIO(document("final", "pdf"))) as ouvert:
        yield ouvert


def test_carte_tableau_cases_et_figure_tiennent_dans_un_seul_pdf_ua_et_pdf_a(pdf):
    with pdf.open_metadata() as proprietes:
        assert proprietes["pdfuaid:part"] == "1"
        assert (proprietes["pdfaid:part"], proprietes["pdfaid:conformance"]) == ("2", "A")
    balises = [balise for balise, _ in structure(pdf)]
    for attendue in ("Figure", "Table", "TH", "TD", "L", "LI", "H1", "H2", "H3", "TOC", "Caption", "Link"):
        assert attendue in balises


def test_le_pdf_dit_sa_langue_son_titre_et_son_balisage(pdf):
    assert str(pdf.Root.Lang) == "fr-FR"
    assert pdf.Root.MarkInfo.Marked is True
    assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
    assert str(pdf.docinfo["/Title"]) == "Projet de santé de l’équipe de soins primaires"
    assert str(pdf.docinfo["/Author"]) == "ESP du Pays de Loudéac"


def test_les_titres_ne_sautent_aucun_niveau(pdf):
    niveaux = [int(balise[1]) for balise, _ in structure(pdf) if balise in {f"H{n}" for n in range(1, 7)}]
    assert len(niveaux) > 10
    assert all(apres <= avant + 1 for avant, apres in zip([0, *niveaux], niveaux, strict=False))


def test_les_signets_sont_les_rubriques_et_pas_ce_qui_est_saisi(pdf):
    trouves = signets(pdf)
    assert trouves[:3] == [
        "1. Présentation de l’environnement",
        "1.1. Le territoire de réalisation du projet",
        "1.2. La patientèle",
    ]
    assert trouves[-1] == "Annexe 1\u00a0: Liste des professionnels"
    assert "Soins non programmés" not in trouves


def test_chaque_figure_a_son_texte_de_remplacement(pdf):
    textes = [str(element.Alt) for balise, element in structure(pdf) if balise == "Figure"]
    assert textes == [TEXTE_CARTE]


def test_chaque_tableau_a_des_en_tetes_de_colonnes(pdf):
    tableaux = [element for balise, element in structure(pdf) if balise == "Table"]
    assert len(tableaux) == 4
    entetes = [element for balise, element in structure(pdf) if balise == "TH"]
    assert len(entetes) == 3 + 4 + 3 + 4
    assert all(str(e.A.Scope if isinstance(e.A, pikepdf.Dictionary) else e.A[0].Scope) == "/Column" for e in entetes)


def test_les_polices_sont_embarquees_et_viennent_de_nos_paquets(pdf):
    noms = {
        str(police.BaseFont).partition("+")[2].partition("-")[0]
        for page in pdf.pages
        for police in page.Resources.get("/Font", {}).values()
    }
    assert noms == {"Lato", "DejaVuSansMono"}


def test_poppler_reconnait_un_pdf_balise(document, tmp_path):
    infos = infos_pdf(document("final", "pdf"), tmp_path)
    assert "Tagged:          yes" in infos
    assert "JavaScript:      no" in infos
    assert "Page size:       595.276 x 841.89 pts (A4)" in infos


def test_l_en_tete_d_un_long_tableau_se_repete_a_chaque_page(document, tmp_path):
    pages = texte_pdf(document("final", "pdf"), tmp_path).split("\f")
    avec_lignes = [page for page in pages if "Profession 1" in page or "Profession 4" in page]
    assert len(avec_lignes) >= 3
    assert all("Remarques" in page for page in avec_lignes)


def test_le_texte_imprime_est_celui_de_la_trame(document, tmp_path):
    texte = " ".join(texte_pdf(document("final", "pdf"), tmp_path).split())
    for attendu in (
        "ESP du Pays de Loudéac", "Référence : ESP-22-2026-00042", "Version 2, empreinte 9f86d081884c7d65",
        "☒ Association", "☐ SISA", "Communes du territoire : Loudéac, Trévé, La Motte", "4 200 personnes",
        "Axe thématique 2", "Part de la patientèle concernée : 180 patients", "1er novembre 2026",
        "le 20 novembre 2026 à 18 h 05", "Annexe 1 : Liste des professionnels",
        "ESP-22-2026-00042 — Projet de santé", "Page 2 sur",
    ):  # fmt: skip
        assert attendu in texte.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Brouillon" not in texte
    assert "Décrivez le territoire" not in texte


def test_le_brouillon_se_dit_sur_chaque_page_et_montre_l_aide(document, tmp_path):
    pages = texte_pdf(document("brouillon", "pdf"), tmp_path).split("\f")[:-1]
    assert all("Brouillon — document de travail" in page for page in pages)
    entier = "".join(pages)
    assert "Décrivez le territoire de proximité." in entier
    assert "Non renseigné" in entier
    assert "À signer" in entier


def test_l_accuse_dit_tout_ce_que_le_code_demande(document, tmp_path):
    texte = " ".join(texte_pdf(document("accuse", "pdf"), tmp_path).split())
    for attendu in (
        "Reçu le : 21 novembre 2026 à 14 h 32", "ARS d’essai", "02 96 00 00 00", "ars@ars.example",
        "Relevé d’identité bancaire", "21 décembre 2026",
        "deux mois à compter de la réception, soit jusqu’au 21 janvier 2027",
        "vaut rejet", "Recours gracieux", "Recours contentieux", "9f86d081884c7d65" * 4, "0f" * 32, "a1" * 32,
        "Statuts.pdf", "1,2 Mo", "L. 112-3 et R. 112-5", "Page 1 sur 2",
    ):  # fmt: skip
        assert attendu in texte.replace("\u202f", " ").replace("\u00a0", " ")


def test_produire_deux_fois_donne_les_memes_octets(document):
    contexte = trame_de(champ("Carte", "figure", {"svg": CARTE, "texte": "Carte", "legende": ""}))
    assert produire(TRAME, contexte, "pdf", le=LE) == produire(TRAME, contexte, "pdf", le=LE)


def test_un_texte_de_remplacement_vide_est_refuse_par_la_norme():
    contexte = trame_de(champ("Carte", "figure", {"svg": CARTE, "texte": "", "legende": ""}))
    with pytest.raises(ProductionImpossible):
        produire(TRAME, contexte, "pdf")


def test_une_composition_trop_longue_est_arretee(monkeypatch):
    monkeypatch.setattr(composition, "DELAI", 0.001)
    with pytest.raises(ProductionImpossible, match="trop long"):
        produire(TRAME, trame_de(champ("a", "texte", "b")), "pdf")


def test_le_compositeur_ne_voit_que_son_dossier(tmp_path):
    (tmp_path / "document.typ").write_text('#set document(title: "x")\n#read("/etc/passwd")', encoding="utf-8")
    with pytest.raises(ProductionImpossible) as refus:
        composition._composer(tmp_path, sorte="pdf", normes=[], instant=0)
    assert "passwd" in str(refus.value.__cause__)
    assert "root:" not in str(refus.value.__cause__)


def test_le_sommaire_annonce_la_bonne_page(document, tmp_path):
    programme("pdftotext")
    pages = texte_pdf(document("final", "pdf"), tmp_path).split("\f")
    ligne = next(ligne for ligne in pages[1].splitlines() if "2.5." in ligne)
    assert "2.5. Les axes du projet de santé" in pages[int(ligne.split()[-1].strip("\u2060")) - 1]
