"""Les styles LibreOffice, frères de ceux de Word."""

ACCENT, FILET, AIDE, DISCRET = "#1f3a68", "#b9c1cf", "#0b4f9e", "#595959"
# Retirés du document par `bureautique` quand il n'a pas de page de garde.
AVANT_TITRE = 'fo:margin-top="7.4cm"'
PAGE_DE_GARDE = 'style:master-page-name="Garde"'
# Ce qui change quand le document n'est pas un projet : par style, (avant, après).
_ACTE = {
    "Title": ((PAGE_DE_GARDE, ""), (AVANT_TITRE, 'fo:margin-top="0cm"')),
    "Subtitle": (('fo:margin-bottom="0.85cm"', 'fo:margin-bottom="0.35cm"'),),
    "Heading_20_1": (('"0.85cm"', '"0.6cm"'), ('"16pt"', '"13.5pt"')),
    "Heading_20_2": (('"0.6cm"', '"0.5cm"'), ('"13pt"', '"12pt"')),
}
RETOUCHES: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "projet": {},
    "acte": _ACTE,
    "courrier": _ACTE
    | {
        "Title": ((PAGE_DE_GARDE, ""), (AVANT_TITRE, 'fo:margin-top="0.4cm"'), ('"26pt"', '"12.5pt"')),
        "Heading_20_1": (('"0.85cm"', '"0.45cm"'), ('"16pt"', '"11.5pt"')),
    },
}
STYLE = r'<style:style [^>]*style:name="{}".*?</style:style>'

# Une rangée qui ne se coupe pas entre deux pages.
RANGEE = (
    '<style:style style:name="RangeeEntiere" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="always"/></style:style>'
)

_ESPACES = " ".join(
    f'xmlns:{prefixe}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"'
    for prefixe, nom in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
    )
)


def _style(
    nom: str,
    *,
    base: str = "Standard",
    suivant: str = "",
    p: str = "",
    t: str = "",
    attributs: str = "",
    titre: int = 0,
    affiche: str = "",
) -> str:
    return (
        f'<style:style style:name="{nom}" style:family="paragraph"'
        + (f' style:display-name="{affiche}"' if affiche else "")
        + (f' style:parent-style-name="{base}"' if base else "")
        + (f' style:next-style-name="{suivant}"' if suivant else "")
        + (f' style:default-outline-level="{titre}"' if titre else "")
        + (f" {attributs}" if attributs else "")
        + ' style:class="text">'
        + (f"<style:paragraph-properties {p}/>" if p else "")
        + (f"<style:text-properties {t}/>" if t else "")
        + "</style:style>"
    )


def _marges(avant: str, apres: str) -> str:
    return f'fo:margin-top="{avant}" fo:margin-bottom="{apres}"'


def _titre(n: int, taille: str, avant: str, apres: str) -> str:
    return _style(
        f"Heading_20_{n}",
        affiche=f"Heading {n}",
        suivant="Text_20_body",
        titre=n,
        p=f'{_marges(avant, apres)} fo:keep-with-next="always"',
        t=f'fo:font-size="{taille}" fo:font-weight="bold" fo:color="{ACCENT}" fo:hyphenate="false"',
    )


def _texte(nom: str, affiche: str, proprietes: str) -> str:
    return (
        f'<style:style style:name="{nom}" style:display-name="{affiche}" style:family="text">'
        f"<style:text-properties {proprietes}/></style:style>"
    )


_POLICE = 'style:font-name="Arial" fo:font-size="10.5pt" fo:color="#1c1c1c" fo:language="fr" fo:country="FR"'
_PAR_DEFAUT = (
    '<style:default-style style:family="paragraph"><style:paragraph-properties fo:hyphenation-ladder-count="2" '
    'style:tab-stop-distance="1.25cm" style:writing-mode="page" fo:orphans="2" fo:widows="2"/>'
    f'<style:text-properties {_POLICE} fo:hyphenate="true" fo:hyphenation-remain-char-count="3" '
    'fo:hyphenation-push-char-count="3"/></style:default-style>'
    '<style:default-style style:family="table"><style:table-properties table:border-model="collapsing"/>'
    '</style:default-style><style:default-style style:family="table-row">'
    '<style:table-row-properties fo:keep-together="auto"/></style:default-style>'
)

