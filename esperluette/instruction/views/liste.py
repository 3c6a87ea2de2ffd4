"""La liste de l'agent : les dossiers de son périmètre."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.commun.vues import lecture_seule
from esperluette.comptes.lectures import fonctions_actives
from esperluette.dossiers.lectures import phrase_pour
from esperluette.instruction.forms import FiltresForm
from esperluette.instruction.lectures import (
    corbeilles,
    dossiers_de,
    est_agent,
    filtre_corbeille,
    pour_la_liste,
    regions_de,
    territoires_de,
)

PAR_PAGE = 25


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les dossiers reçus : corbeilles chiffrées, filtres, table."""
    if not est_agent(request.user):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    filtres = FiltresForm(request.GET or None, territoires=territoires_de(request.user))
    corbeille = request.GET.get("corbeille", "")
    dossiers = filtres.filtrer(dossiers_de(request.user)) if filtres.is_bound else dossiers_de(request.user)
    paquets = corbeilles(request.user)
    pages = Paginator(pour_la_liste(dossiers.filter(filtre_corbeille(corbeille, request.user))), PAR_PAGE)
    if not any(request.GET.get(nom) for nom in filtres.RESTRICTIFS):
        # Les corbeilles viennent de les compter : une requête de moins.
        nombres = {paquet.cle: paquet.nombre for paquet in paquets}
        pages.count = nombres.get(corbeille, nombres[""])
    page = pages.get_page(request.GET.get("page"))
    lignes = [(d, phrase_pour(d, "agent")) for d in page]
    requete = request.GET.copy()
    requete.pop("page", None)
    gabarit = "instruction/liste.html" + ("#tableau" if request.htmx and not request.htmx.boosted else "")
    return render(
        request,
        gabarit,
        {
            "filtres": filtres, "page": page, "lignes": lignes, "corbeille": corbeille,
            "corbeilles": paquets, "requete": requete.urlencode(),
            "mes_regions": regions_de(request.user),
            "fonctions": [] if paquets[-1].nombre else fonctions_actives(request.user),
        },
    )  # fmt: skip
