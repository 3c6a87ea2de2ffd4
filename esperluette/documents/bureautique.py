"""De l'arbre Pandoc au DOCX et à l'ODT : vrais styles, sommaire cliquable, pied de page, textes de remplacement."""

import base64
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from esperluette.documents import arbre as arbres
from esperluette.documents import composition, figures, pandoc
from esperluette.documents.arbre import Noeud
from esperluette.documents.references import styles_docx, styles_odt

_REFERENCES = Path(__file__).with_name("references")
_COLONNE, _LARGEUR_QR = 16, "2.2cm"  # la largeur du texte, en centimètres
Forme = Literal["projet", "acte", "courrier"]
# Classe du gabarit → style du document de référence.
STYLES = {
    "sous-titre": "Subtitle",
    "garde-ligne": "Garde",
    "etat": "Etat",
    "libelle": "Libelle",
    "aide": "Aide",
    "vide": "Vide",
    "cases": "Case",
    "cadre": "Cadre",
    "renvoi": "Renvoi",
    "note": "Note",
    "chiffres": "Chiffres",
    "chiffres-titre": "ChiffresTitre",
    "verification": "Note",
    "expediteur": "Expediteur",
    "destinataire": "Destinataire",
    "references": "References",
    "signature": "Signature",
}
_SANS_MARGE = {"Table", "BulletList", "OrderedList"}  # un paragraphe s'y collerait
_SANS_DATE = "1970-01-01T00:00:00Z"  # Pandoc en bac à sable n'a pas d'horloge
_RANGEE_DOCX = re.compile(r"<w:tr>(<w:trPr>)?(.*?</w:tr>)", re.DOTALL)
_RANGEE_ODT = re.compile(r"<table:table-row>(.*?</table:table-row>)", re.DOTALL)
_BALISE = re.compile(r"<[^>]*>")
_BROUILLON = "Brouillon — document de travail"


def produire(arbre: dict[str, Any], format: str, *, instant: int) -> bytes:
    """Le DOCX ou l'ODT de cet arbre préparé, daté d'`instant` (secondes)."""
    sommaire = {"docx": _sommaire_docx, "odt": _sommaire_odt}[format]
    saut = {"docx": _SAUT_DOCX, "odt": _SAUT_ODT}[format]
    nom_brut = {"docx": "openxml", "odt": "opendocument"}[format]

    def brut(xml: str) -> Noeud:
        return {"t": "RawBlock", "c": [nom_brut, xml]}

    _serrer_les_tableaux(arbre)
    titres = arbres.titres(arbre)
    textes = _images(arbre)
    forme = _forme(arbre)
    entetes = {nom: arbres.meta(arbre, nom) for nom in ("title", "reference", "auteur", "brouillon", "verification")}
    blocs = _habiller(arbre["blocks"], brut=brut, sommaire=sommaire(titres), saut=saut, titre=forme == "courrier")
    # Pandoc met le titre en tête ; celui d'un courrier est son objet, qui vient après l'adresse.
    titre = {} if forme == "courrier" else {"title": arbre["meta"]["title"]}
    bureau = {
        "pandoc-api-version": arbre["pandoc-api-version"],
        "meta": titre | {"lang": {"t": "MetaString", "c": "fr-FR"}},
        "blocks": blocs,
    }
    octets = pandoc.ecrire(bureau, format, reference=_REFERENCES / f"reference.{format}")
    entetes["le"] = f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}"
    retouches = {"docx": _retouches_docx, "odt": _retouches_odt}[format]
    return _retoucher(octets, retouches(entetes, textes, forme))


def _forme(arbre: dict[str, Any]) -> Forme:
    """« projet » à page de garde et sommaire, « courrier » à en-tête de lettre, sinon « acte » de quelques pages."""
    presentes = {c for n in arbres.parcourir(arbre["blocks"]) if n["t"] == "Div" for c in arbres.classes(n)}
    return "projet" if "sommaire" in presentes else "courrier" if "courrier" in presentes else "acte"


