"""Le diagnostic public d'une intercommunalité."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.portail import territoires as lectures
from esperluette.portail.cache import publique
from esperluette.portail.views.commun import adresse_lue


@publique
def liste(request: HttpRequest) -> HttpResponse:
    """Trouver une intercommunalité : par son nom, par une commune, ou dans sa région."""
    donnees = adresse_lue(request)
    saisie = donnees.get("q", "").strip()[: lectures.LONGUEUR_MAXIMALE]
    regions = lectures.regions()
    region = next((r for r in regions if r.cle == donnees.get("region")), None)
    contexte = {
        "saisie": saisie,
        "trouvees": lectures.chercher(saisie),
        "regions": regions,
        "region": region,
        "epcis": lectures.de_la_region(region) if region else [],
    }
    return render(request, "portail/territoires/liste.html", contexte)


@publique
def epci(request: HttpRequest, siren: str) -> HttpResponse:
    """Les chiffres d'une intercommunalité, face à son département, sa région, la France ; une carte au choix."""
    trouve = lectures.territoire(siren, adresse_lue(request).get("carte", ""))
    if trouve is None:
        raise Http404("Cette intercommunalité n’est pas connue.")
    return render(request, "portail/territoires/epci.html", {"territoire": trouve})
