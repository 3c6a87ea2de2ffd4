"""Ce que les apps du dessus disent aux interlocuteurs ; elles s'y inscrivent depuis `AppConfig.ready()`."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

# equipes_de(compte) -> les équipes au nom desquelles ce compte peut écrire.
FournisseurDEquipes = Callable[[Any], "QuerySet[Any]"]
_FOURNISSEURS: dict[str, FournisseurDEquipes] = {}


def inscrire_equipes(fournisseur: FournisseurDEquipes) -> None:
    """Le haut dit quelles équipes sont celles d'un compte ; l'inscrire deux fois n'a pas d'effet."""
    _FOURNISSEURS[f"{fournisseur.__module__}.{fournisseur.__qualname__}"] = fournisseur


def equipes_de(compte: Any) -> list["QuerySet[Any]"]:
    """Les équipes d'un compte, une requête à faire par fournisseur ; aucune pour un visiteur."""
    if not getattr(compte, "is_authenticated", False):
        return []
    return [fournisseur(compte) for fournisseur in _FOURNISSEURS.values()]


# relais(comptes) -> qui répond aujourd'hui pour chacun, dans le même ordre : lui-même s'il est là.
FournisseurDeRelais = Callable[[Sequence[Any]], "list[Any]"]
_RELAIS: dict[str, FournisseurDeRelais] = {}


def inscrire_relais(fournisseur: FournisseurDeRelais) -> None:
    """Le haut dit qui relaie un agent absent ; l'inscrire deux fois n'a pas d'effet."""
    _RELAIS[f"{fournisseur.__module__}.{fournisseur.__qualname__}"] = fournisseur


def relais_des(comptes: Sequence[Any]) -> list[Any]:
    """Qui répond aujourd'hui pour chacun de ces comptes."""
    for fournisseur in _RELAIS.values():
        comptes = fournisseur(comptes)
    return list(comptes)
