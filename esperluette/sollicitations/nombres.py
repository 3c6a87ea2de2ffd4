"""Lire et écrire un nombre comme en français : « 1 234,5 »."""

from decimal import Decimal, InvalidOperation

ESPACES = " \u00a0\u202f\t"


def lire(texte: str) -> Decimal | None:
    """Le nombre écrit, ou None si ce n'en est pas un ; l'espace des milliers et la virgule sont admis."""
    serre = texte.translate({ord(espace): None for espace in ESPACES}).replace(",", ".")
    try:
        lu = Decimal(serre)
    except InvalidOperation:
        return None
    return lu if lu.is_finite() and "_" not in serre and "e" not in serre.lower() else None


def ecrire(valeur: Decimal) -> str:
    """« 1 234,5 », avec l'espace fine insécable des milliers ; sans zéros inutiles."""
    texte = f"{valeur:,f}"
    if "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return texte.replace(",", "\u202f").replace(".", ",")


def ordinaire(valeur: Decimal) -> int | float:
    """La valeur pour qui compte en nombres ordinaires : 12, ou 12.5."""
    return int(valeur) if valeur == valeur.to_integral_value() else float(valeur)
