"""Calculs de dates en mois entiers, comme le droit les compte."""

import calendar
from datetime import date


def ajouter_mois(jour: date, mois: int) -> date:
    """La même date `mois` mois plus tard, ou le dernier jour d'un mois plus court (31 janvier + 1 = 28 février)."""
    annee, rang = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    dernier = calendar.monthrange(annee, rang + 1)[1]
    return date(annee, rang + 1, min(jour.day, dernier))
