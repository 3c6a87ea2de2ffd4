"""Les régions : ce que chacune demande, donne, et ne dit pas."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.portail import regions as lectures
from esperluette.portail.cache import publique
from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.lecture import national


@publique
def liste(request: HttpRequest) -> HttpResponse:
    """Les régions décrites, et celles qui ne le sont pas encore."""
    contexte = {"editions": editions_du_jour(), "non_decrites": lectures.regions_non_decrites()}
    return render(request, "portail/regions/liste.html", contexte)


@publique
def chemin(request: HttpRequest, cle: str, forme: str = "") -> HttpResponse:
    """Le chemin d'une région, de la première réunion à la reconnaissance."""
    trouve = lectures.chemin(cle, forme)
    if trouve is not None:
        return render(request, "portail/regions/chemin.html", {"chemin": trouve, "edition": trouve.edition})
    region = None if forme else lectures.region_sans_edition(cle)
    if region is None:
        raise Http404("Cette région n’est pas connue, ou cette forme n’y est pas décrite.")
    contexte = {"region": region, "formes": list(national().formes.values())}
    return render(request, "portail/regions/non_decrite.html", contexte)
