"""Ce qu'une page veut savoir du compte connecté sans une requête de plus : lu avec lui, dans la même.

Le haut s'inscrit depuis `AppConfig.ready()` : `inscrire_drapeau("siege", condition)`, où `condition()` rend un
`Exists` ou un `Q` sur `OuterRef("pk")`, le compte. `drapeau(compte, "siege")` répond ; un compte lu autrement le
demande à la base.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, QuerySet

from esperluette.comptes.models import Compte

_DRAPEAUX: dict[str, Callable[[], Exists | Q]] = {}


def inscrire_drapeau(nom: str, condition: Callable[[], Exists | Q]) -> None:
    """Fait lire ce drapeau avec chaque compte connecté ; l'inscrire deux fois n'a pas d'effet."""
    _DRAPEAUX[nom] = condition


def avec_drapeaux(comptes: "QuerySet[Compte]") -> "QuerySet[Compte]":
    """Ces comptes, chacun avec ses drapeaux."""
    return comptes.annotate(
        **{
            _attribut(nom): ExpressionWrapper(Q(condition()), output_field=BooleanField())
            for nom, condition in _DRAPEAUX.items()
        }
    )


def drapeau(compte: Any, nom: str) -> bool:
    """Ce drapeau est-il levé pour ce compte ? Faux pour un visiteur ; sans requête pour le compte connecté."""
    if not isinstance(compte, Compte):
        return False
    lu = getattr(compte, _attribut(nom), None)
    if lu is None:
        lu = Compte.objects.filter(_DRAPEAUX[nom](), pk=compte.pk).exists()
        setattr(compte, _attribut(nom), lu)
    return bool(lu)


def _attribut(nom: str) -> str:
    return f"drapeau_{nom}"
