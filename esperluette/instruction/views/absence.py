"""« Mon absence » : les jours, le relais ; et, pour l'administrateur régional, celles de ses agents."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.instruction import absences
from esperluette.instruction.forms import AbsenceForm
from esperluette.instruction.models import Absence

RESERVEE = "Cette page est celle des agents de l’ARS et de leur administrateur régional."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: HttpRequest) -> HttpResponse:
    """Noter une absence ; voir celles à venir, et qui l'on relaie."""
    agents = absences.agents_tenus_par(request.user)
    if not agents:
        raise PermissionDenied(RESERVEE)
    voulu = request.POST.get("agent") or request.GET.get("agent", "")
    agent = next((a for a in agents if str(a.pk) == voulu), agents[0])
    form = AbsenceForm(request.POST if request.method == "POST" else None, collegues=absences.relais_possibles(agent))
    if request.method == "POST" and form.is_valid():
        try:
            absences.poser(agent, acteur=request.user, **form.cleaned_data)
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(
                request, f"C’est noté : {form.cleaned_data['relais']} relaie {_qui(agent, request.user)}."
            )
            return redirect("instruction:absences")
    a_venir = Absence.objects.valables().filter(fin__gte=timezone.localdate()).select_related("compte", "relais")
    contexte = {
        "form": form, "agent": agent, "agents": agents, "moi": agent == request.user,
        "absences": a_venir.filter(compte__in=agents), "relayes": a_venir.filter(relais=request.user),
        "collegues": bool(form.fields["relais"].agents),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "instruction/absences.html", contexte, status=422 if form.errors else 200)


def _qui(agent: Compte, lecteur: object) -> str:
    return "vos dossiers" if agent == lecteur else f"les dossiers de {agent}"


@login_required
@require_POST
def lever(request: HttpRequest, pk: int) -> HttpResponse:
    """De retour, ou plus d'absence."""
    agents = absences.agents_tenus_par(request.user)
    absence = get_object_or_404(Absence.objects.select_related("compte"), pk=pk, compte__in=agents)
    absences.lever(absence, acteur=request.user)
    messages.success(request, f"L’absence est levée : {_qui(absence.compte, request.user)} lui reviennent.")
    return redirect("instruction:absences")
