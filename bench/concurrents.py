"""Ce à quoi nos documents se comparent, sur le même projet de douze pages : WeasyPrint, LibreOffice, docxtpl.

Chaque fabrique rend un geste sans argument qui produit le document et rend ses octets ; elle lève `Absent` si le
programme n'est pas là (groupe « banc » de pyproject, ou paquet du système).
"""

import importlib.util
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from esperluette.documents import composition
from esperluette.documents.moteur import produire
from tests.fabriques.documents import CARTE, trame

GABARIT = "documents/trame.html"
LIGNES = 66  # de quoi remplir douze pages
FEUILLE = Path(composition.__file__).parent / "static" / "documents" / "document.css"
Geste = Callable[[], bytes]


class Absent(RuntimeError):
    """Ce concurrent n'est pas installé ici."""


def contexte() -> dict[str, Any]:
    """Le projet mesuré : tableaux, cases, carte SVG, fiches, signatures, annexe."""
    return trame(lignes=LIGNES)


def esperluette(format: str) -> Geste:
    """Notre moteur, dans ce format."""
    donnees = contexte()
    return lambda: produire(GABARIT, donnees, format)


def trois_formats() -> Geste:
    """PDF, DOCX et ODT à la suite ; rend le PDF."""
    donnees = contexte()

    def geste() -> bytes:
        pdf, *_ = (produire(GABARIT, donnees, format) for format in ("pdf", "docx", "odt"))
        return pdf

    return geste


def weasyprint() -> Geste:
    """Notre page HTML et sa feuille, en PDF/UA par WeasyPrint."""
    _exiger("weasyprint")
    import weasyprint as moteur  # noqa: PLC0415 — dépendance facultative

    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # il se plaint de nos règles d'écran
    donnees = contexte()
    feuille = "@page { size: A4; margin: 25mm 23mm } thead { display: table-header-group }"

    def geste() -> bytes:
        page = produire(GABARIT, donnees, "html").decode()
        styles = [moteur.CSS(filename=str(FEUILLE)), moteur.CSS(string=feuille)]
        octets: bytes = moteur.HTML(string=page).write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1")
        return octets

    return geste


def libreoffice() -> Geste:
    """Notre ODT, déjà produit, converti en PDF balisé par LibreOffice sans tête."""
    commande = shutil.which("soffice")
    if commande is None:
        raise Absent("LibreOffice")
    dossier = Path(tempfile.mkdtemp(prefix="esperluette-bench-lo-"))
    (dossier / "projet.odt").write_bytes(produire(GABARIT, contexte(), "odt"))
    # Les mêmes normes que les nôtres : PDF/UA et PDF/A-2.
    options = (
        'pdf:writer_pdf_Export:{"PDFUACompliance":{"type":"boolean","value":"true"},'
        '"SelectPdfVersion":{"type":"long","value":"2"},"UseTaggedPDF":{"type":"boolean","value":"true"}}'
    )
    profil = f"-env:UserInstallation={(dossier / 'profil').as_uri()}"
    appel = [commande, profil, "--headless", "--convert-to", options, "--outdir", str(dossier)]

    def geste() -> bytes:
        subprocess.run(  # noqa: S603 — un programme du système, aucun argument saisi
            [*appel, str(dossier / "projet.odt")], check=True, capture_output=True, timeout=300
        )
        return (dossier / "projet.pdf").read_bytes()

    return geste


def docxtpl() -> Geste:
    """Le même projet en DOCX, d'un modèle Word à trous déjà ouvert une fois sur le disque."""
    _exiger("docxtpl")
    import docxtpl as moteur  # noqa: PLC0415 — dépendance facultative
    from docx.shared import Cm  # noqa: PLC0415 — dépendance facultative

    modele = BytesIO(_modele_a_trous())
    donnees = contexte()
    (image,) = composition.en_png([CARTE.encode()])

    def geste() -> bytes:
        document = moteur.DocxTemplate(modele)
        carte = moteur.InlineImage(document, BytesIO(image), width=Cm(16))
        document.render(_aplatir(donnees) | {"carte": carte}, autoescape=True)
        sortie = BytesIO()
        document.save(sortie)
        modele.seek(0)
        return sortie.getvalue()

    return geste


def _exiger(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise Absent(module)


def _modele_a_trous() -> bytes:
    """Un modèle Word : titre, rubriques, tableau, carte, signatures."""
    import docx  # noqa: PLC0415 — dépendance des essais

    document = docx.Document()
    document.add_heading("{{ titre }}", 0)
    for ligne in ("{{ sous_titre }}", "{{ equipe.nom }}", "{{ reference }}", "{{ carte }}"):
        document.add_paragraph(ligne)
    document.add_paragraph("{%p for r in rubriques %}")
    document.add_heading("{{ r.numero }} {{ r.titre }}", 1)
    document.add_paragraph("{%p for c in r.champs %}")
    document.add_paragraph("{{ c.libelle }} {{ c.texte }}")
    document.add_paragraph("{%p if c.colonnes %}")
    tableau = document.add_table(rows=4, cols=3)
    for rang, nom in enumerate(("Profession", "Effectif", "Remarques")):
        tableau.cell(0, rang).text = nom
    tableau.cell(1, 0).text = "{%tr for l in c.lignes %}"
    for rang in range(3):
        tableau.cell(2, rang).text = f"{{{{ l[{rang}] }}}}"
    tableau.cell(3, 0).text = "{%tr endfor %}"
    for balise in ("{%p endif %}", "{%p endfor %}", "{%p endfor %}"):
        document.add_paragraph(balise)
    document.add_heading("Signatures", 1)
    document.add_paragraph("{%p for s in signatures %}")
    document.add_paragraph("{{ s.nom }}, {{ s.profession }}")
    document.add_paragraph("{%p endfor %}")
    sortie = BytesIO()
    document.save(sortie)
    return sortie.getvalue()


def _aplatir(donnees: dict[str, Any]) -> dict[str, Any]:
    """Le contexte tel qu'un modèle à trous le lit : du texte et des lignes de trois cases."""
    rubriques = []
    for rubrique in donnees["rubriques"]:
        champs = []
        for champ in rubrique["champs"]:
            valeur = champ["valeur"]
            tableau = valeur if isinstance(valeur, dict) and "lignes" in valeur else None
            champs.append(
                {
                    "libelle": champ["libelle"],
                    "texte": "" if tableau or champ["type"] == "figure" else str(valeur),
                    "colonnes": tableau["colonnes"] if tableau else [],
                    "lignes": [[str(v) for v in ligne][:3] for ligne in tableau["lignes"]] if tableau else [],
                }
            )
        rubriques.append({"numero": rubrique["numero"], "titre": rubrique["titre"], "champs": champs})
    return donnees | {"rubriques": rubriques}


FABRIQUES: dict[str, Callable[[], Geste]] = {
    "pdf": lambda: esperluette("pdf"),
    "docx": lambda: esperluette("docx"),
    "odt": lambda: esperluette("odt"),
    "html": lambda: esperluette("html"),
    "trois": trois_formats,
    "weasyprint": weasyprint,
    "libreoffice": libreoffice,
    "docxtpl": docxtpl,
}
