"""Écrire une suite d'éléments en DOCX (python-docx) ou en ODT (odfdo), comme le ferait telle ou telle équipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odfdo import Cell, Document, Element, Header, Paragraph, Row, Style, Table

MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


@dataclass(frozen=True)
class Titre:
    texte: str
    niveau: int = 1


@dataclass(frozen=True)
class Ligne:
    """Un paragraphe ; `gras` : la partie du début en gras (entier : True)."""

    texte: str
    gras: str | bool = ""
    puce: bool = False


@dataclass(frozen=True)
class Cases:
    """Des options et leur état, écrites selon la manière du document."""

    options: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Grille:
    """Un tableau : chaque case est un texte ou une suite d'éléments."""

    lignes: tuple[tuple[Any, ...], ...]


Elements = Sequence[Titre | Ligne | Cases | Grille]


class EnDocx:
    """`titres` : style, gras, plat, majuscules, souligne, liste. `cases` : voir `_case`."""

    def __init__(self, *, titres: str = "style", cases: str = "☒", suivi: bool = False, zones: bool = False) -> None:
        self.document = docx.Document()
        self.suivi, self.zones = suivi, zones
        self.titres, self.cases = titres, cases

    def ecrire(self, elements: Elements) -> bytes:
        self._dans(self.document, elements)
        sortie = BytesIO()
        self.document.save(sortie)
        return sortie.getvalue()

    def _dans(self, hote: Any, elements: Elements) -> None:
        for element in elements:
            if isinstance(element, Titre):
                self._titre(hote, element)
            elif isinstance(element, Ligne):
                self._ligne(hote, element)
            elif isinstance(element, Cases):
                self._les_cases(hote, element)
            else:
                self._grille(hote, element)

    def _titre(self, hote: Any, titre: Titre) -> None:
        texte = titre.texte.upper() if self.titres == "majuscules" else titre.texte
        if self.titres == "style" and hasattr(hote, "add_heading"):
            hote.add_heading(texte, titre.niveau)
            return
        paragraphe = hote.add_paragraph()
        if self.titres == "liste":
            paragraphe.style = self.document.styles["List Number"]
        passage = paragraphe.add_run(texte)
        passage.bold = self.titres not in {"plat", "souligne"}
        passage.underline = self.titres == "souligne"

    def _ligne(self, hote: Any, ligne: Ligne) -> None:
        paragraphe = hote.add_paragraph(style="List Bullet" if ligne.puce else None)
        debut = ligne.texte if ligne.gras is True else ligne.gras or ""
        if debut:
            paragraphe.add_run(debut).bold = True
        if self.zones and not debut and not ligne.puce:
            paragraphe._p.append(parse_xml(_zone(ligne.texte)))
            return
        if self.suivi and not debut:
            paragraphe._p.append(parse_xml(_supprime("Un texte retiré depuis. ")))
        for rang, morceau in enumerate(ligne.texte[len(debut) :].split("\n")):
            passage = paragraphe.add_run()
            if rang:
                passage.add_break()
            passage.add_text(morceau)

    def _les_cases(self, hote: Any, cases: Cases) -> None:
        if self.cases == "une_ligne":
            hote.add_paragraph("   ".join(f"{'☒' if coche else '☐'} {libelle}" for libelle, coche in cases.options))
            return
        for libelle, coche in cases.options:
            if self.cases == "cochees":
                if coche:
                    hote.add_paragraph(libelle, style="List Bullet")
                continue
            self._case(hote.add_paragraph(), libelle, coche)

    def _case(self, paragraphe: Any, libelle: str, coche: bool) -> None:
        simples = {"☒": "☒☐", "☑": "☑□", "[x]": ("[x]", "[ ]"), "✓": "✓☐"}
        if self.cases in simples:
            paragraphe.add_run(f"{simples[self.cases][0 if coche else 1]} {libelle}")
        elif self.cases == "apres":
            paragraphe.add_run(f"{libelle}\t\t{'☒' if coche else '☐'}")
        elif self.cases == "symbole":
            code = "F0FE" if coche else "F0A8"
            paragraphe._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:sym w:font="Wingdings" w:char="{code}"/></w:r>'))
            paragraphe.add_run(f" {libelle}")
        elif self.cases == "police":
            paragraphe.add_run("þ" if coche else "¨").font.name = "Wingdings"
            paragraphe.add_run(f" {libelle}")
        elif self.cases == "controle":
            paragraphe._p.append(parse_xml(_controle(coche)))
            paragraphe.add_run(f" {libelle}")
        elif self.cases == "heritee":
            paragraphe._p.append(parse_xml(_heritee(coche)))
            paragraphe._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="end"/></w:r>'))
            paragraphe.add_run(f" {libelle}")

    def _grille(self, hote: Any, grille: Grille) -> None:
        largeur = max(len(ligne) for ligne in grille.lignes)
        tableau = hote.add_table(rows=0, cols=largeur)
        for ligne in grille.lignes:
            for case, contenu in zip(tableau.add_row().cells, ligne, strict=False):
                if isinstance(contenu, str):
                    case.text = contenu
                else:
                    self._dans(case, contenu)
        if hasattr(hote, "add_paragraph"):
            hote.add_paragraph("")