# Des paragraphes voisins de même cadre n'en font qu'un.
_CADRE = f'fo:border="0.5pt solid {FILET}" fo:padding="0.15cm" style:join-border="true"'
_PARAGRAPHES = (
    '<style:style style:name="Standard" style:family="paragraph" style:class="text">'
    '<style:paragraph-properties fo:line-height="112%"/></style:style>'
    + _style("Text_20_body", affiche="Text body", p=_marges("0cm", "0.25cm"))
    + _style("First_20_paragraph", affiche="First paragraph", base="Text_20_body", suivant="Text_20_body")
    + _style(
        "Title",
        suivant="Subtitle",
        attributs=PAGE_DE_GARDE,
        p=f'{AVANT_TITRE} fo:margin-bottom="0.35cm"',
        t=f'fo:font-size="26pt" fo:font-weight="bold" fo:color="{ACCENT}" fo:hyphenate="false"',
    )
    + _style("Subtitle", p=_marges("0cm", "0.85cm"), t=f'fo:font-size="13.5pt" fo:color="{DISCRET}"')
    + _style("Garde", p=_marges("0cm", "0.2cm"), t='fo:font-size="12pt"')
    + _style("Etat", p=_marges("0cm", "0.4cm"), t=f'fo:font-weight="bold" fo:color="{AIDE}"')
    + _titre(1, "16pt", "0.85cm", "0.32cm")
    + _titre(2, "13pt", "0.6cm", "0.25cm")
    + _titre(3, "11.5pt", "0.5cm", "0.2cm")
    + "".join(_titre(n, "10.5pt", "0.4cm", "0.18cm") for n in (4, 5, 6))
    + _style("Libelle", p=_marges("0.4cm", "0.18cm") + ' fo:keep-with-next="always"', t='fo:font-weight="bold"')
    + _style(
        "Aide",
        p=_marges("0cm", "0.25cm") + ' fo:keep-with-next="always"',
        t=f'fo:font-style="italic" fo:font-size="9.5pt" fo:color="{AIDE}"',
    )
    + _style("Vide", p=_marges("0cm", "0.25cm"), t=f'fo:color="{DISCRET}"')
    + _style("Case", p=_marges("0cm", "0.1cm") + ' fo:margin-left="0.8cm" fo:text-indent="-0.6cm"')
    + _style("Suite", base="Text_20_body", p=_marges("0.3cm", "0.25cm"))
    + _style("Renvoi", p=_marges("0.2cm", "0.25cm"), t=f'fo:font-size="9pt" fo:color="{DISCRET}"')
    + _style("Expediteur", p=_marges("0cm", "0.55cm"), t=f'fo:font-size="12pt" fo:color="{ACCENT}"')
    + _style("Destinataire", p=_marges("0cm", "0.3cm") + ' fo:margin-left="8.2cm"')
    + _style("References", p=_marges("0.3cm", "0cm"), t=f'fo:font-size="9.5pt" fo:color="{DISCRET}"')
    + _style(
        "Signature",
        p=_marges("0.7cm", "0.55cm") + ' fo:margin-left="8.2cm" fo:keep-together="always"',
        t='fo:hyphenate="false"',
    )
    + _style("Cadre", p=f'{_CADRE} fo:keep-with-next="always"')
    + _style("CadreFin", p=_CADRE)
    + _style("Chiffres", p=_marges("0.15cm", "0.15cm"), t='fo:font-size="9.5pt"')
    + _style("ChiffresTitre", base="Chiffres", p='fo:keep-with-next="always"')
    + _style("Note", p=_marges("0.6cm", "0cm"), t=f'fo:font-size="8.5pt" fo:color="{DISCRET}"')
    + _style("Quotations", p=_marges("0cm", "0.25cm") + ' fo:margin-left="0.85cm" fo:margin-right="0.85cm"')
    + _style("Table_20_Contents", affiche="Table Contents", p=_marges("0.03cm", "0.03cm"))
    + _style("Table_20_Heading", affiche="Table Heading", base="Table_20_Contents", t='fo:font-weight="bold"')
    + _style("Caption", p=_marges("0.1cm", "0.3cm"), t=f'fo:font-size="9.5pt" fo:color="{DISCRET}"')
    + _style("TableCaption", base="Caption")
    + _style("FigureCaption", base="Caption")
    + _style("Figure")
    + _style("FigureWithCaption", base="Figure", p='fo:keep-with-next="always"')
    + _style("Saut", p='fo:break-after="page" fo:margin-top="0cm" fo:margin-bottom="0cm"', t='fo:font-size="2pt"')
    + _style(
        "Contents_20_Heading",
        affiche="Contents Heading",
        p=_marges("0cm", "0.4cm") + ' fo:break-before="page"',
        t=f'fo:font-size="16pt" fo:font-weight="bold" fo:color="{ACCENT}"',
    )
    + _style("Contents_20_1", affiche="Contents 1", p=_marges("0.2cm", "0.07cm"), t='fo:font-weight="bold"')
    + _style("Contents_20_2", affiche="Contents 2", p=_marges("0cm", "0.07cm") + ' fo:margin-left="0.5cm"')
    + _style("Header", p='fo:text-align="end"', t=f'fo:font-size="8.5pt" fo:color="{DISCRET}"')
    + '<style:style style:name="Footer" style:family="paragraph" style:parent-style-name="Standard">'
    f'<style:paragraph-properties fo:border-top="0.5pt solid {FILET}" fo:padding-top="0.15cm"><style:tab-stops>'
    '<style:tab-stop style:position="16.4cm" style:type="right"/></style:tab-stops></style:paragraph-properties>'
    f'<style:text-properties fo:font-size="8.5pt" fo:color="{DISCRET}" fo:hyphenate="false"/></style:style>'
)
_TEXTES = (
    _texte("Emphasis", "Emphasis", 'fo:font-style="italic"')
    + _texte("Strong_20_Emphasis", "Strong Emphasis", 'fo:font-weight="bold"')
    + _texte("Bullet_20_Symbols", "Bullet Symbols", 'style:font-name="Arial"')
    + _texte("Numbering_20_Symbols", "Numbering Symbols", 'style:font-name="Arial"')
    + _texte("Source_Text", "Source Text", 'style:font-name="Courier New" fo:font-size="7.5pt"')
    + _texte("Definition", "Definition", "")
    + _texte("Index_20_Link", "Index Link", "")
    + _texte(
        "Internet_20_link",
        "Internet link",
        f'fo:color="{ACCENT}" style:text-underline-style="solid" style:text-underline-width="auto" '
        'style:text-underline-color="font-color"',
    )
)


