"""Engendre les documents de référence : les styles que Pandoc donne aux DOCX et aux ODT.

    python -m esperluette.documents.references.engendrer

Part des références de Pandoc, y remplace les styles, la page et le pied. Le résultat est déterministe : un
essai vérifie que les fichiers du dépôt sont bien ceux que ce programme écrit.
"""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pypandoc

from esperluette.documents.references import styles_docx, styles_odt

DOSSIER = Path(__file__).parent
_DATE = (2026, 1, 1, 0, 0, 0)


def reference_docx() -> bytes:
    """La référence DOCX : styles, A4, en-tête, pied numéroté, français, césure."""
    fichiers = _de_pandoc("reference.docx")
    fichiers["word/styles.xml"] = styles_docx.STYLES.encode()
    fichiers["word/document.xml"] = styles_docx.DOCUMENT.encode()
    fichiers["word/header1.xml"] = styles_docx.ENTETE.encode()
    fichiers["word/footer1.xml"] = styles_docx.PIED.encode()
    fichiers["word/settings.xml"] = styles_docx.REGLAGES.encode()
    fichiers["word/_rels/document.xml.rels"] = _inserer(
        fichiers["word/_rels/document.xml.rels"], styles_docx.RELATIONS, avant="</Relationships>"
    )
    fichiers["[Content_Types].xml"] = _inserer(fichiers["[Content_Types].xml"], styles_docx.TYPES, avant="</Types>")
    return _zip(fichiers)


def reference_odt() -> bytes:
    """La référence ODT : styles, A4, en-tête, pied numéroté, français, césure."""
    fichiers = _de_pandoc("reference.odt")
    fichiers["styles.xml"] = styles_odt.STYLES.encode()
    return _zip(fichiers)


def _de_pandoc(nom: str) -> dict[str, bytes]:
    commande = [pypandoc.get_pandoc_path(), "--print-default-data-file", nom]
    octets = subprocess.run(commande, check=True, capture_output=True, timeout=60).stdout  # noqa: S603 — Pandoc
    with zipfile.ZipFile(BytesIO(octets)) as source:
        return {membre: source.read(membre) for membre in source.namelist()}


def _inserer(contenu: bytes, ajout: str, *, avant: str) -> bytes:
    return contenu.replace(avant.encode(), ajout.encode() + avant.encode())


def _zip(fichiers: dict[str, bytes]) -> bytes:
    sortie = BytesIO()
    with zipfile.ZipFile(sortie, "w") as archive:
        for nom, contenu in fichiers.items():
            # ODF veut le type en premier et sans compression : c'est déjà l'ordre de Pandoc.
            sorte = zipfile.ZIP_STORED if nom == "mimetype" else zipfile.ZIP_DEFLATED
            membre = zipfile.ZipInfo(nom, date_time=_DATE)
            archive.writestr(membre, contenu, compress_type=sorte)
    return sortie.getvalue()


if __name__ == "__main__":
    (DOSSIER / "reference.docx").write_bytes(reference_docx())
    (DOSSIER / "reference.odt").write_bytes(reference_odt())
    sys.stdout.write(f"Références écrites dans {DOSSIER}\n")
