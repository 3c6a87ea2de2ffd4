"""Ce que les apps du dessus ajoutent à la page du territoire ; elles s'y inscrivent depuis `AppConfig.ready()`.

from esperluette.diagnostics import contributions
contributions.DESTINATIONS.inscrire(mes_champs)   # (equipe, compte) -> Iterable[Destination]
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from esperluette.equipes.models import Equipe
from esperluette.equipes.registres import Registre


@dataclass(frozen=True, slots=True)
class Destination:
    """Un endroit où insérer les chiffres et les phrases gardées : son nom, son adresse, une précision."""

    libelle: str
    lien: str
    precision: str = ""


DESTINATIONS: Registre[Callable[[Equipe, Any], Iterable[Destination]]] = Registre("où insérer le diagnostic")


def destinations(equipe: Equipe, compte: Any) -> list[Destination]:
    """Toutes celles que les apps du dessus proposent à ce compte, dans l'ordre d'inscription."""
    return [destination for inscrite in DESTINATIONS for destination in inscrite(equipe, compte)]
