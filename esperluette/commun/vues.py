"""Outils des vues : lecture garantie sans écriture, refus avec raison."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from esperluette.commun.permissions import Permission

Vue = Callable[..., HttpResponse]
_LECTURES = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "WITH", "PRAGMA")


class EcritureInterdite(RuntimeError):
    """Une vue déclarée en lecture seule a tenté d'écrire : c'est un défaut du programme."""


def _refuser_ecriture(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    # La session (messages, dernière visite) n'est pas une donnée du domaine.
    if not sql.lstrip(" (").upper().startswith(_LECTURES) and "django_session" not in sql:
        raise EcritureInterdite(sql.split(" SET ")[0][:120])
    return execute(sql, params, many, context)


def lecture_seule(vue: Vue) -> Vue:
    """N'accepte que GET et HEAD, et lève `EcritureInterdite` si la vue écrit en base."""

    @wraps(vue)
    def emballee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with connection.execute_wrapper(_refuser_ecriture):
            return vue(request, *args, **kwargs)

    return require_safe(emballee)


def exiger(permission: Permission) -> None:
    """Lève PermissionDenied (403 avec la raison à l'écran) si la permission est refusée."""
    if not permission:
        raise PermissionDenied(permission.motif)
