"""Qui lit quels points d'une séance, et donc quel livret."""

from typing import Any

from esperluette.commissions.conflits import ecarte
from esperluette.commissions.droits import peut_preparer, siege_de
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Livret, PointQuerySet, Seance


def points_lisibles(compte: Any, seance: Seance) -> PointQuerySet | None:
    """Les points que ce compte lit : le secrétariat, tous sauf ceux dont il est écarté ; un membre, ceux qu'il voit.

    None s'il n'a aucun titre à les lire.
    """
    if siege_de(compte, seance) is not None:
        return points_visibles(compte).filter(seance=seance)
    if peut_preparer(compte, seance.instance):
        return seance.points.a_l_ordre_du_jour().exclude(ecarte(compte))
    return None


def livret_lisible(compte: Any, livret: Livret) -> bool:
    """Chaque point du livret est encore lisible par ce compte : un déport posé depuis l'écarte de l'ancien livret."""
    lisibles = points_lisibles(compte, livret.seance)
    if lisibles is None:
        return False
    return set(livret.points) <= set(lisibles.values_list("pk", flat=True))
