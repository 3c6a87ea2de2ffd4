"""Le texte riche : peu de balises, toujours désinfecté au serveur, convertible depuis du texte simple."""

import html
import re

import nh3

BALISES = {"p", "br", "strong", "em", "ul", "ol", "li", "h4", "a", "blockquote"}
ATTRIBUTS = {"a": {"href"}}
_BALISE = re.compile(r"</?(?:p|br|strong|em|ul|ol|li|h4|a|blockquote|div|span|b|i)\b[^>]*>", re.IGNORECASE)


def nettoyer(saisie: str) -> str:
    """Rend un HTML sûr (balises de `BALISES` seulement). Le texte sans balise devient des paragraphes."""
    saisie = saisie.replace("\r\n", "\n").replace("\x00", "")
    if not saisie.strip():
        return ""
    if not _BALISE.search(saisie):
        saisie = texte_vers_html(saisie)
    propre = nh3.clean(
        saisie,
        tags=BALISES,
        attributes=ATTRIBUTS,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return propre if texte_brut(propre) else ""


def texte_vers_html(texte: str) -> str:
    """Paragraphes aux lignes vides, `<br>` aux retours simples ; tout le reste est échappé."""
    blocs = [b.strip("\n") for b in re.split(r"\n\s*\n", texte) if b.strip()]
    return "".join("<p>" + html.escape(b, quote=False).replace("\n", "<br>") + "</p>" for b in blocs)


def texte_brut(contenu_html: str) -> str:
    """Le texte lisible d'un HTML nettoyé, un paragraphe ou une puce par ligne."""
    texte = re.sub(r"<br\s*/?>", "\n", contenu_html, flags=re.IGNORECASE)
    texte = re.sub(r"</(?:p|li|h4|blockquote)>", "\n", texte, flags=re.IGNORECASE)
    return html.unescape(nh3.clean(texte, tags=set())).strip()
