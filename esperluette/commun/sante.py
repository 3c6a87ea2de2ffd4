"""Les contrôles de santé du service : chaque app inscrit les siens, la supervision les lit à `/sante/`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Etat(StrEnum):
    """Tout va ; à regarder sans urgence ; le service n'est pas rendu."""

    OK = "ok"
    ATTENTION = "attention"
    KO = "ko"


@dataclass(frozen=True, slots=True)
class Constat:
    """Ce qu'un contrôle a vu : son état, une phrase pour qui exploite, des mesures pour les courbes."""

    etat: Etat
    dit: str
    mesures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Controle:
    """Un contrôle. `vital` : sans lui, ce processus ne peut pas répondre ; `base` : il la lit."""

    nom: str
    examiner: Callable[[], Constat]
    vital: bool
    base: bool


_CONTROLES: dict[str, Controle] = {}


def inscrire(nom: str, examiner: Callable[[], Constat], *, vital: bool = False, base: bool = True) -> None:
    """Ajoute un contrôle, bref (quelques millisecondes) et sans écriture en base ; le même nom remplace."""
    _CONTROLES[nom] = Controle(nom, examiner, vital, base)


def controles() -> list[Controle]:
    """Les contrôles inscrits : les vitaux d'abord, puis dans l'ordre alphabétique."""
    return sorted(_CONTROLES.values(), key=lambda c: (not c.vital, c.nom))
