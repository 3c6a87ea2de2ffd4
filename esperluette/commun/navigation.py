"""Le menu : chaque app y contribue depuis `AppConfig.ready()`, le bas ne connaît pas le haut."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


def _toujours(_request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée du menu principal ; `visible` dit pour quelle requête elle paraît."""

    libelle: str
    url: str
    ordre: int = 100
    visible: Callable[[HttpRequest], bool] = _toujours


_ENTREES: dict[str, Entree] = {}


def inscrire(entree: Entree) -> None:
    """Ajoute (ou remplace) l'entrée qui mène à cette URL nommée."""
    _ENTREES[entree.url] = entree


def entrees(request: HttpRequest) -> list[Entree]:
    """Les entrées visibles pour cette requête, dans l'ordre."""
    return sorted((e for e in _ENTREES.values() if e.visible(request)), key=lambda e: (e.ordre, e.libelle))
