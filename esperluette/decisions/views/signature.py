"""Ce qui engage l'autorité et demande un code : signer des décisions, en retirer une."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger
from esperluette.comptes import reauthentification
from esperluette.decisions import droits
from esperluette.decisions.actions import apres
from esperluette.decisions.actions.preparation import ECART
from esperluette.decisions.actions.preparation import signer as signer_la_decision
from esperluette.decisions.documents import apercu_du_courrier
from esperluette.decisions.enums import EtatDecision
from esperluette.decisions.forms import RetraitForm, SignatureForm
from esperluette.decisions.lectures import (
    choisies,
    courrier_de,
    derniere_qualite,
    empreinte_de,
    retrait_possible_jusqu_au,
)
from esperluette.decisions.models import Decision
from esperluette.decisions.views.agent import decision_en_cours, page
from esperluette.decisions.views.boite import EN_TROP, agents_seulement
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.droits import peut_decider
from esperluette.instruction.views.commun import dossier_instruit

METHODES = ["GET", "HEAD", "POST"]
ENSEMBLE = 20  # courriers lus et signés d'un coup


@login_required
@require_http_methods(METHODES)
def signer(request: HttpRequest) -> HttpResponse:
    """Lire puis signer une ou plusieurs décisions : les courriers, la qualité, un code pour l'ensemble."""
    agents_seulement(request)
    compte: Any = request.user
    voulues = (request.POST if request.method == "POST" else request.GET).getlist("d")
    decisions = choisies(compte, voulues, EtatDecision.AVANT_NOTIFICATION)
    for decision in decisions:
        exiger(peut_decider(compte, decision.dossier))
    if request.method == "POST" and decisions and all(d.signee_par_id == compte.pk for d in decisions):
        messages.info(request, "Vous avez déjà signé.")  # un double envoi ne se refuse pas
        return redirect("decisions:boite")
    if raison := _empechement(compte, voulues, decisions):
        messages.error(request, raison)
        return redirect("decisions:boite")
    ensemble = empreinte([[d.pk, empreinte_de(d)] for d in decisions])
    if request.method != "POST":
        form = SignatureForm(initial={"qualite": derniere_qualite(compte), "empreinte": ensemble})
        return _page(request, decisions, form, ensemble)
    if request.POST.get("etape") == "code":
        _envoyer_un_code(request, _motif(decisions, ensemble))
        return redirect(_adresse(decisions))
    return _signer(request, decisions, ensemble)


def _empechement(compte: Any, voulues: list[str], decisions: list[Decision]) -> str:
    """Pourquoi on ne signe pas maintenant, en une phrase ; vide si l'on peut."""
    if not decisions:
        return "Ces décisions ne sont plus à signer." if voulues else "Cochez au moins une décision."
    if len(decisions) > ENSEMBLE:
        return EN_TROP
    for decision in decisions:
        if not (possible := droits.peut_signer(compte, decision)):
            return f"{decision.dossier.reference} : {possible.motif}"
    return ""


def _motif(decisions: list[Decision], ensemble: str) -> str:
    """Ce que dira le courriel, et ce à quoi le code est lié : ces décisions, telles qu'affichées."""
    if len(decisions) == 1:
        return f"signer la décision sur le dossier {decisions[0].dossier.reference} ({ensemble[:12]})"
    return f"signer {len(decisions)} décisions ({ensemble[:12]})"


def _adresse(decisions: list[Decision]) -> str:
    return reverse("decisions:signer") + "?" + "&".join(f"d={d.pk}" for d in decisions)


def _envoyer_un_code(request: HttpRequest, motif: str) -> None:
    try:
        reauthentification.demander_code(request, motif=motif)
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        messages.success(request, "Un code vient de vous être envoyé par courriel.")


def _page(
    request: HttpRequest, decisions: list[Decision], form: SignatureForm, ensemble: str, *, statut: int = 200
) -> HttpResponse:
    courriers = [(d, apercu_du_courrier(d, c)) for d in decisions if (c := courrier_de(d))]
    motif = _motif(decisions, ensemble)
    contexte = {
        "courriers": courriers, "decisions": decisions, "form": form, "ensemble": ensemble,
        "code_envoye": form.is_bound or reauthentification.code_en_attente(request, motif=motif),
    }  # fmt: skip
    return render(request, "decisions/signer.html", contexte, status=statut)


