"""De l'arbre Pandoc à une suite de blocs à plat : titres, paragraphes (puces comprises) et tableaux."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

from esperluette.importations.erreurs import TrameRefusee

Noeud = dict[str, Any]
Cellule = tuple["Bloc", ...]
BLOCS_MAXIMAUX = 20_000
_BALISES = {"Strong": "strong", "Emph": "em"}
_TRANSPARENTS = frozenset({"Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps"})
_INVISIBLES = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_INSECABLES = {ord(c): " " for c in "\u00a0\u202f\u2007\u2009"}


@dataclass(frozen=True, slots=True)
class Bloc:
    """Un morceau du document. `pile` : les listes qui le contiennent ; `premier` : il ouvre son élément de liste."""

    texte: str = ""
    html: str = ""
    sorte: Literal["paragraphe", "titre", "tableau"] = "paragraphe"
    niveau: int = 0
    gras: bool = False
    style: str = ""
    pile: tuple[str, ...] = ()
    premier: bool = False
    citation: bool = False
    lignes: tuple[tuple[Cellule, ...], ...] = ()


def blocs_de(arbre: dict[str, Any]) -> list[Bloc]:
    """Les blocs du document, dans l'ordre de lecture, sans les vides. Lève `TrameRefusee` s'il y en a trop."""
    blocs: list[Bloc] = []
    for bloc in _blocs(arbre["blocks"], Bloc()):
        blocs.append(bloc)
        if len(blocs) > BLOCS_MAXIMAUX:
            raise TrameRefusee("Ce document est trop long pour une trame : retirez-en les annexes.")
    return blocs


def _blocs(noeuds: list[Noeud], modele: Bloc) -> Iterator[Bloc]:
    """`modele` porte ce qui entoure : la pile des listes, le style, la citation."""
    for noeud in noeuds:
        sorte, contenu = _parties(noeud)
        if sorte in {"Para", "Plain"}:
            bloc = _paragraphe(contenu, modele)
        elif sorte == "Header":
            bloc = replace(_paragraphe(contenu[2], modele), sorte="titre", niveau=contenu[0])
        elif sorte == "Table":
            bloc = replace(modele, sorte="tableau", lignes=_lignes(contenu))
        elif sorte == "CodeBlock":
            bloc = _paragraphe([{"t": "Str", "c": contenu[1]}], modele)
        else:
            yield from _dedans(noeud, modele)
            continue
        if bloc.texte or bloc.lignes:
            yield bloc
            modele = replace(modele, premier=False)


def _parties(noeud: Noeud) -> tuple[str, Any]:
    return noeud["t"], noeud.get("c")


def _dedans(noeud: Noeud, modele: Bloc) -> Iterator[Bloc]:
    sorte, contenu = _parties(noeud)
    if sorte == "Div":
        style = dict(contenu[0][2]).get("custom-style", "")
        yield from _blocs(contenu[1], replace(modele, style=style or modele.style))
    elif sorte in {"BulletList", "OrderedList"}:
        elements = contenu if sorte == "BulletList" else contenu[1]
        pile = (*modele.pile, "ul" if sorte == "BulletList" else "ol")
        for element in elements:
            yield from _blocs(element, replace(modele, pile=pile, premier=True))
    elif sorte == "BlockQuote":
        yield from _blocs(contenu, replace(modele, citation=True))
    elif sorte == "Figure":
        yield from _blocs(contenu[2], modele)
    elif sorte == "LineBlock":
        for ligne in contenu:
            yield from _blocs([{"t": "Para", "c": ligne}], modele)
    elif sorte == "DefinitionList":
        for terme, definitions in contenu:
            yield from _blocs([{"t": "Para", "c": terme}], modele)
            for definition in definitions:
                yield from _blocs(definition, modele)


def _lignes(contenu: list[Any]) -> tuple[tuple[Cellule, ...], ...]:
    """Les lignes d'un tableau, en-tête comprise ; une case étendue se répète vide."""
    tete, corps, pied = contenu[3], contenu[4], contenu[5]
    rangees = [*tete[1], *(ligne for partie in corps for ligne in (*partie[2], *partie[3])), *pied[1]]
    lignes = []
    for rangee in rangees:
        cases: list[Cellule] = []
        for case in rangee[1]:
            cases.append(tuple(_blocs(case[4], Bloc())))
            cases += [()] * (min(int(case[3]), 50) - 1)
        lignes.append(tuple(cases))
    return tuple(lignes)


