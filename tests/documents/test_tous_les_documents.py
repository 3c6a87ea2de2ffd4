"""Chaque document que le service produit, dans ses trois formats : balisé, titré, lisible dans l'ordre, rouvert."""

import re
import subprocess
import zipfile
from datetime import UTC, datetime
from functools import cache
from html import unescape
from io import BytesIO

import docx.table
import pikepdf
import pytest
from docx.oxml.ns import qn
from lxml import etree

from esperluette.documents.moteur import produire
from tests.documents.outils import (
    ouvrir_docx,
    ouvrir_odt,
    programme,
    signets,
    structure,
    tasser,
    texte_continu,
)
from tests.documents.recensement import COURRIER, EXEMPLES, RECENSEMENT, piece

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]
LE = datetime(2026, 11, 21, 13, 32, tzinfo=UTC)
TITRE_HTML = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)
chaque_document = pytest.mark.parametrize("nom", list(RECENSEMENT))


@cache
def _octets(nom: str, format: str) -> bytes:
    return produire(*piece(nom), format, le=LE)


def titres_attendus(nom: str) -> list[tuple[int, str]]:
    """(niveau, texte) des titres du gabarit rempli, dans l'ordre ; le premier est celui du document."""
    page = _octets(nom, "html").decode()
    return [(int(n), unescape(re.sub("<[^>]+>", "", texte))) for n, texte in TITRE_HTML.findall(page)]


def sans_saut(niveaux: list[int]) -> bool:
    return all(apres <= avant + 1 for avant, apres in zip([0, *niveaux], niveaux, strict=False))


@pytest.fixture
def pdf(nom):
    with pikepdf.open(BytesIO(_octets(nom, "pdf"))) as ouvert:
        yield ouvert


# --- PDF -----------------------------------------------------------------------------------------


@chaque_document
def test_le_pdf_est_a_la_fois_pdf_ua_et_pdf_a(nom, pdf):
    with pdf.open_metadata() as proprietes:
        assert proprietes["pdfuaid:part"] == "1"
        assert (proprietes["pdfaid:part"], proprietes["pdfaid:conformance"]) == ("2", "A")
        assert proprietes["dc:title"] == str(pdf.docinfo["/Title"])
    assert str(pdf.Root.Lang) == "fr-FR"
    assert pdf.Root.MarkInfo.Marked is True
    assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.docinfo["/Author"]).strip()


@chaque_document
def test_le_pdf_n_a_ni_script_ni_fichier_attache_ni_police_absente(nom, pdf):
    assert not pdf.attachments
    assert not {"/OpenAction", "/AA", "/AcroForm", "/AF"} & set(pdf.Root.keys())
    assert "/JavaScript" not in pdf.Root.get("/Names", {})
    for objet in pdf.objects:
        if isinstance(objet, pikepdf.Dictionary) and objet.get("/Type") == "/FontDescriptor":
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(objet.keys())
        if isinstance(objet, pikepdf.Dictionary) and "/S" in objet and "/Type" not in objet:
            assert objet.S not in {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}


@chaque_document
def test_le_pdf_a_un_titre_des_niveaux_sans_saut_et_des_signets(nom, pdf):
    elements = list(structure(pdf))
    assert len([b for b, _ in elements if b == "Title"]) == 1
    niveaux = [int(b[1]) for b, _ in elements if re.fullmatch("H[1-6]", b)]
    attendus = titres_attendus(nom)
    a_un_sommaire = any(b == "TOC" for b, _ in elements)
    assert len(niveaux) == len(attendus) - 1 + a_un_sommaire
    assert sans_saut(niveaux)
    voulus = [tasser(t) for n, t in attendus[1:] if n <= 3]
    assert [t for t in map(tasser, signets(pdf)) if t in voulus] == [
        t for t in voulus if t in map(tasser, signets(pdf))
    ]
    assert len(signets(pdf)) >= len([n for n, _ in attendus[1:] if n == 2])


