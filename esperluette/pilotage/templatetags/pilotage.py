"""`{{ valeur|chiffre }}` : un nombre comme on l'écrit, un tiret s'il n'y en a pas."""

from django import template

register = template.Library()
INSECABLE = "\u202f"


@register.filter
def chiffre(valeur: object) -> str:
    """« 12 345 », « 46,5 », « — » ; un texte reste tel quel."""
    if valeur is None:
        return "—"
    if isinstance(valeur, bool) or not isinstance(valeur, int | float):
        return str(valeur)
    entier, _, decimales = f"{valeur:,.1f}".partition(".")
    entier = entier.replace(",", INSECABLE)
    return entier if decimales == "0" else f"{entier},{decimales}"
