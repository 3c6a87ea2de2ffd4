"""Écrire pour un tableur : Excel et LibreOffice exécutent une cellule qui commence comme une formule."""

FORMULES = ("=", "+", "-", "@", "\t", "\r", "\n")


def sans_formule(valeur: str) -> str:
    """La même valeur, précédée d'une apostrophe si un tableur la lirait comme une formule."""
    return f"'{valeur}" if valeur.startswith(FORMULES) else valeur
