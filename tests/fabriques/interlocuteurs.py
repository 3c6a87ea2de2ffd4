"""Les fiches d'une région : chargées de l'édition bretonne, ou saisies à l'écran."""

from typing import Any

from esperluette.interlocuteurs.actions import CompteRendu, charger_depuis_editions


def charger_la_bretagne(acteur: Any = None) -> CompteRendu:
    """Les fiches de la seule édition bretonne : la petite Bretagne n'a pas les territoires des autres régions."""
    return charger_depuis_editions(acteur, regions_choisies=["bretagne"])
