"""Ce qu'une édition cite entre guillemets, à confronter aux documents eux-mêmes."""

import re
from collections.abc import Iterator
from typing import Any

from esperluette.referentiel.sources import Source


def sources_de(objet: Any) -> Iterator[Source]:
    """Toutes les sources d'un élément d'édition, et de ce qu'il contient."""
    if isinstance(objet, Source):
        yield objet
    elif isinstance(objet, dict):
        for valeur in objet.values():
            yield from sources_de(valeur)
    elif isinstance(objet, list | tuple):
        for valeur in objet:
            yield from sources_de(valeur)
    elif hasattr(type(objet), "model_fields"):
        for nom in type(objet).model_fields:
            yield from sources_de(getattr(objet, nom))


def sources_de_l_edition(edition) -> list[Source]:
    """Celles des règles, du chemin, des aides, des contacts et de ce qu'il faut comprendre."""
    parties = (
        edition.entete.changements,
        edition.criteres,
        edition.chemin,
        edition.demarches,
        edition.aides,
        edition.instances,
        edition.local,
        edition.comprendre,
        dict(edition.trames),
        edition.grilles,
    )
    return [source for partie in parties for source in sources_de(partie)]


def mots(texte: str) -> str:
    return " ".join(re.findall(r"\w+", texte.replace("’", "'").casefold()))


def citations(passage: str) -> list[str]:
    """Les morceaux entre guillemets d'un passage, sans ce que « […] » ou « … » abrègent."""
    entre_guillemets = re.findall(r"«([^»]*)»", passage)
    return [m for brut in entre_guillemets for m in map(mots, re.split(r"\[…\]|…|\.\.\.", brut)) if m]
