"""Ce que toute réponse doit à la personne qui la lit."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class AdresseDeBouton:
    """Une adresse qui n'accepte que l'envoi d'un bouton, ouverte comme une page, s'explique.

    On y arrive en se reconnectant au milieu d'un geste, ou en rechargeant : Django répondrait une page blanche.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        if reponse.status_code != 405 or request.method != "GET" or reponse.content:
            return reponse
        page = render(request, "405.html", status=405)
        page["Allow"] = reponse["Allow"]
        return page