def _habiller(
    blocs: list[Noeud], *, brut: Callable[[str], Noeud], sommaire: str, saut: str, titre: bool
) -> list[Noeud]:
    """Remplace sommaire et sauts par leur écriture native, et les classes par des styles.

    `titre` : écrire le titre à sa place ; sinon Pandoc l'a déjà mis en tête, depuis les métadonnées.
    """
    rendus: list[Noeud] = []
    for bloc in blocs:
        if bloc["t"] != "Div":
            colle = bloc["t"] == "Para" and rendus and rendus[-1]["t"] in _SANS_MARGE
            rendus.append(_habille(bloc, "Suite") if colle else bloc)
            continue
        noms = arbres.classes(bloc)
        classe = noms[0] if noms else ""
        contenu = _habiller(bloc["c"][1], brut=brut, sommaire=sommaire, saut=saut, titre=titre)
        if classe == "titre" and not titre:
            continue
        if classe == "sommaire":
            rendus.append(brut(sommaire))
        elif classe == "saut":
            rendus.append(brut(saut))
        elif style := STYLES.get(classe) or ("Title" if classe == "titre" else ""):
            for paragraphe in contenu:  # l'ODT n'habille que les vrais paragraphes
                if paragraphe["t"] == "Plain":
                    paragraphe["t"] = "Para"
            fin = contenu[-1:] if classe == "cadre" else []
            rendus.append(_habille(contenu[: len(contenu) - len(fin)], style))
            rendus.extend(_habille(bloc, "CadreFin") for bloc in fin)
        else:
            rendus.extend(contenu)
    return rendus


def _habille(contenu: Noeud | list[Noeud], style: str) -> Noeud:
    blocs = contenu if isinstance(contenu, list) else [contenu]
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], blocs]}


def _serrer_les_tableaux(arbre: dict[str, Any]) -> None:
    """Dans une case, des lignes serrées plutôt que des paragraphes espacés."""
    for tableau in (n for n in arbres.parcourir(arbre["blocks"]) if n["t"] == "Table"):
        for noeud in arbres.parcourir(tableau["c"]):
            if noeud["t"] == "Para":
                noeud["t"] = "Plain"


def _images(arbre: dict[str, Any]) -> list[str]:
    """Met chaque dessin en PNG dans l'arbre ; rend les textes de remplacement, dans l'ordre."""
    images = [n["c"] for n in arbres.parcourir(arbre["blocks"]) if n["t"] == "Image"]
    dessins = [figures.contenu(c[2][0]) for c in images]
    for contenu, dessin, png in zip(images, dessins, composition.en_png(dessins), strict=True):
        contenu[2][0] = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
        contenu[0][2] = [["width", _LARGEUR_QR if "qr" in contenu[0][1] else _largeur(dessin)]]
    return [arbres.texte_de(c[1]) for c in images]


def _largeur(svg: bytes) -> str:
    """La place d'une figure, la même que dans le PDF."""
    return f"{figures.part_de_colonne(svg) * _COLONNE:.3g}cm"


# --- DOCX --------------------------------------------------------------------------------------

_SAUT_DOCX = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_CHAMP = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def _sommaire_docx(titres: list[tuple[int, str, str]]) -> str:
    """Un vrai sommaire Word, déjà rempli : lisible sans mise à jour, et Word sait le recalculer."""
    lignes = []
    for rang, (niveau, ancre, texte) in enumerate(titres):
        debut = ""
        if rang == 0:
            instruction = f' TOC \\o "1-{arbres.NIVEAUX_DU_SOMMAIRE}" \\h \\z \\u '
            debut = (
                _CHAMP.format("begin")
                + f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
                + _CHAMP.format("separate")
            )
        fin = _CHAMP.format("end") if rang == len(titres) - 1 else ""
        lignes.append(
            f'<w:p><w:pPr><w:pStyle w:val="TOC{niveau}"/></w:pPr>{debut}'
            f'<w:hyperlink w:anchor={quoteattr(ancre)}><w:r><w:t xml:space="preserve">{escape(texte)}</w:t></w:r>'
            f"</w:hyperlink>{fin}</w:p>"
        )
    titre = '<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>Sommaire</w:t></w:r></w:p>'
    return titre + "".join(lignes) + _SAUT_DOCX


