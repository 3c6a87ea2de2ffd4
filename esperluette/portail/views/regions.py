"""Les régions : ce que chacune demande, donne, et ne dit pas."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.commun.vues import lecture_seule
from esperluette.documents.enums import Format
from esperluette.portail import regions as lectures
from esperluette.portail.cache import fichier_public, publique
from esperluette.portail.plan import editions_du_jour
from esperluette.portail.trames import trame_a_telecharger
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


@lecture_seule
def trame(request: HttpRequest, cle: str, demarche: str, nature: str) -> HttpResponse:
    """La trame vierge d'une démarche, dans un format à remplir ou à imprimer."""
    vierge = trame_a_telecharger(cle, demarche, nature)
    if vierge is None:
        raise Http404("Cette trame n’existe pas.")

    def reponse() -> HttpResponse:
        fichier = HttpResponse(vierge.octets(), content_type=Format.TYPES_MIME[nature])
        fichier["Content-Disposition"] = f'attachment; filename="{vierge.nom}"'
        fichier["X-Content-Type-Options"] = "nosniff"
        return fichier

    return fichier_public(request, vierge.etag, reponse)
