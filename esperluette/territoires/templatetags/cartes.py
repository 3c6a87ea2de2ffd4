"""`{% load cartes %}{% carte ma_carte %}` : une carte, sa légende et sa source."""

from django import template

from esperluette.territoires.cartes import Carte

register = template.Library()


@register.inclusion_tag("territoires/_carte.html")
def carte(carte: Carte, niveau: int = 0) -> dict[str, object]:
    """La figure complète ; la page charge territoires/cartes.css. `niveau` : celui du titre, 0 pour aucun."""
    return {"carte": carte, "balise": f"h{niveau}" if niveau in range(2, 7) else ""}
