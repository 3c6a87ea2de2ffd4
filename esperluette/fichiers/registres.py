"""Ce que les apps du dessus font d'un fichier examiné, et ce qu'elles gardent de leur côté ; elles s'y inscrivent.

from esperluette.fichiers import registres
registres.inscrire_suite(ma_suite)          # (fichier) -> None, après l'antivirus et l'examen, dans leur transaction
registres.inscrire_gardes(mes_documents)    # () -> Iterable[Garde] : ce dont l'empreinte se vérifie aussi
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.files.storage import Storage

from esperluette.fichiers.models import Fichier


@dataclass(frozen=True, slots=True)
class Garde:
    """Un contenu gardé : ce que c'est, son identifiant, où il est, et l'empreinte qu'il doit avoir."""

    sorte: str
    pk: int
    nom: str
    empreinte: str
    stockage: Storage


Suite = Callable[[Fichier], object]
Gardes = Callable[[], Iterable[Garde]]
_SUITES: dict[str, Suite] = {}
_GARDES: dict[str, Gardes] = {}


def inscrire_suite(suite: Suite) -> None:
    """`suite(fichier)` : appelée quand l'antivirus met un fichier en quarantaine, ou qu'un avertissement naît."""
    _SUITES[f"{suite.__module__}.{suite.__qualname__}"] = suite


def inscrire_gardes(gardes: Gardes) -> None:
    """`gardes()` rend les contenus d'une app, par lots : la vérification les relit tous."""
    _GARDES[f"{gardes.__module__}.{gardes.__qualname__}"] = gardes


def suites() -> list[Suite]:
    return list(_SUITES.values())


def gardes() -> list[Gardes]:
    return list(_GARDES.values())
