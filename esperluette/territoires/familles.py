"""Les familles de jeux qu'« esperluette donnees » sait importer ; les apps du dessus y inscrivent les leurs.

from esperluette.territoires import familles
familles.inscrire(MA_FAMILLE)   # depuis AppConfig.ready()
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from esperluette.territoires.imports import BilanImport, importer_jeu
from esperluette.territoires.jeux import JeuInconnu, jeux


class Description(Protocol):
    """Ce qu'il faut savoir d'un jeu pour le présenter."""

    @property
    def id(self) -> str: ...
    @property
    def titre(self) -> str: ...
    @property
    def producteur(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def millesime(self) -> str: ...
    @property
    def adresse(self) -> str: ...
    @property
    def ou_le_prendre(self) -> str: ...
    @property
    def formes(self) -> tuple[Any, ...]: ...


@dataclass(frozen=True, slots=True)
class Famille:
    """Des jeux, et comment on les importe : mêmes paramètres et mêmes erreurs qu'`importer_jeu`."""

    nom: str
    jeux: Callable[[], Mapping[str, Description]]
    importer: Callable[..., BilanImport]


_FAMILLES: dict[str, Famille] = {"zonages": Famille("zonages", jeux, importer_jeu)}


def inscrire(famille: Famille) -> None:
    """Ajoute une famille ; l'inscrire deux fois n'a pas d'effet."""
    _FAMILLES[famille.nom] = famille


def tous_les_jeux() -> dict[str, Description]:
    """Les jeux de toutes les familles, par identifiant."""
    return dict(sorted((cle, jeu) for famille in _FAMILLES.values() for cle, jeu in famille.jeux().items()))


def importer(identifiant: str, **options: Any) -> BilanImport:
    """Importe ce jeu par sa famille ; lève JeuInconnu avec la liste des jeux connus, ou une autre ErreurMetier."""
    for famille in _FAMILLES.values():
        if identifiant in famille.jeux():
            return famille.importer(identifiant, **options)
    raise JeuInconnu(f"Jeu inconnu : « {identifiant} ». Jeux connus : {', '.join(tous_les_jeux())}.")
