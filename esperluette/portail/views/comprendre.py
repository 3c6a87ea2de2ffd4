"""Comprendre avant de se lancer : tout vient du référentiel, le socle complété par la région choisie."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.portail.cache import publique
from esperluette.portail.comprendre import page_comprendre
from esperluette.portail.views.commun import adresse_lue


@publique
def comprendre(request: HttpRequest) -> HttpResponse:
    """Ce qui vaut partout, et ce qu'ajoute la région choisie."""
    page = page_comprendre(adresse_lue(request).get("region", ""))
    return render(request, "portail/comprendre.html", {"page": page})
