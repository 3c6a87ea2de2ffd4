"""Confier un dossier à un agent, depuis sa fiche."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger
from esperluette.instruction import affectations
from esperluette.instruction.absences import absence_de
from esperluette.instruction.forms import AffecterForm
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def affecter(request: HttpRequest, reference: str) -> HttpResponse:
    """À qui le confier, pourquoi, et à qui il est déjà revenu."""
    dossier = dossier_instruit(request, reference)
    exiger(affectations.peut_affecter(request.user, dossier))
    form = AffecterForm(request.POST if request.method == "POST" else None, agents=affectations.agents_pour(dossier))
    if request.method == "POST" and form.is_valid():
        agent = form.cleaned_data["agent"]
        try:
            affectations.affecter(dossier, agent, acteur=request.user, motif=form.cleaned_data["motif"])
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, _dire(agent))
            return redirect("instruction:fiche", reference=reference)
    historique = dossier.affectations.select_related("agent", "ancien", "par")[:50]
    return page_de_fiche(
        request, dossier, "affecter", "instruction/affecter.html", statut=422 if form.errors else 200,
        form=form, historique=historique,
    )  # fmt: skip


def _dire(agent: object) -> str:
    absence = absence_de(agent)
    suite = f" Absent jusqu’au {absence.fin:%d/%m/%Y} : {absence.relais} le relaie." if absence else ""
    return f"Le dossier revient à {agent}, qui en est prévenu.{suite}"