def _signer(request: HttpRequest, decisions: list[Decision], ensemble: str) -> HttpResponse:
    compte: Any = request.user
    form = SignatureForm(request.POST)
    if not form.is_valid():
        return _page(request, decisions, form, ensemble, statut=422)
    if form.cleaned_data["empreinte"] != ensemble:
        messages.error(request, ECART)
        return redirect(_adresse(decisions))
    # Ce qui se signe est relevé avant le code : entre-temps, rien d'autre ne peut s'y glisser.
    empreintes = {d.pk: empreinte_de(d) for d in decisions}
    try:
        reauthentification.verifier_code(request, form.cleaned_data["code"], motif=_motif(decisions, ensemble))
    except reauthentification.CodeRefuse as refus:
        form.add_error("code", str(refus))
        return _page(request, decisions, form, ensemble, statut=422)
    signees = 0
    for decision in decisions:
        try:
            signer_la_decision(
                decision, acteur=compte, empreinte=empreintes[decision.pk], qualite=form.cleaned_data["qualite"]
            )
        except ErreurMetier as erreur:
            messages.error(request, f"{decision.dossier.reference} : {erreur}")
        else:
            signees += 1
    if signees:
        pluriel = "s" if signees > 1 else ""
        messages.success(request, f"{signees} décision{pluriel} signée{pluriel}. Il reste à notifier.")
    return redirect("decisions:boite")


@login_required
@require_http_methods(METHODES)
def retirer(request: HttpRequest, reference: str) -> HttpResponse:
    """Retirer une décision favorable : la procédure rappelée, les motifs, un code."""
    dossier = dossier_instruit(request, reference)
    compte: Any = request.user
    exiger(peut_decider(compte, dossier))
    decision = decision_en_cours(dossier)
    if not (possible := droits.peut_retirer(compte, decision)):
        messages.error(request, possible.motif)
        return redirect("decisions:fiche", reference)
    motif_du_code = f"retirer la décision sur le dossier {reference}"
    if request.method == "POST" and request.POST.get("etape") == "code":
        _envoyer_un_code(request, motif_du_code)
        form = RetraitForm(initial=_sans_le_code(request))
        return _page_du_retrait(request, dossier, decision, form)
    form = RetraitForm(request.POST or None, initial={"qualite": derniere_qualite(compte)})
    if request.method == "POST" and form.is_valid():
        try:
            reauthentification.verifier_code(request, form.cleaned_data["code"], motif=motif_du_code)
        except reauthentification.CodeRefuse as refus:
            form.add_error("code", str(refus))
            return _page_du_retrait(request, dossier, decision, form)
        return _retirer(request, dossier.reference, decision, form)
    return _page_du_retrait(request, dossier, decision, form)


def _sans_le_code(request: HttpRequest) -> dict[str, str]:
    """Ce qui était saisi, pour ne rien perdre pendant qu'on attend le code."""
    return {nom: request.POST.get(nom, "") for nom in ("motif", "observations_le", "contradictoire", "qualite")}


def _page_du_retrait(request: HttpRequest, dossier: Any, decision: Decision, form: RetraitForm) -> HttpResponse:
    return page(
        request, dossier, "retirer", statut=422 if form.errors else 200, form=form, decision=decision,
        retrait_avant_le=retrait_possible_jusqu_au(decision),
    )  # fmt: skip


def _retirer(request: HttpRequest, reference: str, decision: Decision, form: RetraitForm) -> HttpResponse:
    valides = form.cleaned_data
    try:
        apres.retirer(
            decision, acteur=request.user, motif=valides["motif"], observations_le=valides["observations_le"],  # type: ignore[arg-type]
            qualite=valides["qualite"],
        )  # fmt: skip
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        messages.success(request, "La décision est retirée. L’équipe reçoit un courriel et lira votre courrier.")
    return redirect("decisions:fiche", reference)
