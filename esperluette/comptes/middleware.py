"""Une session qui finit pendant qu'on écrit : le dire, sans remplacer la page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string


class SessionFinie:
    """Une requête htmx renvoyée vers la connexion reçoit 401 et l'événement `esp:deconnecte`.

    Sans cela, htmx suivrait la redirection et poserait la page de connexion à la place du champ. Avec 401,
    il ne touche à rien : ce qui était saisi reste à l'écran, et la page peut proposer de se reconnecter.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or reponse.status_code != 302:
            return reponse
        if urlsplit(reponse["Location"]).path != resolve_url(settings.LOGIN_URL):
            return reponse
        corps = render_to_string("comptes/_session_finie.html", request=request)
        return HttpResponse(corps, status=401, headers={"HX-Trigger": "esp:deconnecte"})
