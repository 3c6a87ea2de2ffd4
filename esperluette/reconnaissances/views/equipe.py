"""La reconnaissance vue de l'équipe : ce que l'ARS a décidé, ce que l'annuaire publie, et le choix de l'équipe."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, moi, page
from esperluette.reconnaissances import actions, droits
from esperluette.reconnaissances.models import Reconnaissance


@require_http_methods(["GET", "HEAD", "POST"])
@avec_equipe("reconnaissance")
def reconnaissance(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Lire ses reconnaissances ; le porteur publie les coordonnées de l'équipe à l'annuaire, ou les en retire."""
    siennes = list(Reconnaissance.objects.filter(equipe=equipe).select_related("region").order_by("-debut", "pk"))
    for sienne in siennes:
        sienne.equipe = equipe  # déjà lue, membres compris
    if request.method == "POST":
        return _choisir(request, equipe, siennes)
    coordonnees = [equipe.courriel, equipe.telephone, equipe.adresse]
    return page(
        request,
        equipe,
        "../reconnaissances/equipe",
        "reconnaissance",
        reconnaissances=[(r, droits.peut_choisir_la_publication(request.user, r)) for r in siennes],
        coordonnees=[c for c in coordonnees if c],
    )


def _choisir(request: HttpRequest, equipe: Equipe, siennes: list[Reconnaissance]) -> HttpResponse:
    choisie = next((r for r in siennes if str(r.pk) == request.POST.get("reconnaissance")), None)
    if choisie is None:
        raise Http404("Cette reconnaissance n’est pas celle de l’équipe.")
    exiger(droits.peut_choisir_la_publication(request.user, choisie))
    publier = request.POST.get("coordonnees") == "oui"
    try:
        actions.choisir_la_publication(choisie, acteur=moi(request), coordonnees=publier)
    except ErreurMetier as refus:
        messages.error(request, str(refus))
    else:
        suite = "paraissent à l’annuaire" if publier else "ne paraissent plus à l’annuaire"
        messages.success(request, f"Les coordonnées de l’équipe {suite}. Vous pouvez changer d’avis ici.")
    return redirect("reconnaissances:equipe", pk=equipe.pk)
