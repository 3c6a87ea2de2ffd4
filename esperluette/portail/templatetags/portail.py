"""Montrer un verdict : un signe, un mot, jamais la couleur seule ; et d'où vient une règle."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

register = template.Library()

SIGNES = {"satisfait": "✓", "non_satisfait": "✗", "a_preciser": "?"}
MOTS = {
    "verdict": {"satisfait": "Oui.", "non_satisfait": "Pas encore.", "a_preciser": "Peut-être."},
    "critere": {"satisfait": "Rempli", "non_satisfait": "Non rempli", "a_preciser": "À préciser"},
    "aide": {
        "satisfait": "Conditions remplies",
        "non_satisfait": "Conditions non remplies",
        "a_preciser": "Conditions à préciser",
    },
    "demarche": {"satisfait": "Ouverte", "non_satisfait": "Pas encore ouverte", "a_preciser": "À préciser"},
}


@register.inclusion_tag("portail/_signe.html")
def signe(*, reponse: Any, sorte: str = "critere") -> dict[str, str]:
    """Le signe d'une réponse et son mot. `sorte` : critere, aide, demarche ou verdict."""
    cle = str(reponse)
    return {"cle": cle, "signe": SIGNES[cle], "mot": MOTS[sorte][cle]}


@register.inclusion_tag("portail/_source.html")
def source(*, source: Any) -> dict[str, Any]:
    """La source d'une règle ou d'une coordonnée, dépliable : document, passage, date, et « interprété » s'il l'est."""
    if isinstance(source, Mapping):
        lue = bool(source.get("date_de_lecture"))
        source = {**source, "date": date.fromisoformat(source["date"]), "document_date": not lue}
    return {"source": source}


@register.filter
def euros(montant: Any) -> str:
    """« 10 000 € » ; les centimes seulement s'il y en a."""
    if montant is None:
        return "montant non publié"
    entier, _, centimes = f"{montant:,.2f}".partition(".")
    entier = entier.replace(",", "\u202f")
    return f"{entier}\u00a0€" if centimes == "00" else f"{entier},{centimes}\u00a0€"


@register.filter
def enonce(edition: Any, cle: str) -> str:
    """L'énoncé d'un critère de l'édition."""
    texte: str = edition.critere(cle).enonce
    return texte
