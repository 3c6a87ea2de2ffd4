"""Les figures : du dessin SVG, et rien que du dessin."""

import base64
import re
from xml.etree import ElementTree as ET

from esperluette.documents.erreurs import GabaritInvalide
from esperluette.documents.typographie import avec_glyphes

# En pixels (96 par pouce). La largeur du texte d'une page : 16,4 cm ; et de quoi mettre deux figures dans sa hauteur,
# avec leurs titres et leurs sources.
COLONNE, DEMI_PAGE = 620, 345
_PREFIXE = "data:image/svg+xml;base64,"
_DESSINS = frozenset(
    {
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "clipPath",
        "mask",
        "marker",
        "pattern",
        "linearGradient",
        "radialGradient",
        "stop",
    }
)
_LARGEUR = re.compile(rb'\swidth="(\d+(?:\.\d+)?)"')
_HAUTEUR = re.compile(rb'\sheight="(\d+(?:\.\d+)?)"')
_ADRESSE_LOCALE = re.compile(r"url\(\s*['\"]?#")


def source_image(svg: str) -> str:
    """L'adresse `data:` d'un SVG ; lève `GabaritInvalide` pour un script, un lien, une entité, une image."""
    if "<!" in svg:  # ni DOCTYPE ni entité : l'analyse qui suit est alors sans danger
        raise GabaritInvalide("La figure contient une déclaration interdite.")
    try:
        racine = ET.fromstring(svg)  # noqa: S314 — déclarations refusées à l'instant
    except ET.ParseError as erreur:
        raise GabaritInvalide(f"La figure n'est pas un SVG bien formé : {erreur}") from erreur
    for element in racine.iter():
        _verifier(element)
    return _PREFIXE + base64.b64encode(svg.encode()).decode("ascii")


def contenu(source: str) -> bytes:
    """Le SVG d'une adresse faite par `source_image` ; lève `GabaritInvalide` pour toute autre adresse."""
    if not source.startswith(_PREFIXE):
        raise GabaritInvalide("Un document ne contient que les figures de son gabarit.")
    return base64.b64decode(source.removeprefix(_PREFIXE), validate=True)


def part_de_colonne(svg: bytes) -> float:
    """La part de la colonne que le dessin occupe : sa propre taille, ou moins s'il prenait plus d'une demi-page.

    Un dessin qui ne dit pas sa largeur prend toute la colonne.
    """
    entete = svg[: svg.find(b">")]
    largeur, hauteur = (float(trouve[1]) if (trouve := m.search(entete)) else 0.0 for m in (_LARGEUR, _HAUTEUR))
    if not largeur:
        return 1.0
    part = min(1.0, largeur / COLONNE)
    return min(part, DEMI_PAGE * largeur / hauteur / COLONNE) if hauteur else part


def avec_police(svg: bytes, famille: str) -> bytes:
    """Le même dessin, tous ses textes dans cette police, celle que le compositeur connaît, et dans ses glyphes."""
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    racine = ET.fromstring(svg)  # noqa: S314 — passé par source_image
    for element in racine.iter():
        element.attrib.pop("font-family", None)
        if element.text:
            element.text = avec_glyphes(element.text)
    racine.set("font-family", famille)
    octets: bytes = ET.tostring(racine, encoding="utf-8", xml_declaration=True)
    return octets


def _verifier(element: "ET.Element") -> None:
    nom = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "?"
    if nom not in _DESSINS:
        raise GabaritInvalide(f"La figure contient « {nom} », qui n'est pas du dessin.")
    for attribut, valeur in element.attrib.items():
        court = attribut.rpartition("}")[2].lower()
        ailleurs = "url(" in valeur.lower() and not _ADRESSE_LOCALE.search(valeur)
        if court.startswith("on") or court in {"href", "style"} or ailleurs:
            raise GabaritInvalide(f"La figure contient l'attribut interdit « {attribut} ».")
