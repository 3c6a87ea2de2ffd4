"""Les dates : comptées en mois entiers, comme le droit les compte, et écrites comme on les dit."""

import calendar
import re
from datetime import date

from django.utils.formats import date_format

_JOUR_ET_MOIS = re.compile(r"(?<!\\)j(?= F)")


def ajouter_mois(jour: date, mois: int) -> date:
    """La même date `mois` mois plus tard, ou le dernier jour d'un mois plus court (31 janvier + 1 = 28 février)."""
    annee, rang = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    dernier = calendar.monthrange(annee, rang + 1)[1]
    return date(annee, rang + 1, min(jour.day, dernier))


def en_lettres(jour: date, forme: str = "j F Y") -> str:
    """« 4 décembre 2025 », « 1er janvier 2026 » ; `forme` est un format de date de Django."""
    return date_format(jour, au_premier(jour, forme))


def au_premier(jour: object, forme: str) -> str:
    """Le format à suivre pour ce jour-là : le premier du mois s'écrit « 1er », les autres jours comme d'habitude."""
    return _JOUR_ET_MOIS.sub(r"j\\e\\r", forme) if getattr(jour, "day", 0) == 1 else forme
