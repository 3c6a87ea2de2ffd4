"""Les écrans de l'équipe."""

from django.http import Http404, HttpRequest, HttpResponse


def _a_venir(_request: HttpRequest, **_arguments: object) -> HttpResponse:
    raise Http404


liste = invitation = fiche = membres = _a_venir