def _paragraphe(inlines: list[Noeud], modele: Bloc) -> Bloc:
    texte = _texte(inlines)
    propre = "\n".join(" ".join(ligne.split()) for ligne in texte.split("\n")).strip()
    if not propre:
        return replace(modele, texte="", html="")
    return replace(modele, texte=propre, html=_serrer(_html(inlines)), gras=_tout_gras(inlines))


def assainir(texte: str) -> str:
    """Le texte sans marque invisible ; les espaces insécables redeviennent des espaces, l'export les remettra."""
    return texte.translate(_INVISIBLES).translate(_INSECABLES)


def _texte(inlines: list[Noeud]) -> str:
    return assainir("".join(_texte_de(n) for n in inlines))


def _texte_de(noeud: Noeud) -> str:
    sorte, contenu = _parties(noeud)
    if sorte == "Str":
        return str(contenu)
    if sorte in {"Space", "SoftBreak"}:
        return " "
    if sorte == "LineBreak":
        return "\n"
    if sorte in {"Code", "Math"}:
        return str(contenu[1])
    if sorte == "Note":
        return " (" + " ".join(b.texte for b in _blocs(contenu, Bloc())) + ")"
    return "".join(_texte_de(n) for n in _enfants(noeud))


def _enfants(noeud: Noeud) -> list[Noeud]:
    sorte, contenu = _parties(noeud)
    if sorte in _BALISES or sorte in _TRANSPARENTS:
        return list(contenu)
    if sorte in {"Span", "Quoted", "Cite", "Link"}:
        return list(contenu[1])
    return []


def _html(inlines: list[Noeud]) -> str:
    return "".join(_html_de(n) for n in inlines)


def _html_de(noeud: Noeud) -> str:
    sorte = noeud["t"]
    if sorte == "LineBreak":
        return "<br>"
    if balise := _BALISES.get(sorte):
        return f"<{balise}>{_html(noeud['c'])}</{balise}>"
    if sorte == "Link":
        adresse = str(noeud["c"][2][0])
        dedans = _html(noeud["c"][1])
        if adresse.startswith(("https://", "http://", "mailto:")):
            return f'<a href="{html.escape(adresse)}">{dedans}</a>'
        return dedans
    if sorte in _TRANSPARENTS or sorte in {"Span", "Quoted", "Cite"}:
        return _html(_enfants(noeud))
    return html.escape(assainir(_texte_de(noeud)), quote=False)


def _serrer(contenu: str) -> str:
    """Sans espaces doubles ni aux bords, ni retours à la ligne en bordure."""
    contenu = " ".join(contenu.split())
    precedent = None
    while precedent != contenu:
        precedent = contenu
        contenu = contenu.strip().removeprefix("<br>").removesuffix("<br>")
        contenu = contenu.replace(" <br>", "<br>").replace("<br> ", "<br>")
    return contenu


def _tout_gras(inlines: list[Noeud]) -> bool:
    """Vrai si chaque mot est gras."""
    mots = list(_graisses(inlines, False))
    return bool(mots) and all(mots)


def _graisses(inlines: list[Noeud], gras: bool) -> Iterator[bool]:
    for noeud in inlines:
        if noeud["t"] == "Str" and any(c.isalnum() for c in noeud["c"]):
            yield gras
        else:
            yield from _graisses(_enfants(noeud), gras or noeud["t"] == "Strong")


# --- Des blocs à une réponse -------------------------------------------------------------------


