"""Ce que Pandoc ne lit pas dans un DOCX, mis en texte avant lui : cases, zones de texte, sommaire, images."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
COCHEE, VIDE = "☒", "☐"
# Les cases des polices de symboles : Wingdings, Wingdings 2 et Webdings, par le dernier octet du code.
_SYMBOLES = {
    "wingdings": {0xFE: COCHEE, 0xFD: COCHEE, 0xFC: COCHEE, 0x78: COCHEE, 0x6F: VIDE, 0x71: VIDE, 0xA8: VIDE},
    "wingdings 2": {0x52: COCHEE, 0x53: COCHEE, 0x54: COCHEE, 0x50: COCHEE, 0x51: COCHEE, 0xA3: VIDE, 0x2A: VIDE},
    "webdings": {0x61: COCHEE, 0x63: VIDE},
}
_SOMMAIRES = frozenset({"table of contents", "bibliographies", "cover pages"})
_SANS_TEXTE = frozenset({f"{W}drawing", f"{W}pict", f"{W}object", f"{MC}AlternateContent"})


def preparer(racine: ET.Element, _parties: dict[str, ET.Element]) -> None:
    """Récrit sur place le corps du document."""
    parents = {enfant: parent for parent in racine.iter() for enfant in parent}
    for bloc in list(racine.iter(f"{W}sdt")):
        _controle(bloc, parents)
    for symbole in list(racine.iter(f"{W}sym")):
        _symbole(symbole)
    for passage in racine.iter(f"{W}r"):
        _police_de_symboles(passage)
    for champ in list(racine.iter(f"{W}ffData")):
        _case_heritee(champ, parents)
    _zones_de_texte(racine)


def _controle(bloc: ET.Element, parents: dict[ET.Element, ET.Element]) -> None:
    """Un contrôle de contenu : le sommaire tombe, une case dit son état, une invite vide ne dit rien."""
    proprietes = bloc.find(f"{W}sdtPr")
    contenu = bloc.find(f"{W}sdtContent")
    if proprietes is None or contenu is None:
        return
    galerie = next((g.get(f"{W}val", "") for g in proprietes.iter(f"{W}docPartGallery")), "")
    if galerie.lower() in _SOMMAIRES:
        parents[bloc].remove(bloc)
        return
    case = proprietes.find(f"{W14}checkbox")
    if case is not None:
        coche = case.find(f"{W14}checked")
        _remplacer_le_texte(contenu, COCHEE if coche is not None and _vrai(coche.get(f"{W14}val")) else VIDE)
    elif proprietes.find(f"{W}showingPlcHdr") is not None:
        _remplacer_le_texte(contenu, "")


def _vrai(valeur: str | None) -> bool:
    return valeur is None or valeur.lower() in {"1", "true", "on"}


def _remplacer_le_texte(contenu: ET.Element, texte: str) -> None:
    passages = [t for t in contenu.iter() if t.tag in {f"{W}t", f"{W}sym"}]
    for passage in passages:
        passage.tag, passage.text = f"{W}t", ""
        passage.attrib.clear()
    if passages:
        passages[0].text = texte


def _symbole(symbole: ET.Element) -> None:
    signe = _signe(symbole.get(f"{W}font", ""), symbole.get(f"{W}char", ""))
    if signe:
        symbole.tag, symbole.text = f"{W}t", signe
        symbole.attrib.clear()


def _signe(police: str, code: str) -> str:
    try:
        valeur = int(code, 16) & 0xFF
    except ValueError:
        return ""
    return _SYMBOLES.get(police.strip().lower(), {}).get(valeur, "")


def _police_de_symboles(passage: ET.Element) -> None:
    """Une case tapée comme une lettre dans une police de symboles (« þ » en Wingdings)."""
    police = passage.find(f"{W}rPr/{W}rFonts")
    if police is None:
        return
    table = _SYMBOLES.get((police.get(f"{W}ascii") or police.get(f"{W}hAnsi") or "").strip().lower())
    if table is None:
        return
    for texte in passage.iter(f"{W}t"):
        texte.text = "".join(table.get(ord(c) & 0xFF, c) if ord(c) < 0xF100 else c for c in texte.text or "")


def _case_heritee(champ: ET.Element, parents: dict[ET.Element, ET.Element]) -> None:
    """Une case de l'ancien formulaire Word : son état s'écrit à sa place."""
    case = champ.find(f"{W}checkBox")
    if case is None:
        return
    etat = case.find(f"{W}checked")
    if etat is None:
        etat = case.find(f"{W}default")
    cochee = etat is not None and _vrai(etat.get(f"{W}val"))
    debut = parents[champ]  # w:fldChar
    passage = parents[debut]
    texte = ET.Element(f"{W}t")
    texte.text = COCHEE if cochee else VIDE
    nouveau = ET.Element(f"{W}r")
    nouveau.append(texte)
    hote = parents[passage]
    hote.insert(list(hote).index(passage), nouveau)


def _zones_de_texte(racine: ET.Element) -> None:
    """Le texte d'une zone de texte passe après son paragraphe ; les images et dessins tombent."""
    parents = {enfant: parent for parent in racine.iter() for enfant in parent}
    for paragraphe in list(racine.iter(f"{W}p")):
        parent = parents.get(paragraphe)
        dessins = list(_dessins(paragraphe))
        if parent is None or not dessins:
            continue
        sortis: list[ET.Element] = []
        for hote, dessin in dessins:
            zone = next(dessin.iter(f"{W}txbxContent"), None)
            if zone is not None:
                sortis += list(zone)
            hote.remove(dessin)
        place = list(parent).index(paragraphe) + 1
        for rang, bloc in enumerate(sortis):
            parent.insert(place + rang, bloc)


def _dessins(paragraphe: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    """(élément qui porte, dessin), les plus hauts d'abord, sans entrer dedans."""
    pile = [paragraphe]
    trouves: list[tuple[ET.Element, ET.Element]] = []
    while pile:
        hote = pile.pop(0)
        for enfant in hote:
            if enfant.tag in _SANS_TEXTE:
                trouves.append((hote, enfant))
            else:
                pile.append(enfant)
    yield from trouves
