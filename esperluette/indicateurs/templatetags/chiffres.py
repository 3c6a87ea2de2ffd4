"""`{% load chiffres %}{% chiffres instantane %}` : un diagnostic à l'écran, entier ou par thèmes."""

from typing import Any

from django import template

from esperluette.indicateurs.ecriture import NOTE_PARTIEL
from esperluette.indicateurs.fiche import fiche
from esperluette.indicateurs.instantane import Instantane

register = template.Library()


@register.inclusion_tag("indicateurs/_fiche.html")
def chiffres(
    instantane: Instantane,
    *,
    nom: str = "",
    niveau: int = 3,
    identifiant: str = "chiffres",
    dessins: bool = True,
    constats: bool = True,
    commandes: bool = True,
) -> dict[str, Any]:
    """La fiche de cet instantané ; la page charge indicateurs/chiffres.css.

    `nom` : comment appeler le territoire. `niveau` : celui des titres. `identifiant` : unique dans la page. Sans
    `dessins`, `constats` ou `commandes` (celles qui chargent un jeu), ils ne se montrent pas.
    """
    return {
        "fiche": fiche(instantane, nom=nom, identifiant=identifiant, avec_dessins=dessins),
        "titre": f"h{max(2, min(niveau, 6))}",
        "sous": f"h{max(2, min(niveau + 1, 6))}",
        "cle": identifiant,
        "note_partiel": NOTE_PARTIEL,
        "constats": constats,
        "commandes": commandes,
    }
