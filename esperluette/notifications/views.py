"""La boîte locale, où les courriels se lisent en démonstration au lieu de partir ; et le choix de ce qu'on reçoit."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from esperluette.commun.vues import lecture_seule
from esperluette.notifications import lectures, sortes
from esperluette.notifications.actions import choisir
from esperluette.notifications.enums import Rythme
from esperluette.notifications.gabarits import pied_de
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
    entier = f"{objet.texte}\n{pied_de(objet.gabarit)}"
    texte = entier.replace(settings.ADRESSE_PUBLIQUE, f"{request.scheme}://{request.get_host()}")
    contexte = {"courriel": objet, "texte": texte, "code": lectures.code_de(objet)}
    return render(request, "notifications/courriel.html", contexte)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choix(request: HttpRequest) -> HttpResponse:
    """Mes notifications : pour chaque sorte d'événement, tout de suite, une fois par jour, ou jamais."""
    if request.method == "POST":
        prefixe = "rythme-"
        choix = {cle.removeprefix(prefixe): valeur for cle, valeur in request.POST.items() if cle.startswith(prefixe)}
        change = choisir(request.user, choix)
        messages.success(request, "Vos choix sont enregistrés." if change else "Rien n’a changé.")
        return redirect("notifications:choix")
    rythmes = lectures.rythmes_de(request.user)
    sections = [
        (public, [(s, rythmes[s.cle]) for s in sortes.toutes() if s.public == public])
        for public in sortes.publics_de(request.user)
    ]
    contexte = {"sections": [s for s in sections if s[1]], "rythmes": list(Rythme)}
    return render(request, "notifications/choix.html", contexte)