def _page(nom: str, contenu: str, suivante: str = "") -> str:
    suite = f' style:next-style-name="{suivante}"' if suivante else ""
    return f'<style:master-page style:name="{nom}" style:page-layout-name="Page"{suite}>{contenu}</style:master-page>'


_ENTETE = '<style:header><text:p text:style-name="Header">@@HAUT@@</text:p></style:header>'
_PIED = (
    '<style:footer><text:p text:style-name="Footer">@@PIED@@<text:tab/>Page <text:page-number '
    'text:select-page="current">1</text:page-number> sur <text:page-count>1</text:page-count></text:p></style:footer>'
)
_MISE_EN_PAGE = (
    '<style:page-layout style:name="Page"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
    'style:num-format="1" style:print-orientation="portrait" fo:margin-top="1.5cm" fo:margin-bottom="1.3cm" '
    'fo:margin-left="2.3cm" fo:margin-right="2.3cm" style:writing-mode="lr-tb"/><style:header-style>'
    '<style:header-footer-properties fo:min-height="0.8cm" fo:margin-bottom="0.3cm"/></style:header-style>'
    '<style:footer-style><style:header-footer-properties fo:min-height="1cm" fo:margin-top="0.4cm"/>'
    "</style:footer-style></style:page-layout>"
)

STYLES = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-styles {_ESPACES} office:version="1.3">'
    '<office:font-face-decls><style:font-face style:name="Arial" svg:font-family="Arial" '
    'style:font-family-generic="swiss" style:font-pitch="variable"/><style:font-face style:name="Courier New" '
    'svg:font-family="\'Courier New\'" style:font-family-generic="modern" style:font-pitch="fixed"/>'
    f"</office:font-face-decls><office:styles>{_PAR_DEFAUT}{_PARAGRAPHES}{_TEXTES}</office:styles>"
    f"<office:automatic-styles>{_MISE_EN_PAGE}</office:automatic-styles><office:master-styles>"
    f"{_page('Standard', _ENTETE + _PIED)}{_page('Garde', '', 'Standard')}"
    "</office:master-styles></office:document-styles>"
)
