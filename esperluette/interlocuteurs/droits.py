"""Qui tient les fiches d'une région."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission
from esperluette.comptes.droits import Capacite, inscrire, peut
from esperluette.comptes.enums import Role

inscrire(
    Capacite(
        "tenir_les_fiches",
        Role.ADMINISTRATEURS,
        "Cette page est celle de l’administrateur de la région.",
    )
)


def peut_tenir(compte: Any, region_id: str) -> Permission:
    """L'administrateur régional tient les fiches de sa région ; l'administrateur, toutes.

    `compte=None` : la ligne de commande, sur la machine du service.
    """
    return OUI if compte is None else peut(compte, "tenir_les_fiches", region=region_id)
