"""L'aide : une page par rôle, le glossaire, et comment écrire à son référent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.portail.aide import PAR_CLE, ROLES
from esperluette.portail.cache import publique
from esperluette.portail.forms import CommuneForm
from esperluette.portail.glossaire import chapitres
from esperluette.portail.lectures import referents_de
from esperluette.referentiel.lecture import national


@publique
def sommaire(request: HttpRequest) -> HttpResponse:
    """Qui êtes-vous ?"""
    return render(request, "portail/aide/sommaire.html", {"roles": ROLES})


@publique
def role(request: HttpRequest, cle: str) -> HttpResponse:
    """Ce qu'un rôle peut faire ici, dans l'ordre."""
    trouve = PAR_CLE.get(cle)
    if trouve is None:
        raise Http404("Cette page d’aide n’existe pas.")
    return render(request, trouve.gabarit, {"role": trouve, "roles": ROLES})


@publique
def glossaire(request: HttpRequest) -> HttpResponse:
    """Une notion, un mot."""
    contexte = {"chapitres": chapitres(), "zonages": list(national().zonages.values())}
    return render(request, "portail/aide/glossaire.html", contexte)


@publique
def referent(request: HttpRequest) -> HttpResponse:
    """Le contact de chacune de mes équipes, et un message commencé ; sans équipe, une recherche par commune."""
    contexte = {"referents": referents_de(request.user), "form": CommuneForm()}
    return render(request, "portail/aide/referent.html", contexte)