@chaque_document
def test_le_pdf_dit_ses_figures_et_les_colonnes_de_ses_tableaux(nom, pdf):
    for balise, element in structure(pdf):
        if balise == "Figure":
            assert str(element.Alt).strip()
        if balise == "Table":
            cellules = [(b, e) for b, e in sous(element) if b in {"TH", "TD"}]
            entetes = [e for b, e in cellules if b == "TH"]
            assert entetes
            assert all(portee(e) == "/Column" for e in entetes)
            assert (len(cellules) - len(entetes)) % len(entetes) == 0


def sous(element):
    """(balise, élément) sous cet élément."""

    def visiter(noeud):
        if isinstance(noeud, pikepdf.Array):
            for enfant in noeud:
                yield from visiter(enfant)
        elif isinstance(noeud, pikepdf.Dictionary) and "/S" in noeud:
            yield str(noeud.S).lstrip("/"), noeud
            yield from visiter(noeud.get("/K"))

    yield from visiter(element.K)


def portee(entete):
    attributs = [entete.A] if isinstance(entete.A, pikepdf.Dictionary) else list(entete.A)
    return next(str(a.Scope) for a in attributs if "/Scope" in a)


@chaque_document
def test_le_pdf_se_lit_dans_l_ordre_de_ses_rubriques(nom, tmp_path):
    texte = tasser(texte_continu(_octets(nom, "pdf"), tmp_path))
    depart = texte.rindex(tasser("Sommaire")) if "Sommaire" in texte else 0
    titres = [tasser(t) for _, t in titres_attendus(nom)]
    assert titres[0] in texte
    # Au sommaire, chaque titre est suivi de points : on lit après le dernier.
    position = max((m.end() for m in re.finditer(r"\.{5,}\d+", texte[depart:])), default=0) + depart
    for titre in titres[1:]:
        trouve = texte.find(titre, position)
        assert trouve >= 0, titre
        position = trouve + len(titre)


# --- DOCX ----------------------------------------------------------------------------------------


@chaque_document
def test_le_docx_a_de_vrais_titres_et_ses_proprietes(nom):
    document = ouvrir_docx(_octets(nom, "docx"))
    attendus = titres_attendus(nom)
    titres = [
        (int(p.style.name[-1]) + 1, tasser(p.text)) for p in document.paragraphs if p.style.name[:7] == "Heading"
    ]
    assert [t for _, t in titres] == [tasser(t) for _, t in attendus[1:]]
    assert sans_saut([n - 1 for n, _ in titres])
    principal = [p.text for p in document.paragraphs if p.style.name == "Title"]
    assert [tasser(t) for t in principal] == [tasser(attendus[0][1])]
    proprietes = document.core_properties
    assert tasser(proprietes.title) in tasser(attendus[0][1])
    assert proprietes.author.strip()
    assert proprietes.language == "fr-FR"
    assert proprietes.created.date() == LE.date()


@chaque_document
def test_le_docx_repete_l_en_tete_de_ses_tableaux_et_dit_ses_images(nom):
    document = ouvrir_docx(_octets(nom, "docx"))
    for tableau in document.element.body.iter(qn("w:tbl")):
        premiere = docx.table.Table(tableau, document).rows[0]._tr
        assert premiere.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    dessin = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    assert all(n.get("descr", "").strip() for n in document.element.body.iter(dessin))
    langue = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert langue.get(qn("w:val")) == "fr-FR"


# --- ODT -----------------------------------------------------------------------------------------


@chaque_document
def test_l_odt_a_de_vrais_titres_et_ses_proprietes(nom):
    odt = ouvrir_odt(_octets(nom, "odt"))
    attendus = titres_attendus(nom)
    titres = [(int(t.get_attribute("text:outline-level")), tasser(t.text_recursive)) for t in odt.body.headers]
    assert [t for _, t in titres] == [tasser(t) for _, t in attendus[1:]]
    assert sans_saut([n for n, _ in titres])
    principal = [p.text_recursive for p in odt.body.paragraphs if p.get_attribute("text:style-name") == "Title"]
    assert [tasser(t) for t in principal] == [tasser(attendus[0][1])]
    assert tasser(odt.meta.title) in tasser(attendus[0][1])
    assert odt.meta.initial_creator.strip()
    assert odt.meta.language == "fr-FR"
    assert odt.meta.creation_date.date() == LE.date()


