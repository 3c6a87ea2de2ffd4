"""La part du diagnostic dans « mes données » : les constats dont on a décidé."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.diagnostics.models import ConstatRetenu


def mes_constats(compte: Compte) -> list[dict[str, Any]]:
    """Chaque décision en cours de cette personne : l'équipe, le constat, la phrase retenue."""
    siens = ConstatRetenu.objects.filter(par=compte).order_by("pk")
    champs = siens.values("equipe__nom", "constat", "decision", "phrase", "phrase_origine", "le")
    return [dict(constat) for constat in champs]
