"""L'annuaire public des équipes reconnues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.portail.cache import publique


@publique
def liste(request: HttpRequest) -> HttpResponse:
    """Les équipes reconnues, région par région."""
    return render(request, "portail/annuaire.html")
