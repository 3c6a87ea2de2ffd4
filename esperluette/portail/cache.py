"""Une page publique se garde et se revalide ; celle de quelqu'un de connecté, jamais.

La page anonyme ne dépend que de l'adresse et du jour : sans jeton à usage unique (« nonce ») ni cookie, la même
demande rend les mêmes octets. Un cache partagé la garde quelques minutes ; un navigateur la revalide à chaque visite
(304), pour qu'on ne voie jamais la page d'avant la connexion.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import (
    add_never_cache_headers,
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)

from esperluette.commun.vues import lecture_seule

DUREE_PARTAGEE = 300  # secondes pendant lesquelles un cache partagé répond sans demander
DUREE_FICHIER = 3600
# Ce qui distingue une personne : sa session, et le message laissé pour sa prochaine page.
COOKIES_PERSONNELS = (settings.SESSION_COOKIE_NAME, "messages")

Vue = Callable[..., HttpResponse]


def publique(vue: Vue) -> Vue:
    """Une lecture ouverte à tous : aucune écriture, aucun cookie, et un cache correct."""

    @wraps(vue)
    def emballee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reponse = lecture_seule(vue)(request, *args, **kwargs)
        if reponse.status_code != 200:
            return reponse
        patch_vary_headers(reponse, ["Cookie"])
        if est_personnelle(request):
            add_never_cache_headers(reponse)
            return reponse
        _oter_le_jeton(request, reponse)
        patch_cache_control(reponse, public=True, max_age=0, s_maxage=DUREE_PARTAGEE, must_revalidate=True)
        return _revalidee(request, reponse, empreinte(reponse.content))

    return emballee


def fichier_public(
    request: HttpRequest, etag: str, produire: Callable[[], HttpResponse], *, duree: int = DUREE_FICHIER
) -> HttpResponse:
    """Un fichier ouvert à tous, reconnu à son étiquette avant d'être produit ; on le garde `duree` secondes."""
    deja = get_conditional_response(request, etag=etag, response=None)
    reponse = deja if deja is not None and deja.status_code == 304 else produire()
    patch_cache_control(reponse, public=True, max_age=duree)
    reponse["ETag"] = etag
    return reponse


def est_personnelle(request: HttpRequest) -> bool:
    """Vrai si la réponse peut dépendre de qui la demande."""
    return any(nom in request.COOKIES for nom in COOKIES_PERSONNELS)


def empreinte(contenu: bytes) -> str:
    """L'étiquette (ETag) d'un contenu."""
    return f'"{hashlib.sha256(contenu).hexdigest()[:32]}"'


def _oter_le_jeton(request: HttpRequest, reponse: HttpResponse) -> None:
    """Un jeton gardé en cache ne protégerait plus rien : nos scripts, tous en fichiers, s'en passent."""
    jeton = getattr(request, "_csp_nonce", None)
    if jeton:
        reponse.content = reponse.content.replace(f' nonce="{jeton}"'.encode(), b"")
    reponse._csp_replace = {"script-src": [SELF]}  # type: ignore[attr-defined]  # lu par django-csp


def _revalidee(request: HttpRequest, reponse: HttpResponse, etag: str) -> HttpResponse:
    reponse["ETag"] = etag
    conditionnelle = get_conditional_response(request, etag=etag, response=reponse)
    if conditionnelle is None:
        return reponse
    conditionnelle._csp_replace = {"script-src": [SELF]}  # type: ignore[attr-defined]
    return conditionnelle
