"""DOCX et ODT : de vrais styles, qu'on reprend dans Word ou LibreOffice."""

import re
import subprocess
import zipfile
from io import BytesIO

import pytest
from docx.oxml.ns import qn
from lxml import etree

from esperluette.documents.moteur import produire
from esperluette.documents.references import engendrer
from tests.documents.conftest import LE, TRAME
from tests.documents.outils import ouvrir_docx, ouvrir_odt, programme
from tests.fabriques.documents import TEXTE_CARTE, trame

TITRES = [
    ("Heading 1", "1. Présentation de l’environnement"),
    ("Heading 2", "1.1. Le territoire de réalisation du projet"),
    ("Heading 2", "1.2. La patientèle"),
]


def fichier(octets: bytes, nom: str) -> str:
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        return archive.read(nom).decode("utf-8")


@pytest.fixture
def word(document):
    return ouvrir_docx(document("final", "docx"))


def test_le_docx_a_de_vrais_titres(word):
    titres = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert titres[:3] == TITRES
    assert ("Heading 3", "Axe thématique 2") in titres
    assert word.paragraphs[0].style.name == "Title"


def test_le_docx_dit_son_titre_sa_langue_et_son_auteur(word, document):
    proprietes = word.core_properties
    assert (proprietes.title, proprietes.author) == (
        "Projet de santé de l’équipe de soins primaires",
        "ESP du Pays de Loudéac",
    )
    assert proprietes.language == "fr-FR"
    langue = re.search("<w:lang[^>]*>", fichier(document("final", "docx"), "word/styles.xml"))
    assert 'w:val="fr-FR"' in langue[0]
    assert proprietes.created.date() == LE.date()


def test_les_tableaux_du_docx_ont_une_ligne_d_en_tete_repetee(word):
    assert len(word.tables) == 4
    for tableau in word.tables:
        assert tableau.style.name == "Table"
        assert tableau.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    assert [cellule.text for cellule in word.tables[1].rows[0].cells] == [
        "Nom", "Prénom", "Profession", "Commune d’exercice",
    ]  # fmt: skip


def test_le_docx_a_libelles_cases_et_pied_de_page(word):
    styles = {p.style.name for p in word.paragraphs}
    assert {"Libelle", "Case", "Vide", "Garde", "Subtitle", "toc 1", "toc 2"} <= styles
    assert [p.text for p in word.paragraphs if p.style.name == "Case"] == ["☒ Association", "☐ SISA"]
    pied = word.sections[0].footer.paragraphs[0].text
    assert pied.startswith("ESP-22-2026-00042 — Projet de santé")
    assert word.sections[0].different_first_page_header_footer is True
    assert word.sections[0].page_height.cm == pytest.approx(29.7, abs=0.01)


def test_le_sommaire_du_docx_mene_a_chaque_titre(document):
    xml = fichier(document("final", "docx"), "word/document.xml")
    racine = etree.fromstring(xml.encode())
    ancres = {n.get(qn("w:name")) for n in racine.iter(qn("w:bookmarkStart"))}
    liens = [n.get(qn("w:anchor")) for n in racine.iter(qn("w:hyperlink")) if n.get(qn("w:anchor"))]
    assert len(liens) == 12
    assert set(liens) <= ancres
    assert 'TOC \\o "1-2"' in xml


def test_les_images_du_docx_ont_leur_texte_et_un_png(document):
    octets = document("final", "docx")
    racine = etree.fromstring(fichier(octets, "word/document.xml").encode())
    dessin = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    assert [n.get("descr") for n in racine.iter(dessin)] == [TEXTE_CARTE]
    assert "data:image" not in fichier(octets, "word/document.xml")
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        medias = [nom for nom in archive.namelist() if nom.startswith("word/media/")]
        assert archive.read(medias[0]).startswith(b"\x89PNG")
    assert len(medias) == 1


def test_le_brouillon_docx_montre_l_aide_dans_son_style_et_le_final_non(document):
    brouillon = ouvrir_docx(document("brouillon", "docx"))
    assert "Décrivez le territoire de proximité." in [p.text for p in brouillon.paragraphs if p.style.name == "Aide"]
    assert brouillon.sections[0].header.paragraphs[0].text == "Brouillon — document de travail"
    final = ouvrir_docx(document("final", "docx"))
    assert "Aide" not in {p.style.name for p in final.paragraphs}
    assert final.sections[0].header.paragraphs[0].text == ""


