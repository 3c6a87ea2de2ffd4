"""Les équipes reconnues d'une région : enregistrer une décision déjà prononcée, la corriger, y mettre fin."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from esperluette.administration import lectures
from esperluette.administration.forms import CorrectionForm, ReconnaissanceForm
from esperluette.administration.views.outils import dans_la_region, moi, page
from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import lecture_seule
from esperluette.reconnaissances.actions import reconnaissance as actions
from esperluette.reconnaissances.droits import peut_reconnaitre_quelque_part
from esperluette.territoires.models import Region

CHAMPS = ("debut", "decision_texte", "fondement", "fin", "publiee")


@lecture_seule
@dans_la_region(peut_reconnaitre_quelque_part)
def liste(request: HttpRequest, region: Region) -> HttpResponse:
    """Les reconnaissances de la région, les plus récentes d'abord."""
    reconnaissances = list(lectures.reconnaissances_de(moi(request), region))
    return page(request, region, "reconnaissances", "reconnaissances", reconnaissances=reconnaissances)


@require_http_methods(["GET", "HEAD", "POST"])
@dans_la_region(peut_reconnaitre_quelque_part)
def ajouter(request: HttpRequest, region: Region) -> HttpResponse:
    """Enregistrer la reconnaissance d'une équipe, déjà prononcée."""
    equipes = {str(e.pk): e for e in lectures.equipes_a_reconnaitre(moi(request), region)}
    form = ReconnaissanceForm(request.POST or None, equipes=equipes.values(), initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        choisie = form.cleaned_data.pop("equipe")
        try:
            reconnaissance = actions.reconnaitre(
                equipes[choisie], acteur=moi(request), reprise=True, **form.cleaned_data
            )
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, f"La reconnaissance de « {reconnaissance.equipe} » est enregistrée.")
            return redirect("administration:reconnaissances", cle=region.cle)
    return page(
        request, region, "reconnaitre", "reconnaissances",
        form=form, sans_equipe=not equipes, statut=422 if form.errors else 200,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@dans_la_region(peut_reconnaitre_quelque_part)
def corriger(request: HttpRequest, region: Region, pk: int) -> HttpResponse:
    """Corriger une reconnaissance, la retirer de l'annuaire, y mettre fin ; dessous, son histoire."""
    reconnaissance = get_object_or_404(lectures.reconnaissances_de(moi(request), region), pk=pk)
    initial = {champ: getattr(reconnaissance, champ) for champ in CHAMPS}
    form = CorrectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.corriger_la_reconnaissance(reconnaissance, acteur=moi(request), **form.cleaned_data)
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, f"La reconnaissance de « {reconnaissance.equipe} » est corrigée.")
            return redirect("administration:reconnaissances", cle=region.cle)
    return page(
        request, region, "reconnaissance", "reconnaissances",
        form=form, reconnaissance=reconnaissance, histoire=lectures.histoire_de(reconnaissance),
        statut=422 if form.errors else 200,
    )  # fmt: skip
