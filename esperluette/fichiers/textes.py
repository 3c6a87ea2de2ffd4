"""Lire le texte d'un document reçu."""

import re
import zipfile
from io import BytesIO

from esperluette.fichiers.controle import CSV, DOCX, ODS, ODT, TXT, XLSX

_LU = 5 * 1024 * 1024  # octets de texte examinés, au plus
_PARTIES = {
    DOCX.type_mime: "word/document.xml",
    XLSX.type_mime: "xl/sharedStrings.xml",
    ODT.type_mime: "content.xml",
    ODS.type_mime: "content.xml",
}
_FINS = re.compile(rb"</(?:w:p|text:p|text:h|si|w:tc|table:table-cell)>")


def texte_de(octets: bytes, type_mime: str) -> str:
    """Le texte d'un document déjà contrôlé, mise en forme ôtée ; vide pour un PDF ou une image."""
    if type_mime in {CSV.type_mime, TXT.type_mime}:
        return octets[:_LU].decode("utf-8", "replace")
    partie = _PARTIES.get(type_mime)
    if partie is None:
        return ""
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        if partie not in archive.namelist():
            return ""
        with archive.open(partie) as contenu:
            xml = contenu.read(_LU)
    # Un mot peut être coupé par une mise en forme : les balises tombent sans laisser d'espace, sauf en fin de bloc.
    return re.sub(rb"<[^>]*>", b"", _FINS.sub(b"\n", xml)).decode("utf-8", "replace")