def test_une_lettre_n_a_ni_garde_ni_premiere_page_a_part(document):
    lettre = ouvrir_docx(document("accuse", "docx"))
    assert lettre.sections[0].different_first_page_header_footer is False
    assert lettre.paragraphs[0].text == "Accusé de réception"
    assert lettre.styles["Title"].paragraph_format.space_before == 0
    assert ouvrir_docx(document("final", "docx")).styles["Title"].paragraph_format.space_before.cm > 5


def test_l_odt_a_de_vrais_titres_une_langue_et_des_en_tetes(document):
    odt = ouvrir_odt(document("final", "odt"))
    titres = [(f"Heading {t.get_attribute('text:outline-level')}", t.text_recursive.strip()) for t in odt.body.headers]
    assert titres[:3] == TITRES
    assert odt.meta.title == "Projet de santé de l’équipe de soins primaires"
    assert odt.meta.initial_creator == "ESP du Pays de Loudéac"
    styles = fichier(document("final", "odt"), "styles.xml")
    langue = re.search("<style:text-properties[^>]*fo:language[^>]*>", styles)[0]
    assert 'fo:language="fr"' in langue
    assert 'fo:country="FR"' in langue
    assert odt.meta.creation_date.date() == LE.date()
    contenu = fichier(document("final", "odt"), "content.xml")
    assert contenu.count("<table:table-header-rows>") == 4
    assert "ESP-22-2026-00042 — Projet de santé" in styles
    assert contenu.count("<text:table-of-content ") == 1


def test_l_image_de_l_odt_a_son_texte(document):
    contenu = fichier(document("final", "odt"), "content.xml")
    assert contenu.count("<draw:frame") == 1
    assert f"<svg:desc>{TEXTE_CARTE}</svg:desc></draw:frame>" in contenu


@pytest.mark.parametrize("style", ["Libelle", "Case", "Vide", "Garde", "Subtitle"])
def test_chaque_style_de_l_odt_existe_et_sert(document, style):
    octets = document("final", "odt")
    assert f'style:name="{style}"' in fichier(octets, "styles.xml")
    assert f'<text:p text:style-name="{style}">' in fichier(octets, "content.xml")


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_chaque_fichier_du_zip_est_un_xml_bien_forme(document, format):
    for sorte in ("final", "brouillon", "accuse"):
        with zipfile.ZipFile(BytesIO(document(sorte, format))) as archive:
            assert archive.testzip() is None
            if format == "odt":  # ODF : le type en premier, sans compression
                premier = archive.infolist()[0]
                assert (premier.filename, premier.compress_type) == ("mimetype", zipfile.ZIP_STORED)
            for nom in archive.namelist():
                if nom.endswith((".xml", ".rels", ".rdf")):
                    etree.fromstring(archive.read(nom))
                    assert b"@@" not in archive.read(nom)


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_produire_deux_fois_donne_les_memes_octets(document, format):
    assert produire(TRAME, trame(lignes=60), format, le=LE) == document("final", format)


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_la_reference_du_depot_est_celle_que_le_programme_ecrit(format):
    ecrite = getattr(engendrer, f"reference_{format}")()
    assert (engendrer.DOSSIER / f"reference.{format}").read_bytes() == ecrite


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_libreoffice_rouvre_le_document_et_le_pagine(document, tmp_path, format):
    soffice = programme("soffice")
    pdfinfo = programme("pdfinfo")
    source = tmp_path / f"projet.{format}"
    source.write_bytes(document("final", format))
    profil = (tmp_path / "profil").as_uri()
    commande = [soffice, f"-env:UserInstallation={profil}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*commande, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=180)
    infos = subprocess.run([pdfinfo, str(tmp_path / "projet.pdf")], check=True, capture_output=True, text=True).stdout
    pages = int(infos.partition("Pages:")[2].split()[0])
    assert 10 <= pages <= 30
