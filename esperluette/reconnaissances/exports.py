"""La part des reconnaissances dans « mes données » : les observations données sur un retrait envisagé."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.reconnaissances.models import Retrait


def mes_observations(compte: Compte) -> list[Any]:
    """Les observations que cette personne a données pour son équipe."""
    donnees = Retrait.objects.filter(observations_par=compte).order_by("observations_le", "pk")
    return list(donnees.values("reconnaissance__equipe__nom", "observations", "observations_le"))
