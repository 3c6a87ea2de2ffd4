"""Rien de ce qui est saisi n'est évalué, ni ne change la forme du document, dans aucun format."""

from io import BytesIO

import pikepdf
import pytest

from esperluette.documents.moteur import produire
from tests.documents.outils import ouvrir_docx, ouvrir_odt, structure, texte_pdf
from tests.fabriques.documents import TrameFabrique, champ, en_contexte, rubrique

HOSTILES = (
    "<script>alert(1)</script>",
    "</div><h1>Faux titre</h1>",
    "<iframe src='file:/etc/passwd'>",
    "&lt;w:p&gt; & <w:p>",
    "{{ 7 * 7 }} {% raw %}",
    "# Titre",
    "![x](/etc/passwd)",
    "[x](javascript:alert(1))",
    "`<w:br/>`{=openxml}",
    "$x^2$ \\(y\\)",
    "\\input{/etc/passwd}",
    "::: {custom-style=Title}",
    "<!-- commentaire -->",
    '#panic("x")',
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0": *',
    "*gras* _penché_ = Titre",
    "@reference <ancre>",
    "$ sum $ ~ \\u{1F600}",
    "// commentaire /* bloc */",
    "@@PIED@@ &amp;",
    "%s %(x)s {0} {x}",
)
NEUTRE = "mot"


def contexte(textes: tuple[str, ...]):
    """Le même document, où chaque texte est mis partout où l'on peut saisir."""
    entier = " ; ".join(textes)
    tableau = {
        "colonnes": [{"libelle": entier, "type": "texte", "unite": "", "part": 0}],
        "lignes": [[texte] for texte in textes],
        "presentation": "lignes",
        "titre_ligne": "",
    }
    fiches = tableau | {"presentation": "fiches", "titre_ligne": "Fiche {n} " + entier}
    carte = {
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="3" height="3"/></svg>',
        "texte": entier,
        "legende": entier,
    }
    champs = (
        champ(entier, "texte", entier),
        champ(entier, "choix", entier),
        champ(entier, "communes", textes),
        champ(entier, "cases", [{"libelle": texte, "cochee": True} for texte in textes]),
        champ(entier, "membres", [dict.fromkeys(("nom", "prenom", "profession", "commune"), t) for t in textes]),
        champ(entier, "tableau", tableau),
        champ(entier, "tableau", fiches),
        champ(entier, "figure", carte),
    )
    return en_contexte(
        TrameFabrique(
            titre=entier,
            sous_titre=entier,
            reference=entier,
            etat=entier,
            version=entier,
            rubriques=(rubrique(entier, entier, 1, *champs),),
        )
    )


@pytest.fixture(scope="module")
def produits():
    return {
        (nom, format): produire("documents/trame.html", contexte(textes), format)
        for nom, textes in (("hostile", HOSTILES), ("neutre", (NEUTRE,) * len(HOSTILES)))
        for format in ("html", "docx", "odt", "pdf")
    }


def tasser(texte: str) -> str:
    """Sans espaces ni césures : seuls comptent les signes et leur ordre."""
    return "".join(texte.replace("\u00ad", "").split()).replace("-", "")


def test_le_docx_garde_la_forme_et_tous_les_signes(produits):
    hostile, neutre = (ouvrir_docx(produits[nom, "docx"]) for nom in ("hostile", "neutre"))
    assert [p.style.name for p in hostile.paragraphs] == [p.style.name for p in neutre.paragraphs]
    assert len(hostile.inline_shapes) == len(neutre.inline_shapes) == 1
    cellules = [rangee.cells[0].text for rangee in hostile.tables[1].rows][1:]
    assert [tasser(c) for c in cellules] == [tasser(t) for t in HOSTILES]
    assert tasser(hostile.core_properties.title) == tasser(" ; ".join(HOSTILES))


def test_l_odt_garde_la_forme_et_tous_les_signes(produits):
    hostile, neutre = (ouvrir_odt(produits[nom, "odt"]) for nom in ("hostile", "neutre"))
    formes = [[p.get_attribute("text:style-name") for p in o.body.paragraphs] for o in (hostile, neutre)]
    assert formes[0] == formes[1]
    texte = tasser("".join(p.text_recursive for p in hostile.body.paragraphs))
    assert all(tasser(t) in texte for t in HOSTILES)


def test_le_pdf_garde_la_forme_et_tous_les_signes(produits, tmp_path):
    formes = []
    for nom in ("hostile", "neutre"):
        with pikepdf.open(BytesIO(produits[nom, "pdf"])) as pdf:
            balises = [balise for balise, _ in structure(pdf)]
            formes.append([b for b in balises if b in {"H1", "H2", "H3", "P", "Table", "TR", "TD", "TH", "Figure"}])
            if nom == "hostile":
                assert tasser(str(pdf.docinfo["/Title"])) == tasser(" ; ".join(HOSTILES))
    assert formes[0] == formes[1]
    texte = tasser(texte_pdf(produits["hostile", "pdf"], tmp_path))
    for attendu in HOSTILES:
        # Une ligne longue se coupe entre deux cellules : on cherche chaque mot, à la suite de sa cellule.
        assert all(tasser(mot) in texte for mot in attendu.split())
    assert "root:" not in texte


def test_le_html_garde_la_forme(produits):
    hostile, neutre = (produits[nom, "html"].decode() for nom in ("hostile", "neutre"))
    assert hostile.count("<") == neutre.count("<")
    assert "<script" not in hostile
    assert "49" not in hostile.replace("ESP-22-2026-00042", "")
