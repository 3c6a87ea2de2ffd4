"""Lire un XML reçu : ni DTD ni entité, profondeur et nombre d'éléments bornés."""

from xml.etree import ElementTree as ET
from xml.parsers import expat

from esperluette.importations.erreurs import TrameRefusee

TAILLE_MAXIMALE = 24 * 1024 * 1024  # octets, pour une partie décompressée
PARAGRAPHES_MAXIMAUX = 12_000
ELEMENTS_MAXIMAUX = 600_000
PROFONDEUR_MAXIMALE = 150
TABLEAUX_EMBOITES = 6

# Pandoc reconnaît les éléments à leur préfixe : un arbre récrit garde ceux de Word et de LibreOffice.
_PREFIXES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "form": "urn:oasis:names:tc:opendocument:xmlns:form:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
for _prefixe, _adresse in _PREFIXES.items():
    ET.register_namespace(_prefixe, _adresse)

_PARAGRAPHES = frozenset({"w:p", "text:p", "text:h"})
_TABLEAUX = frozenset({"w:tbl", "table:table"})


class _Compteur:
    """Compte en lisant, et arrête dès qu'une borne est passée."""

    def __init__(self, nom: str) -> None:
        self.nom = nom
        self.elements = self.paragraphes = self.profondeur = self.tableaux = 0

    def ouvrir(self, balise: str, _attributs: dict[str, str]) -> None:
        self.elements += 1
        self.profondeur += 1
        self.paragraphes += balise in _PARAGRAPHES
        self.tableaux += balise in _TABLEAUX
        if self.paragraphes > PARAGRAPHES_MAXIMAUX or self.elements > ELEMENTS_MAXIMAUX:
            raise trop_long(self.nom)
        if self.profondeur > PROFONDEUR_MAXIMALE or self.tableaux > TABLEAUX_EMBOITES:
            raise TrameRefusee(
                f"« {self.nom} » emboîte trop de tableaux les uns dans les autres : il ne se lit pas. "
                "Recopiez vos réponses dans la trame vierge."
            )

    def fermer(self, balise: str) -> None:
        self.profondeur -= 1
        self.tableaux -= balise in _TABLEAUX

    def refuser_dtd(self, *_: object) -> None:
        raise TrameRefusee(
            f"« {self.nom} » contient des définitions cachées (DTD) qu’un traitement de texte n’écrit jamais : "
            "il n’est pas accepté."
        )


def trop_long(nom: str) -> TrameRefusee:
    return TrameRefusee(
        f"« {nom} » est trop long pour une trame : {PARAGRAPHES_MAXIMAUX} paragraphes au plus. "
        "Retirez les annexes et les images, et joignez-les comme pièces."
    )


def lire_xml(octets: bytes, nom: str) -> ET.Element:
    """L'arbre de cette partie du fichier `nom`. Lève `TrameRefusee` avant d'avoir rien déplié."""
    if len(octets) > TAILLE_MAXIMALE:
        raise trop_long(nom)
    compteur = _Compteur(nom)
    lecteur = expat.ParserCreate()
    lecteur.buffer_text = True
    lecteur.StartElementHandler = compteur.ouvrir
    lecteur.EndElementHandler = compteur.fermer
    lecteur.StartDoctypeDeclHandler = compteur.refuser_dtd
    lecteur.EntityDeclHandler = compteur.refuser_dtd
    try:
        lecteur.Parse(octets, True)
        return ET.fromstring(octets)  # noqa: S314 — la DTD et les entités viennent d'être refusées
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as erreur:
        raise TrameRefusee(
            f"« {nom} » est abîmé : il ne s’ouvre pas. Enregistrez-le à nouveau depuis Word ou LibreOffice."
        ) from erreur


def ecrire_xml(racine: ET.Element) -> bytes:
    """L'arbre récrit, avec les préfixes que Pandoc attend."""
    return bytes(ET.tostring(racine, encoding="utf-8", xml_declaration=True))
