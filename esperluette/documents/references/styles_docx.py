"""Les styles Word : titres, texte, libellés, aide, tableaux, sommaire."""

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
ACCENT, FILET, FOND, AIDE, DISCRET = "1F3A68", "B9C1CF", "EEF1F6", "0B4F9E", "595959"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _paragraphe(
    ident: str,
    nom: str,
    *,
    base: str = "Normal",
    suivant: str = "",
    p: str = "",
    r: str = "",
    rapide: bool = True,
    niveau: int | None = None,
) -> str:
    plan = "" if niveau is None else f'<w:outlineLvl w:val="{niveau}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{ident}"><w:name w:val="{nom}"/>'
        + (f'<w:basedOn w:val="{base}"/>' if base else "")
        + (f'<w:next w:val="{suivant}"/>' if suivant else "")
        + ("<w:qFormat/>" if rapide else "")
        + (f"<w:pPr>{p}{plan}</w:pPr>" if p or plan else "")
        + (f"<w:rPr>{r}</w:rPr>" if r else "")
        + "</w:style>"
    )


def _espace(avant: int, apres: int, ligne: int = 0) -> str:
    interligne = f' w:line="{ligne}" w:lineRule="auto"' if ligne else ""
    return f'<w:spacing w:before="{avant}" w:after="{apres}"{interligne}/>'


def _titre(n: int, taille: int, avant: int, apres: int) -> str:
    return _paragraphe(
        f"Heading{n}",
        f"heading {n}",
        suivant="BodyText",
        p="<w:keepNext/><w:keepLines/><w:suppressAutoHyphens/>" + _espace(avant, apres),
        r=f'<w:b/><w:color w:val="{ACCENT}"/><w:sz w:val="{taille}"/>',
        niveau=n - 1,
    )


_TABLEAU = f"""<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:qFormat/>
<w:pPr>{_espace(40, 40)}</w:pPr>
<w:tblPr><w:tblBorders>{
    "".join(
        f'<w:{cote} w:val="single" w:sz="4" w:space="0" w:color="{FILET}"/>'
        for cote in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
}</w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="100" w:type="dxa"/><w:bottom w:w="40"
w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{FOND}"/>
</w:tcPr></w:tblStylePr></w:style>"""

# Des paragraphes voisins de ce style partagent un seul cadre.
_CADRE = (
    "<w:pBdr>"
    + "".join(
        f'<w:{c} w:val="single" w:sz="4" w:space="4" w:color="{FILET}"/>' for c in ("top", "left", "bottom", "right")
    )
    + "</w:pBdr>"
)
# Remis à zéro par `bureautique` quand le document n'a pas de page de garde.
_AVANT_TITRE = 4199
AVANT_TITRE = f'w:before="{_AVANT_TITRE}"'
PREMIERE_PAGE = "<w:titlePg />"
# Ce qui change quand le document n'est pas un projet : par style, (avant, après). Pandoc réordonne les attributs.
_ACTE = {
    "Title": ((AVANT_TITRE, 'w:before="0"'),),
    "Subtitle": (('w:after="480"', 'w:after="200"'),),
    "Heading1": (('w:before="480"', 'w:before="320"'), ('w:after="180"', 'w:after="140"'), ('"32"', '"27"')),
    "Heading2": (('w:before="360"', 'w:before="280"'), ('w:after="140"', 'w:after="120"'), ('"26"', '"24"')),
}
RETOUCHES: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "projet": {},
    "acte": _ACTE,
    "courrier": _ACTE
    | {
        "Title": ((AVANT_TITRE, 'w:before="240"'), ('"52"', '"25"')),
        "Heading1": (('w:before="480"', 'w:before="240"'), ('w:after="180"', 'w:after="100"'), ('"32"', '"23"')),
    },
}
STYLE = r'<w:style [^>]*w:styleId="{}".*?</w:style>'