def _retouches_docx(entetes: dict[str, str], _textes: list[str], forme: Forme) -> dict[str, Callable[[str], str]]:
    pied = escape(" — ".join(filter(None, (entetes["reference"], entetes["title"], entetes["verification"]))))
    haut = _BROUILLON if entetes["brouillon"] else ""

    def rangee(trouvee: re.Match[str]) -> str:
        if not _reste_entiere(trouvee[2]):
            return trouvee[0]
        return f"<w:tr><w:trPr><w:cantSplit/>{'' if trouvee[1] else '</w:trPr>'}{trouvee[2]}"

    def document(xml: str) -> str:
        # Pandoc recopie l'image entière dans ce texte : le texte de remplacement est à côté, dans wp:docPr.
        xml = re.sub(r'descr="data:[^"]*"', 'descr=""', xml)
        xml = _RANGEE_DOCX.sub(rangee, xml)
        return xml if forme == "projet" else xml.replace(styles_docx.PREMIERE_PAGE, "")

    def styles(xml: str) -> str:
        return _restyler(xml, styles_docx.STYLE, styles_docx.RETOUCHES[forme])

    return {
        "word/footer1.xml": lambda xml: xml.replace("@@PIED@@", pied),
        "word/header1.xml": lambda xml: xml.replace("@@HAUT@@", haut),
        "word/document.xml": document,
        "word/styles.xml": styles,
        "docProps/core.xml": lambda xml: (
            xml.replace("<dc:creator></dc:creator>", f"<dc:creator>{escape(entetes['auteur'])}</dc:creator>")
            .replace("<dc:title></dc:title>", f"<dc:title>{escape(entetes['title'])}</dc:title>")
            .replace(_SANS_DATE, entetes["le"])
        ),
    }


# --- ODT ---------------------------------------------------------------------------------------

_SAUT_ODT = '<text:p text:style-name="Saut"/>'


def _sommaire_odt(titres: list[tuple[int, str, str]]) -> str:
    """Un vrai sommaire LibreOffice, déjà rempli."""
    gabarits = "".join(
        f'<text:table-of-content-entry-template text:outline-level="{n}" text:style-name="Contents_20_{n}">'
        "<text:index-entry-link-start/><text:index-entry-text/><text:index-entry-tab-stop style:type='right' "
        "style:leader-char='.'/><text:index-entry-page-number/><text:index-entry-link-end/>"
        "</text:table-of-content-entry-template>"
        for n in range(1, arbres.NIVEAUX_DU_SOMMAIRE + 1)
    )
    lignes = "".join(
        f'<text:p text:style-name="Contents_20_{niveau}"><text:a xlink:type="simple" '
        'text:style-name="Index_20_Link" text:visited-style-name="Index_20_Link" xlink:href='
        f"{quoteattr('#' + ancre)}>{escape(texte)}</text:a></text:p>"
        for niveau, ancre, texte in titres
    )
    return (
        '<text:table-of-content text:name="Sommaire" text:protected="false"><text:table-of-content-source '
        f'text:outline-level="{arbres.NIVEAUX_DU_SOMMAIRE}"><text:index-title-template '
        f'text:style-name="Contents_20_Heading">Sommaire</text:index-title-template>{gabarits}'
        '</text:table-of-content-source><text:index-body><text:index-title text:name="Sommaire_titre">'
        '<text:p text:style-name="Contents_20_Heading">Sommaire</text:p></text:index-title>'
        f"{lignes}</text:index-body></text:table-of-content>{_SAUT_ODT}"
    )


