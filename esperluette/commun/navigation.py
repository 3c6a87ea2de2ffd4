"""Le menu : chaque app y contribue depuis `AppConfig.ready()`, le bas ne connaît pas le haut."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.text import slugify


def _toujours(_request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée du menu principal ; `visible` dit pour quelle requête elle paraît.

    `groupe` : le menu déroulant où elle se range, avec celles du même groupe. Seule de son groupe, elle reste un lien.
    """

    libelle: str
    url: str
    ordre: int = 100
    visible: Callable[[HttpRequest], bool] = _toujours
    groupe: str = ""


@dataclass(frozen=True, slots=True)
class Groupe:
    """Un menu déroulant : au moins deux entrées. `cle` : de quoi le nommer dans la page."""

    libelle: str
    cle: str
    entrees: tuple[Entree, ...]


_ENTREES: dict[str, Entree] = {}


def inscrire(entree: Entree) -> None:
    """Ajoute (ou remplace) l'entrée qui mène à cette URL nommée."""
    _ENTREES[entree.url] = entree


def entrees(request: HttpRequest) -> list[Entree]:
    """Les entrées visibles pour cette requête, dans l'ordre."""
    return sorted((e for e in _ENTREES.values() if e.visible(request)), key=lambda e: (e.ordre, e.libelle))


def menu(request: HttpRequest) -> list[Entree | Groupe]:
    """Les entrées visibles, rangées : un groupe prend la place de sa première entrée."""
    visibles = entrees(request)
    ranges: dict[str, list[Entree]] = {}
    for entree in visibles:
        ranges.setdefault(entree.groupe or entree.url, []).append(entree)
    return [
        Groupe(cle, slugify(cle), tuple(siennes)) if len(siennes) > 1 else siennes[0]
        for cle, siennes in ranges.items()
    ]