STYLES = (
    _XML
    + f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
    + '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/><w:color w:val="1C1C1C"/>'
    + '<w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/>'
    + f"</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{_espace(0, 120, 264)}</w:pPr></w:pPrDefault></w:docDefaults>"
    + '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    + '<w:name w:val="Default Paragraph Font"/></w:style>'
    + _paragraphe("BodyText", "Body Text", p=_espace(0, 140))
    + _paragraphe("FirstParagraph", "First Paragraph", base="BodyText", suivant="BodyText")
    + _paragraphe("Suite", "Suite", base="BodyText", p=_espace(160, 140))
    + _paragraphe("Compact", "Compact", base="BodyText", p=_espace(20, 20))
    + _paragraphe(
        "Title",
        "Title",
        suivant="Subtitle",
        p="<w:suppressAutoHyphens/>" + _espace(_AVANT_TITRE, 200, 240),
        r=f'<w:b/><w:color w:val="{ACCENT}"/><w:sz w:val="52"/>',
    )
    + _paragraphe("Subtitle", "Subtitle", p=_espace(0, 480), r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="27"/>')
    + _paragraphe("Garde", "Garde", p=_espace(0, 120), r='<w:sz w:val="24"/>')
    + _paragraphe("Etat", "Etat", p=_espace(0, 240), r=f'<w:b/><w:color w:val="{AIDE}"/>')
    + _titre(1, 32, 480, 180)
    + _titre(2, 26, 360, 140)
    + _titre(3, 23, 280, 120)
    + "".join(_titre(n, 21, 240, 100) for n in (4, 5, 6))
    + _paragraphe("Libelle", "Libelle", suivant="BodyText", p="<w:keepNext/>" + _espace(240, 100), r="<w:b/>")
    + _paragraphe(
        "Aide", "Aide", p="<w:keepNext/>" + _espace(0, 140), r=f'<w:i/><w:color w:val="{AIDE}"/><w:sz w:val="19"/>'
    )
    + _paragraphe("Vide", "Vide", p=_espace(0, 140), r=f'<w:color w:val="{DISCRET}"/>')
    + _paragraphe("Case", "Case", p=_espace(0, 60) + '<w:ind w:left="454" w:hanging="340"/>')
    + _paragraphe("Renvoi", "Renvoi", p=_espace(100, 140), r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="18"/>')
    + _paragraphe("Expediteur", "Expediteur", p=_espace(0, 320), r=f'<w:color w:val="{ACCENT}"/><w:sz w:val="24"/>')
    + _paragraphe("Destinataire", "Destinataire", p=_espace(0, 160) + '<w:ind w:left="4649"/>')
    + _paragraphe("References", "References", p=_espace(160, 0), r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="19"/>')
    + _paragraphe(
        "Signature",
        "Signature",
        p="<w:keepLines/><w:suppressAutoHyphens/>" + _espace(400, 320) + '<w:ind w:left="4649"/>',
    )
    + _paragraphe("Cadre", "Cadre", p="<w:keepNext/>" + _CADRE + _espace(0, 0))
    + _paragraphe("CadreFin", "CadreFin", base="Cadre", p='<w:keepNext w:val="0"/>')
    + _paragraphe("Chiffres", "Chiffres", suivant="BodyText", p=_espace(80, 80), r='<w:sz w:val="19"/>')
    + _paragraphe("ChiffresTitre", "ChiffresTitre", base="Chiffres", suivant="Chiffres", p="<w:keepNext/>")
    + _paragraphe("Note", "Note", p=_espace(360, 0), r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="17"/>')
    + _paragraphe("BlockText", "Block Text", base="BodyText", p='<w:ind w:left="480" w:right="480"/>')
    + _paragraphe("Caption", "caption", p=_espace(60, 160), r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="19"/>')
    + _paragraphe("TableCaption", "Table Caption", base="Caption", p="<w:keepNext/>")
    + _paragraphe("ImageCaption", "Image Caption", base="Caption")
    + _paragraphe("Figure", "Figure")
    + _paragraphe("CaptionedFigure", "Captioned Figure", base="Figure", p="<w:keepNext/>")
    + _paragraphe(
        "TOCHeading",
        "TOC Heading",
        suivant="BodyText",
        p="<w:keepNext/><w:pageBreakBefore/>" + _espace(0, 240),
        r=f'<w:b/><w:color w:val="{ACCENT}"/><w:sz w:val="32"/>',
    )
    + _paragraphe("TOC1", "toc 1", p=_espace(120, 40), r="<w:b/>", rapide=False)
    + _paragraphe("TOC2", "toc 2", p=_espace(0, 40) + '<w:ind w:left="280"/>', rapide=False)
    + _paragraphe("Header", "header", p='<w:jc w:val="right"/>', r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="17"/>')
    + _paragraphe(
        "Footer",
        "footer",
        p=f'<w:pBdr><w:top w:val="single" w:sz="4" w:space="6" w:color="{FILET}"/></w:pBdr>'
        '<w:tabs><w:tab w:val="right" w:pos="9298"/></w:tabs><w:suppressAutoHyphens/>',
        r=f'<w:color w:val="{DISCRET}"/><w:sz w:val="17"/>',
    )
    + '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
    + f'<w:color w:val="{ACCENT}"/><w:u w:val="single"/></w:rPr></w:style>'
    + '<w:style w:type="character" w:styleId="VerbatimChar"><w:name w:val="Verbatim Char"/><w:rPr>'
    + '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/><w:sz w:val="15"/></w:rPr></w:style>'
    + _TABLEAU
    + "</w:styles>"
)

_SECTION = (
    '<w:headerReference w:type="default" r:id="rIdEntete"/><w:footerReference w:type="default" r:id="rIdPied"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1304" w:bottom="1361" w:left="1304" '
    'w:header="680" w:footer="624" w:gutter="0"/><w:titlePg/>'
)
DOCUMENT = f"{_XML}<w:document {W} {R}><w:body><w:p/><w:sectPr>{_SECTION}</w:sectPr></w:body></w:document>"
ENTETE = f'{_XML}<w:hdr {W}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:t>@@HAUT@@</w:t></w:r></w:p></w:hdr>'


def _champ(instruction: str) -> str:
    return f'<w:fldSimple w:instr=" {instruction} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


PIED = (
    f'{_XML}<w:ftr {W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t>@@PIED@@</w:t></w:r><w:r><w:tab/>'
    f'<w:t xml:space="preserve">Page </w:t></w:r>{_champ("PAGE")}<w:r><w:t xml:space="preserve"> sur </w:t></w:r>'
    f"{_champ('NUMPAGES')}</w:p></w:ftr>"
)
REGLAGES = (
    f'{_XML}<w:settings {W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/><w:autoHyphenation/>'
    '<w:hyphenationZone w:val="425"/><w:characterSpacingControl w:val="doNotCompress"/><w:footnotePr>'
    '<w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="fr-FR"/>'
    '<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
)
_GENRE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    f'<Relationship Id="rIdEntete" Type="{_GENRE}/header" Target="header1.xml"/>'
    f'<Relationship Id="rIdPied" Type="{_GENRE}/footer" Target="footer1.xml"/>'
)
_CONTENU = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TYPES = (
    f'<Override PartName="/word/header1.xml" ContentType="{_CONTENU}.header+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_CONTENU}.footer+xml"/>'
)
