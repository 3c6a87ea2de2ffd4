"""La boîte de départ : ce qui attend d'être relu, signé, notifié ; tout part ensemble, et l'on dit ce qui reste."""

import zipfile
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from esperluette.commun.vues import lecture_seule
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role
from esperluette.decisions import courriels, droits
from esperluette.decisions.actions.depart import notifier_ensemble
from esperluette.decisions.enums import EtatDecision
from esperluette.decisions.lectures import boite_de_depart, choisies, courrier_de, reponse_promise, voies_de
from esperluette.decisions.models import Decision

ENSEMBLE = 40  # courriers notifiés d'un coup : chacun a son PDF
EN_TROP = f"Choisissez {ENSEMBLE} décisions au plus à la fois."


def agents_seulement(request: HttpRequest) -> None:
    """403, avec la raison, à qui n'est pas agent ; l'administrateur lit, sans rien pouvoir faire."""
    if not a_un_role(request.user, *Role.LECTEURS):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")


@login_required
@lecture_seule
def boite(request: HttpRequest) -> HttpResponse:
    """Les décisions en chemin, par ce qu'elles attendent."""
    agents_seulement(request)
    compte: Any = request.user
    lignes: list[dict[str, Any]] = [
        {
            "decision": d,
            "promise": reponse_promise(d.dossier, deduire=False),
            "signer": droits.peut_signer(compte, d),
            "notifier": droits.peut_notifier(compte, d),
            # Retiré, classé, en attente de l'équipe : la décision préparée ne peut plus aboutir telle quelle.
            "perdue": "" if d.dossier.etat in droits.A_DECIDER else d.dossier.etat_enum.libelle_pour("agent"),
        }
        for d in boite_de_depart(compte)
    ]
    paquets = [
        ("signer", "À relire et à signer", [li for li in lignes if li["decision"].est_en_preparation]),
        ("notifier", "Signées, à notifier", [li for li in lignes if not li["decision"].est_en_preparation]),
    ]
    contexte = {"paquets": paquets, "nombre": len(lignes), "decide": any(li["signer"] for li in lignes)}
    return render(request, "decisions/boite.html", contexte)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifier(request: HttpRequest) -> HttpResponse:
    """Ce qui part, à qui, sous quelle forme (GET) ; puis le départ et son compte rendu (POST)."""
    agents_seulement(request)
    compte: Any = request.user
    donnees = request.POST if request.method == "POST" else request.GET
    voulues = donnees.getlist("d")
    decisions = choisies(compte, voulues, (EtatDecision.SIGNEE,))
    if len(decisions) > ENSEMBLE:
        messages.error(request, EN_TROP)
        return redirect("decisions:boite")
    refus = next((p.motif for d in decisions if not (p := droits.peut_notifier(compte, d))), "")
    if refus:
        raise PermissionDenied(refus)
    if not decisions:
        vide = "Cochez au moins une décision." if not voulues else "Ces décisions ne sont plus à notifier."
        messages.error(request, vide)
        return redirect("decisions:boite")
    if request.method == "POST":
        departs = notifier_ensemble(decisions, acteur=compte)
        contexte = {"parties": [d for d in departs if d.partie], "restees": [d for d in departs if not d.partie]}
        return render(request, "decisions/compte_rendu.html", contexte)
    return render(
        request,
        "decisions/notifier.html",
        {"envois": [_envoi(d) for d in decisions], "perdues": _perdues(voulues, decisions)},
    )


def _perdues(voulues: list[str], decisions: list[Decision]) -> int:
    return max(0, len(set(voulues)) - len(decisions))


def _envoi(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision,
        "courrier": courrier_de(decision),
        "destinataires": courriels.destinataires_de(decision.dossier),
        "aboutir": droits.peut_aboutir(decision.signee_par, decision) if decision.signee_par else None,
        "voies": voies_de(decision.dossier),
    }


@login_required
@lecture_seule
def courriers_signes(request: HttpRequest) -> HttpResponse:
    """Les courriers signés qu'on a cochés, en PDF, dans une archive à relire ou à imprimer."""
    agents_seulement(request)
    decisions = choisies(request.user, request.GET.getlist("d"), (EtatDecision.SIGNEE,))[:ENSEMBLE]
    if not decisions:
        messages.error(request, "Cochez au moins une décision signée.")
        return redirect("decisions:boite")
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as paquet:
        for decision in decisions:
            courrier = courrier_de(decision)
            if courrier is None or courrier.document is None:
                continue
            with courrier.document.fichier.open("rb") as contenu:
                paquet.writestr(courrier.document.nom, contenu.read())
    reponse = HttpResponse(archive.getvalue(), content_type="application/zip")
    reponse["Content-Disposition"] = 'attachment; filename="courriers-signes.zip"'
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
