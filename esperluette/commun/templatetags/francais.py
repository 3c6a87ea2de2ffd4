"""Filtres chargés d'office dans tous les gabarits (TEMPLATES) : dates, pluriels, espaces comme on les écrit ici."""

import re
from typing import Any

from django import template
from django.template import defaultfilters
from django.template.defaultfilters import stringfilter

from esperluette.commun.dates import au_premier

register = template.Library()

_AVANT_UN_SIGNE_DOUBLE = re.compile(r" (?=[:;?!»%€])")
_APRES_UN_GUILLEMET = re.compile(r"(?<=«) ")


@register.filter(expects_localtime=True, is_safe=False)
def date(valeur: Any, forme: str | None = None) -> str:
    """Le filtre de Django, et « 1er » : `{{ jour|date:"j F Y" }}` donne « 1er janvier 2026 », « 2 janvier 2026 »."""
    ecrite: str = defaultfilters.date(valeur, au_premier(valeur, forme or "j F Y"))
    return ecrite


@register.filter(is_safe=True)
@stringfilter
def typo(texte: str) -> str:
    """Un texte venu des éditions, ses espaces insécables posées : aucun « : » ne commence une ligne."""
    return _APRES_UN_GUILLEMET.sub("\u00a0", _AVANT_UN_SIGNE_DOUBLE.sub("\u00a0", texte))


@register.filter(is_safe=False)
def pluralize(valeur: Any, formes: str = "s") -> str:
    """Le filtre de Django, où le pluriel commence à deux : « 0 dossier », « 1 dossier », « 2 dossiers »."""
    nombre = len(valeur) if hasattr(valeur, "__len__") and not isinstance(valeur, str) else valeur
    try:
        nombre = 2 if abs(float(nombre)) >= 2 else 1
    except (TypeError, ValueError):
        nombre = valeur
    return defaultfilters.pluralize(nombre, formes)
