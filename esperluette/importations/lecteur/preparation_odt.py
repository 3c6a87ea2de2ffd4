"""Ce que Pandoc ne lit pas dans un ODT, mis en texte avant lui : cases, cadres, gras de paragraphe, sommaire."""

from xml.etree import ElementTree as ET

_ESPACES = {
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "form": "urn:oasis:names:tc:opendocument:xmlns:form:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
COCHEE, VIDE = "☒", "☐"
_GRAS, _CHIFFRES = "EspGras", {"Chiffres", "ChiffresTitre"}


def _n(nom: str) -> str:
    prefixe, local = nom.split(":")
    return f"{{{_ESPACES[prefixe]}}}{local}"


_TOMBENT = frozenset(
    map(_n, ("text:tracked-changes", "text:table-of-content", "text:alphabetical-index", "office:annotation"))
)


def preparer(racine: ET.Element, parties: dict[str, ET.Element]) -> None:
    """Récrit sur place le corps du document."""
    cases = {c.get(_n("form:id"), ""): _etat(c) for c in racine.iter(_n("form:checkbox"))}
    chiffres = _styles_des_chiffres(racine)
    for parent in list(racine.iter()):
        for enfant in list(parent):
            if enfant.tag in _TOMBENT or enfant.get(_n("text:style-name")) in chiffres:
                _retirer(parent, enfant)
            elif enfant.tag == _n("draw:control"):
                _remplacer(enfant, cases.get(enfant.get(_n("draw:control"), ""), ""))
            elif enfant.tag == _n("loext:content-control"):
                _controle(enfant)
    _cadres(racine)
    _marquer_le_gras(racine, _styles_gras(racine, parties.get("styles.xml")))


def _styles_des_chiffres(racine: ET.Element) -> set[str]:
    """Les styles des chiffres publics que le service imprime, et ceux que LibreOffice en dérive : rien à y relire."""
    derives = {
        style.get(_n("style:name"), "")
        for style in racine.iter(_n("style:style"))
        if style.get(_n("style:parent-style-name")) in _CHIFFRES
    }
    return derives | _CHIFFRES


def _etat(case: ET.Element) -> str:
    dit = case.get(_n("form:current-state")) or case.get(_n("form:state")) or ""
    return COCHEE if dit == "checked" else VIDE


def _retirer(parent: ET.Element, enfant: ET.Element) -> None:
    suite = enfant.tail or ""
    rang = list(parent).index(enfant)
    parent.remove(enfant)
    if not suite:
        return
    if rang:
        parent[rang - 1].tail = (parent[rang - 1].tail or "") + suite
    else:
        parent.text = (parent.text or "") + suite


def _remplacer(element: ET.Element, texte: str) -> None:
    suite = element.tail
    element.clear()
    element.tag, element.text, element.tail = _n("text:span"), texte, suite


def _controle(element: ET.Element) -> None:
    """Un contrôle de contenu de LibreOffice : une case dit son état, une invite vide ne dit rien."""
    if element.get(_n("loext:checkbox")) == "true":
        _remplacer(element, COCHEE if element.get(_n("loext:checked")) == "true" else VIDE)
    elif element.get(_n("loext:showing-place-holder")) == "true":
        _remplacer(element, "")
    else:
        element.tag = _n("text:span")
        element.attrib.clear()


def _cadres(racine: ET.Element) -> None:
    """Le texte d'un cadre passe après son paragraphe ; les images et dessins tombent."""
    for parent in list(racine.iter()):
        for paragraphe in [e for e in parent if e.tag in {_n("text:p"), _n("text:h")}]:
            sortis: list[ET.Element] = []
            for hote in list(paragraphe.iter()):
                for dessin in [e for e in hote if str(e.tag).startswith(f"{{{_ESPACES['draw']}}}")]:
                    for zone in dessin.iter(_n("draw:text-box")):
                        sortis += list(zone)
                        break
                    _retirer(hote, dessin)
            place = list(parent).index(paragraphe) + 1
            for rang, bloc in enumerate(sortis):
                parent.insert(place + rang, bloc)


def _styles_gras(racine: ET.Element, communs: ET.Element | None) -> set[str]:
    """Les styles de paragraphe dont tout le texte est gras, par eux-mêmes ou par leur parent."""
    poids: dict[str, str] = {}
    parents: dict[str, str] = {}
    for source in filter(lambda s: s is not None, (communs, racine)):
        assert source is not None  # noqa: S101 — filtré à l'instant
        for style in source.iter(_n("style:style")):
            if style.get(_n("style:family")) != "paragraph":
                continue
            nom = style.get(_n("style:name"), "")
            parents[nom] = style.get(_n("style:parent-style-name"), "")
            texte = style.find(_n("style:text-properties"))
            if texte is not None and (valeur := texte.get(_n("fo:font-weight"))):
                poids[nom] = valeur
    gras = set()
    for nom in parents:
        courant, vus = nom, set[str]()
        while courant and courant not in poids and courant not in vus:
            vus.add(courant)
            courant = parents.get(courant, "")
        if poids.get(courant, "normal") in {"bold", "600", "700", "800", "900"}:
            gras.add(nom)
    return gras


def _marquer_le_gras(racine: ET.Element, gras: set[str]) -> None:
    """Pandoc n'entend que le gras des mots : celui du paragraphe s'y porte."""
    automatiques = racine.find(_n("office:automatic-styles"))
    if automatiques is None or not gras:
        return
    style = ET.SubElement(automatiques, _n("style:style"))
    style.set(_n("style:name"), _GRAS)
    style.set(_n("style:family"), "text")
    ET.SubElement(style, _n("style:text-properties")).set(_n("fo:font-weight"), "bold")
    for paragraphe in racine.iter(_n("text:p")):
        if paragraphe.get(_n("text:style-name")) not in gras:
            continue
        morceau = ET.Element(_n("text:span"), {_n("text:style-name"): _GRAS})
        morceau.text, paragraphe.text = paragraphe.text, None
        for enfant in list(paragraphe):
            paragraphe.remove(enfant)
            morceau.append(enfant)
        paragraphe.append(morceau)
