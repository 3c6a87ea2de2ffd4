"""Composants et filtres communs aux gabarits. Les composants n'acceptent que des arguments nommés."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from esperluette.commun.texte_riche import nettoyer

register = template.Library()


@register.filter
def lire(dictionnaire: Any, cle: Any) -> Any:
    """`{{ d|lire:cle }}` : la valeur d'un dictionnaire sous une clé variable, ou None."""
    return dictionnaire.get(cle) if hasattr(dictionnaire, "get") else None


@register.filter
def texte_riche(valeur: str | None) -> SafeString:
    """Affiche un texte riche, désinfecté encore une fois à la sortie."""
    return mark_safe(nettoyer(valeur or ""))  # noqa: S308 — nettoyé par nh3 à l'instant


@register.inclusion_tag("commun/_pastille.html")
def pastille(*, libelle: str, ton: str = "neutre") -> dict[str, str]:
    """Une pastille DSFR. `ton` : neutre, info, succes, attention, erreur. Le libellé suffit à comprendre."""
    classes = {"info": "info", "succes": "success", "attention": "warning", "erreur": "error", "neutre": ""}
    return {"libelle": libelle, "classe": classes[ton]}