def _zone(texte: str) -> str:
    """Une zone de texte flottante, comme Word les écrit (avec sa copie pour les anciens Word)."""
    dedans = f"<w:txbxContent><w:p><w:r><w:t>{escape(texte)}</w:t></w:r></w:p></w:txbxContent>"
    choix = f"<w:drawing><wps:txbx>{dedans}</wps:txbx></w:drawing>"
    return (
        f'<w:r {nsdecls("w")} {MC} {WPS} xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps">{choix}</mc:Choice><mc:Fallback><w:pict><v:textbox>{dedans}</v:textbox></w:pict>'
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )


def _supprime(texte: str) -> str:
    """Un passage barré par le suivi des modifications."""
    return (
        f'<w:del {nsdecls("w")} w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z"><w:r><w:delText '
        f'xml:space="preserve">{escape(texte)}</w:delText></w:r></w:del>'
    )


def _controle(coche: bool) -> str:
    return (
        f'<w:sdt {nsdecls("w")} {W14}><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(coche)}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>'
        f"{'☒' if coche else '☐'}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def _heritee(coche: bool) -> str:
    case = f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/><w:checked w:val="{int(coche)}"/></w:checkBox>'
    champ = f'<w:ffData><w:name w:val="c"/><w:enabled/>{case}</w:ffData>'
    return f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="begin">{champ}</w:fldChar></w:r>'


class EnOdt:
    """`titres` : style (vrais titres), gras (style de paragraphe gras), plat."""

    def __init__(self, *, titres: str = "style", cases: str = "☒") -> None:
        self.document = Document("text")
        self.document.body.clear()
        self.titres, self.cases = titres, cases
        gras = Style("paragraph", name="EssaiGras")
        gras.set_properties(area="text", **{"fo:font-weight": "bold"})
        self.document.insert_style(gras, automatic=True)
        mots = Style("text", name="EssaiMots")
        mots.set_properties(area="text", **{"fo:font-weight": "bold"})
        self.document.insert_style(mots, automatic=True)

    def ecrire(self, elements: Elements) -> bytes:
        self._dans(self.document.body, elements)
        sortie = BytesIO()
        self.document.save(sortie)
        return sortie.getvalue()

    def _dans(self, hote: Any, elements: Elements) -> None:
        for element in elements:
            if isinstance(element, Titre):
                hote.append(self._titre(element))
            elif isinstance(element, Ligne):
                hote.append(self._ligne(element))
            elif isinstance(element, Cases):
                for paragraphe in self._les_cases(element):
                    hote.append(paragraphe)
            else:
                hote.append(self._grille(element))

    def _titre(self, titre: Titre) -> Any:
        texte = titre.texte.upper() if self.titres == "majuscules" else titre.texte
        if self.titres == "style":
            return Header(titre.niveau, texte)
        return Paragraph(texte, style="" if self.titres == "plat" else "EssaiGras")

    def _ligne(self, ligne: Ligne) -> Any:
        if ligne.gras is True:
            return Paragraph(ligne.texte, style="EssaiGras")
        debut = ligne.gras or ""
        gras = f'<text:span text:style-name="EssaiMots">{escape(debut)}</text:span>' if debut else ""
        suite = escape(ligne.texte[len(debut) :]).replace("\n", "<text:line-break/>")
        paragraphe = f"<text:p>{gras}{suite}</text:p>"
        if ligne.puce:
            return Element.from_tag(f"<text:list><text:list-item>{paragraphe}</text:list-item></text:list>")
        return Element.from_tag(paragraphe)

    def _les_cases(self, cases: Cases) -> list[Any]:
        if self.cases == "une_ligne":
            return [Paragraph("   ".join(f"{'☒' if coche else '☐'} {libelle}" for libelle, coche in cases.options))]
        if self.cases == "cochees":
            return [Paragraph(libelle) for libelle, coche in cases.options if coche]
        if self.cases == "apres":
            return [Paragraph(f"{libelle} {'☒' if coche else '☐'}") for libelle, coche in cases.options]
        signes = {"[x]": ("[x]", "[ ]"), "☑": "☑□"}.get(self.cases, "☒☐")
        return [Paragraph(f"{signes[0 if coche else 1]} {libelle}") for libelle, coche in cases.options]

    def _grille(self, grille: Grille) -> Any:
        tableau = Table("Tableau")
        for ligne in grille.lignes:
            rangee = Row()
            for contenu in ligne:
                case = Cell()
                self._dans(case, [Ligne(contenu)] if isinstance(contenu, str) else contenu)
                rangee.append_cell(case)
            tableau.append_row(rangee)
        return tableau
