"""La part des compléments dans « mes données » : ce qu'on a répondu aux remarques de l'ARS."""

from typing import Any

from esperluette.complements.models import Remarque
from esperluette.comptes.models import Compte


def mes_reponses(compte: Compte) -> list[Any]:
    """Les réponses que cette personne a données à des remarques."""
    repondues = Remarque.objects.filter(repondue_par=compte).order_by("repondue_le", "pk")
    return list(repondues.values("demande__dossier__reference", "champ", "reponse", "repondue_le"))
