"""Le moteur de documents : un gabarit HTML et un contexte figé, quatre formats.

Ne connaît aucune règle et n'ouvre aucune transaction : on produit d'abord, on conserve ensuite
(`documents.actions.conserver`).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from esperluette.documents import arbre as arbres
from esperluette.documents import bureautique, composition, pandoc
from esperluette.documents.enums import Format
from esperluette.documents.erreurs import GabaritInvalide, ProductionImpossible
from esperluette.documents.rendu import empreinte_gabarit, rendre
from esperluette.documents.verification_imprimee import Verification, inserer

__all__ = ["GabaritInvalide", "ProductionImpossible", "apercu", "empreinte_gabarit", "produire"]

_TAILLE_MAXIMALE = 8 * 1024 * 1024  # caractères de HTML
_CORPS = re.compile(r"<body>(.*)</body>", re.DOTALL)
_TITRE = re.compile(r"(</?h)([1-6])\b")
_TITRE_OUVRANT = re.compile(r'<h([12]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_TITRE_DU_DOCUMENT = re.compile(r'<div class="titre">(.*?)</div>', re.DOTALL)
_SOMMAIRE = '<div class="sommaire"></div>'


def produire(
    gabarit: str,
    contexte: Mapping[str, Any],
    format: str,
    *,
    le: datetime | None = None,
    verification: Verification | None = None,
) -> bytes:
    """Le document `gabarit` (« app/nom.html ») rempli, dans ce format, daté de `le` (maintenant par défaut).

    `verification` : le code et le QR à imprimer, pour un document qu'on garde. Mêmes gabarit, contexte, date et code :
    mêmes octets. Lève `GabaritInvalide` (variable manquante comprise) ou `ProductionImpossible` ; jamais un document
    à trous. Borné en temps et en mémoire ; ni réseau ni fichier.
    """
    format = Format(format)
    if format is Format.HTML:
        return _page(gabarit, contexte, verification).encode("utf-8")
    instant = int((le or datetime.now(UTC)).timestamp())
    source = inserer(_source(gabarit, contexte), verification)
    try:
        arbre = arbres.preparer(pandoc.lire(source))
        if format is Format.PDF:
            return composition.en_pdf(arbre, instant=instant)
        return bureautique.produire(arbre, format.value, instant=instant)
    except RecursionError as erreur:
        raise ProductionImpossible("Un texte du document a trop de listes les unes dans les autres.") from erreur


def apercu(gabarit: str, contexte: Mapping[str, Any], *, niveau: int = 2) -> Markup:
    """Le corps du document, à poser dans une page : son titre en `<h{niveau}>`, ses rubriques au-dessous.

    La page charge `documents/document.css` et l'entoure d'un élément de classe `esp-document`.
    """
    corps = _CORPS.search(_source(gabarit, contexte))
    if corps is None:
        raise GabaritInvalide(f"Le gabarit « {gabarit} » n'étend pas documents/base.html.")
    fragment = _TITRE.sub(lambda m: f"{m[1]}{min(int(m[2]) + niveau, 6)}", corps[1])
    fragment = _TITRE_DU_DOCUMENT.sub(rf'<h{niveau} class="titre">\1</h{niveau}>', fragment)
    if _SOMMAIRE in fragment:
        fragment = fragment.replace(_SOMMAIRE, _sommaire(corps[1]))
    return Markup(fragment)  # noqa: S704 — rendu par le gabarit, tout texte y est échappé


def _page(gabarit: str, contexte: Mapping[str, Any], verification: Verification | None) -> str:
    source = _source(gabarit, contexte)
    corps = apercu(gabarit, contexte, niveau=1)
    page = _CORPS.sub(lambda _: f'<body>\n<main class="esp-document">{corps}</main>\n</body>', source)
    return inserer(page, verification)


def _sommaire(corps: str) -> str:
    entrees = "".join(
        f'<li class="niveau-{niveau}"><a href="#{ancre}">{titre}</a></li>'
        for niveau, ancre, titre in _TITRE_OUVRANT.findall(corps)
    )
    return f'<nav class="sommaire" aria-label="Sommaire du document"><ul>{entrees}</ul></nav>'


def _source(gabarit: str, contexte: Mapping[str, Any]) -> str:
    page = rendre(gabarit, contexte)
    if len(page) > _TAILLE_MAXIMALE:
        raise ProductionImpossible("Le document est trop long pour être produit. Allégez-le.")
    return page