@chaque_document
def test_l_odt_repete_l_en_tete_de_ses_tableaux_et_dit_ses_images(nom):
    with zipfile.ZipFile(BytesIO(_octets(nom, "odt"))) as archive:
        contenu = etree.fromstring(archive.read("content.xml"))
    espaces = {k: v for k, v in contenu.nsmap.items() if k}
    for tableau in contenu.iterfind(".//table:table", espaces):
        assert tableau.find("table:table-header-rows", espaces) is not None
    for cadre in contenu.iterfind(".//draw:frame", espaces):
        assert cadre.findtext("svg:desc", namespaces=espaces).strip()


# --- Les trois -----------------------------------------------------------------------------------


@chaque_document
def test_la_page_html_a_un_titre_principal_et_rien_d_actif(nom):
    page = _octets(nom, "html").decode()
    niveaux = [n for n, _ in titres_attendus(nom)]
    assert niveaux.count(1) == 1
    assert niveaux[0] == 1
    assert sans_saut(niveaux)
    assert '<html lang="fr">' in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)


def test_chaque_gabarit_du_depot_est_recense():
    from esperluette.documents.rendu import environnement

    principaux = {
        nom for nom in environnement().loader.list_templates() if not nom.rpartition("/")[2].startswith("_")
    } - {"documents/base.html"}
    assert principaux - {"instruction/depot_lu.html"} == {g for g, _ in RECENSEMENT.values()} == set(EXEMPLES)


def test_libreoffice_rouvre_chaque_document_bureautique(tmp_path):
    soffice = programme("soffice")
    programme("pdftotext")
    for rang, nom in enumerate(RECENSEMENT):
        for format in ("docx", "odt"):
            (tmp_path / f"{rang}-{format}.{format}").write_bytes(_octets(nom, format))
    profil = (tmp_path / "profil").as_uri()
    commande = [soffice, f"-env:UserInstallation={profil}", "--headless", "--convert-to", "pdf"]
    sources = [str(f) for f in sorted(tmp_path.iterdir()) if f.is_file()]
    subprocess.run([*commande, "--outdir", str(tmp_path), *sources], check=True, capture_output=True, timeout=600)
    for rang, nom in enumerate(RECENSEMENT):
        for format in ("docx", "odt"):
            relu = tasser(texte_continu((tmp_path / f"{rang}-{format}.pdf").read_bytes(), tmp_path))
            assert [t for _, t in titres_attendus(nom) if tasser(t) not in relu] == [], (nom, format)


def test_un_courrier_dit_son_objet_apres_l_adresse_dans_chaque_format(tmp_path):
    nom = EXEMPLES[COURRIER]
    _, contexte = piece(nom)
    ordre = [contexte["agence"], contexte["destinataire"][0], f"Objet : {contexte['titre']}", "Madame, Monsieur"]
    textes = {
        "pdf": texte_continu(_octets(nom, "pdf"), tmp_path),
        "docx": "\n".join(p.text for p in ouvrir_docx(_octets(nom, "docx")).paragraphs),
        "odt": "\n".join(p.text_recursive for p in ouvrir_odt(_octets(nom, "odt")).body.paragraphs),
    }
    for format, texte in textes.items():
        places = [tasser(texte).find(tasser(attendu)) for attendu in ordre]
        assert places == sorted(places), format
        assert min(places) >= 0, format


@pytest.mark.parametrize("nom", [EXEMPLES[COURRIER], "procès-verbal", "livret de séance", "extrait"])
def test_les_heures_s_ecrivent_sans_zero_en_tete(nom, tmp_path):
    texte = texte_continu(_octets(nom, "pdf"), tmp_path).replace("\u00a0", " ").replace("\u202f", " ")
    assert re.search(r"\d h \d\d", texte)
    assert not re.search(r"\b0\d h \d\d", texte)
    assert not re.search(r"\b\d\d:\d\d\b", texte)