def _retouches_odt(entetes: dict[str, str], textes: list[str], forme: Forme) -> dict[str, Callable[[str], str]]:
    pied = escape(" — ".join(filter(None, (entetes["reference"], entetes["title"], entetes["verification"]))))
    haut = _BROUILLON if entetes["brouillon"] else ""
    cadre = 'fo:padding="0.15cm" fo:border="0.5pt solid #b9c1cf"'

    def rangee(trouvee: re.Match[str]) -> str:
        style = ' table:style-name="RangeeEntiere"' if _reste_entiere(trouvee[1]) else ""
        return f"<table:table-row{style}>{trouvee[1]}"

    def contenu(xml: str) -> str:
        xml = _RANGEE_ODT.sub(rangee, xml)
        xml = xml.replace("</office:automatic-styles>", f"{styles_odt.RANGEE}</office:automatic-styles>", 1)
        for style, fond in (("TableHeaderRowCell", ' fo:background-color="#eef1f6"'), ("TableRowCell", "")):
            xml = re.sub(
                rf'(style:name="{style}" style:family="table-cell">\s*<style:table-cell-properties) fo:border="none"',
                rf"\1 {cadre}{fond}",
                xml,
            )
        for rang, texte in enumerate(textes, start=1):
            avant, cadre_image, apres = xml.partition(f'<draw:frame draw:name="img{rang}"')
            dedans, fin, reste = apres.partition("</draw:frame>")
            xml = f"{avant}{cadre_image}{dedans}<svg:desc>{escape(texte)}</svg:desc>{fin}{reste}"
        return xml

    def styles(xml: str) -> str:
        xml = _restyler(xml, styles_odt.STYLE, styles_odt.RETOUCHES[forme])
        return xml.replace("@@HAUT@@", haut).replace("@@PIED@@", pied)

    createur = f"<meta:initial-creator>{escape(entetes['auteur'])}</meta:initial-creator>"
    return {
        "content.xml": contenu,
        "styles.xml": styles,
        "meta.xml": lambda xml: re.sub(
            r"<meta:initial-creator>.*?</meta:initial-creator>",
            lambda _: createur,
            xml.replace(_SANS_DATE, entetes["le"]),
            flags=re.DOTALL,
        ).replace("<dc:title></dc:title>", f"<dc:title>{escape(entetes['title'])}</dc:title>"),
    }


def _reste_entiere(rangee: str) -> bool:
    """Une rangée de tableau assez courte pour ne jamais se couper entre deux pages, comme dans le PDF."""
    return len(_BALISE.sub("", rangee)) <= composition.RANGEE_ENTIERE


def _restyler(xml: str, motif: str, retouches: dict[str, tuple[tuple[str, str], ...]]) -> str:
    """Les styles, certaines de leurs valeurs remplacées."""
    for style, paires in retouches.items():
        trouve = re.search(motif.format(style), xml, flags=re.DOTALL)
        assert trouve is not None, style  # noqa: S101 — nos documents de référence ont ce style
        bloc = trouve[0]
        for avant, apres in paires:
            bloc = bloc.replace(avant, apres)
        xml = xml.replace(trouve[0], bloc)
    return xml


def _retoucher(octets: bytes, retouches: dict[str, Callable[[str], str]]) -> bytes:
    """Le même zip, dans le même ordre, certains de ses fichiers récrits."""
    sortie = BytesIO()
    with zipfile.ZipFile(BytesIO(octets)) as source, zipfile.ZipFile(sortie, "w") as copie:
        for membre in source.infolist():
            contenu = source.read(membre)
            if retouche := retouches.get(membre.filename):
                contenu = retouche(contenu.decode("utf-8")).encode("utf-8")
            copie.writestr(membre, contenu, compress_type=membre.compress_type)
    return sortie.getvalue()
