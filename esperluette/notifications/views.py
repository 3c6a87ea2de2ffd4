"""La boîte locale : en démonstration, les courriels s'y lisent au lieu de partir."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from esperluette.commun.vues import lecture_seule
from esperluette.notifications import lectures
from esperluette.notifications.models import Courriel

PAR_PAGE = 25


def en_demonstration(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 hors démonstration : ailleurs, personne ne lit les courriels des autres."""

    @wraps(vue)
    def emballee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMONSTRATION:
            raise Http404
        return vue(request, *args, **kwargs)

    return emballee


@en_demonstration
@never_cache
@lecture_seule
def boite(request: HttpRequest) -> HttpResponse:
    """Les courriels, du plus récent au plus ancien, avec un filtre par destinataire (`?a=`)."""
    destinataire = request.GET.get("a", "").replace("\x00", "").strip().lower()
    page = Paginator(lectures.boite(destinataire), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "destinataire": destinataire,
        "destinataires": lectures.destinataires(),
        "page": page,
        "courriels": [(courriel, lectures.code_de(courriel)) for courriel in page],
    }
    return render(request, "notifications/boite.html", contexte)


@en_demonstration
@never_cache
@lecture_seule
def courriel(request: HttpRequest, pk: int) -> HttpResponse:
    """Un courriel, et le code qu'il porte mis en évidence."""
    objet = get_object_or_404(Courriel, pk=pk)
    # Le lien d'un courriel mène à ce service, sous l'adresse par laquelle on le visite maintenant.
    texte = objet.texte.replace(settings.ADRESSE_PUBLIQUE, f"{request.scheme}://{request.get_host()}")
    contexte = {"courriel": objet, "texte": texte, "code": lectures.code_de(objet)}
    return render(request, "notifications/courriel.html", contexte)
