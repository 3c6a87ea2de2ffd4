"""La reconnaissance vue de l'équipe : ce que l'ARS a décidé, ce que l'annuaire publie, et le choix de l'équipe."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.documents.reponses import telecharger
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, moi, page
from esperluette.reconnaissances import droits
from esperluette.reconnaissances.actions import reconnaissance as actions
from esperluette.reconnaissances.actions import retrait as retraits
from esperluette.reconnaissances.forms import ObservationsForm
from esperluette.reconnaissances.lectures import alerte_ouverte, reconnaissances_de, retrait_ouvert
from esperluette.reconnaissances.models import Reconnaissance, Retrait
from esperluette.reconnaissances.tableau import phrase_de_l_alerte


@require_http_methods(["GET", "HEAD", "POST"])
@avec_equipe("reconnaissance")
def reconnaissance(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Lire ses reconnaissances ; le porteur publie les coordonnées de l'équipe à l'annuaire, ou les en retire."""
    siennes = reconnaissances_de(equipe)
    if request.method == "POST":
        return _choisir(request, equipe, siennes)
    coordonnees = [equipe.courriel, equipe.telephone, equipe.adresse]
    lignes = []
    for sienne in siennes:
        alerte, retrait = alerte_ouverte(sienne), retrait_ouvert(sienne)
        lignes.append(
            {
                "r": sienne,
                "peut_choisir": droits.peut_choisir_la_publication(request.user, sienne),
                "alerte": phrase_de_l_alerte(alerte) if alerte else "",
                "retrait": retrait,
                "decides": [r for r in sienne.retraits.all() if not r.est_ouvert],
            }
        )
    return page(
        request, equipe, "reconnaissances/equipe", "reconnaissance", lignes=lignes,
        coordonnees=[c for c in coordonnees if c],
    )  # fmt: skip


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


@avec_equipe("attestation")
@lecture_seule
def attestation(request: HttpRequest, equipe: Equipe, numero: int) -> HttpResponse:
    """L'attestation de la reconnaissance, telle qu'elle a été gardée."""
    sienne = next((r for r in reconnaissances_de(equipe) if r.pk == numero), None)
    if sienne is None or sienne.attestation is None:
        raise Http404("Cette attestation n’existe pas.")
    return telecharger(sienne.attestation)


@require_http_methods(["GET", "HEAD", "POST"])
@avec_equipe("retrait")
def repondre(request: HttpRequest, equipe: Equipe, numero: int) -> HttpResponse:
    """Lire les motifs du retrait envisagé ; le porteur y répond au nom de l'équipe."""
    retrait = _retrait(equipe, numero)
    peut = droits.peut_repondre(request.user, retrait)
    form = ObservationsForm(
        request.POST if request.method == "POST" else None, initial={"observations": retrait.observations}
    )
    if request.method == "POST":
        exiger(peut)
        if form.is_valid():
            try:
                retraits.repondre(retrait, acteur=moi(request), observations=form.cleaned_data["observations"])
            except ErreurMetier as refus:
                form.refuser(refus)
            else:
                messages.success(request, "Vos observations sont envoyées à l’ARS. Vous pouvez encore les reprendre.")
                return redirect("reconnaissances:repondre", pk=equipe.pk, numero=retrait.pk)
    return page(
        request,
        equipe,
        "reconnaissances/repondre",
        "reconnaissance",
        form=form,
        retrait=retrait,
        peut_repondre=peut,
    )


def _retrait(equipe: Equipe, numero: int) -> Retrait:
    for sienne in reconnaissances_de(equipe):
        for retrait in sienne.retraits.all():
            if retrait.pk == numero:
                retrait.reconnaissance = sienne
                return retrait
    raise Http404("Cette procédure n’est pas celle de l’équipe.")
