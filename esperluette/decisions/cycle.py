"""Le cycle d'une décision : la seule fonction qui en écrit l'état, d'après la table de `gestes`."""

from typing import Any

from esperluette.decisions.gestes import GESTES, GesteImpossible, possible
from esperluette.decisions.models import Decision

__all__ = ["GesteImpossible", "avancer"]


def avancer(decision: Decision, nom: str, **champs: Any) -> Decision:
    """Fait avancer une décision **déjà verrouillée** et enregistre `champs` avec elle ; lève `GesteImpossible`."""
    if raison := possible(decision, nom):
        raise GesteImpossible(raison)
    for champ, valeur in champs.items():
        setattr(decision, champ, valeur)
    decision.etat = GESTES[nom].vers
    decision.version += 1
    decision.save(update_fields=["etat", "version", *champs])
    return decision
