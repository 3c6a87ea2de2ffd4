"""Ce que toute page connaît : nom du service, marque, démonstration, menu."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import lazy

from esperluette.commun import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Contexte commun ; le menu n'est calculé que si le gabarit l'affiche."""
    # `lazy` recalcule à chaque regard (`len`, puis le parcours) : une seule fois par page suffit.
    menu: Any = lazy(cache(lambda: navigation.menu(request)), list)()
    return {
        "SERVICE": settings.SERVICE,
        "MARQUE_ETAT": settings.MARQUE_ETAT,
        "DEMONSTRATION": settings.DEMONSTRATION,
        "menu": menu,
    }