def en_html(blocs: Sequence[Bloc]) -> str:
    """Le texte riche de ces blocs : paragraphes, listes, citations, intertitres ; un tableau se met en lignes."""
    morceaux = []
    for cle, groupe in groupby(blocs, key=lambda b: (b.citation, bool(b.pile))):
        suite = list(groupe)
        rendu = _listes(suite, 0) if cle[1] else "".join(_seul(b) for b in suite)
        morceaux.append(f"<blockquote>{rendu}</blockquote>" if cle[0] else rendu)
    return "".join(morceaux)


def _seul(bloc: Bloc) -> str:
    if bloc.sorte == "tableau":
        return "".join(f"<p>{html.escape(ligne, quote=False)}</p>" for ligne in lignes_de_texte(bloc))
    if bloc.sorte == "titre":
        return f"<h4>{bloc.html}</h4>"
    return f"<p>{bloc.html}</p>"


def _listes(blocs: Sequence[Bloc], profondeur: int) -> str:
    """Les éléments de liste de ces blocs, tous à `profondeur` au moins."""
    rendu = ""
    for balise, groupe in groupby(blocs, key=lambda b: b.pile[profondeur]):
        elements: list[list[Bloc]] = []
        for bloc in groupe:
            if not elements or (bloc.premier and len(bloc.pile) == profondeur + 1):
                elements.append([])
            elements[-1].append(bloc)
        rendu += f"<{balise}>" + "".join(f"<li>{_element(e, profondeur)}</li>" for e in elements) + f"</{balise}>"
    return rendu


def _element(blocs: Sequence[Bloc], profondeur: int) -> str:
    rendu = ""
    for plus_profond, groupe in groupby(blocs, key=lambda b: len(b.pile) > profondeur + 1):
        suite = list(groupe)
        rendu += _listes(suite, profondeur + 1) if plus_profond else "".join(_seul(b) for b in suite)
    return rendu


def en_texte(blocs: Sequence[Bloc]) -> str:
    """Le texte simple de ces blocs : une ligne vide entre paragraphes, « - » devant les puces."""
    rendu = ""
    for rang, bloc in enumerate(blocs):
        lignes = "\n".join(lignes_de_texte(bloc)) if bloc.sorte == "tableau" else bloc.texte
        liste = bool(bloc.pile) and rang > 0 and bool(blocs[rang - 1].pile)
        saut = "" if not rendu else "\n" if liste else "\n\n"
        rendu += saut + ("- " if bloc.pile and bloc.premier else "") + lignes
    return rendu


def lignes_de_texte(tableau: Bloc) -> list[str]:
    """Un tableau mis en lignes : « Lundi | 8 h - 12 h »."""
    lignes = (" | ".join(en_texte(case).replace("\n", " ") for case in ligne) for ligne in tableau.lignes)
    return [ligne for ligne in lignes if ligne.strip(" |")]


def texte_de_case(case: Cellule) -> str:
    return " ".join(en_texte(case).split())


_JETON = re.compile(r"<[^>]*>|&[#\w]+;|.", re.DOTALL)


def sans_debut(bloc: Bloc, signes: int) -> Bloc:
    """Le même bloc sans ses `signes` premiers caractères ; sa mise en forme reste équilibrée."""
    if signes <= 0:
        return bloc
    garde, passes = [], 0
    for jeton in _JETON.findall(bloc.html):
        if jeton.startswith("<"):
            if jeton != "<br>" or passes >= signes:
                garde.append(jeton)
            passes += jeton == "<br>"
        elif passes >= signes:
            garde.append(jeton)
        else:
            passes += 1
    reste = "".join(garde)
    precedent = None
    while precedent != reste:
        precedent = reste
        reste = re.sub(r"<(strong|em|a)\b[^>]*>\s*</\1>", "", reste)
    texte = bloc.texte[signes:]
    avant = len(texte) - len(texte.lstrip())
    return replace(bloc, texte=texte[avant:].rstrip(), html=_serrer(reste), sorte="paragraphe", gras=False)
