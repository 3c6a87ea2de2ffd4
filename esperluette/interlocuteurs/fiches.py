"""Les sortes de fiches que tient une région : contacts, structures d'appui, et celles que le haut inscrit.

Une fiche naît d'une édition ou d'une saisie ; on sait la comparer à l'édition, l'écrire d'un bloc, revenir en arrière.
Les apps du dessus inscrivent les leurs (instances, séances) depuis `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esperluette.referentiel.modele import Edition

# Les valeurs d'une fiche sous une forme JSON comparable : celles de l'édition, celles de la base.
Valeurs = dict[str, Any]


def _aucune(_edition: Edition) -> dict[str, Valeurs]:
    return {}


def _toujours(_fiche: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SorteDeFiche:
    """Comment lire, comparer et écrire une sorte de fiche.

    `de_depart` rend les valeurs qu'une édition propose, par identifiant ; `retirable` dit si une fiche que l'édition
    ne cite plus se retire (une séance passée reste).
    """

    cle: str
    modele: Any
    en_base: Callable[[Any], Valeurs]
    poser: Callable[[Any, Valeurs], None]
    de_depart: Callable[[Edition], dict[str, Valeurs]] = _aucune
    retirable: Callable[[Any], bool] = _toujours
    suites: tuple[str, ...] = ()
    ordre: int = 100


_SORTES: dict[str, SorteDeFiche] = {}


def inscrire(sorte: SorteDeFiche) -> None:
    """Ajoute (ou remplace) une sorte de fiche."""
    _SORTES[sorte.cle] = sorte


def sortes() -> list[SorteDeFiche]:
    """Les sortes connues, dans l'ordre où elles se chargent : une séance vient après son instance."""
    return sorted(_SORTES.values(), key=lambda s: (s.ordre, s.cle))


def sorte(cle: str) -> SorteDeFiche:
    """La sorte de cette clé ; KeyError si personne ne l'a inscrite."""
    return _SORTES[cle]


def sorte_de(fiche: Any) -> SorteDeFiche:
    """La sorte d'une fiche, d'après son modèle."""
    return next(s for s in _SORTES.values() if isinstance(fiche, s.modele))
