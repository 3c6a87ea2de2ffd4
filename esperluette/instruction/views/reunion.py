"""La réunion sur site : l'onglet de l'agent ; la page de l'équipe, son invitation d'agenda, les documents."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.fichiers.actions import FichierRefuse
from esperluette.fichiers.reponses import telecharger
from esperluette.instruction import reunions, reunions_forms
from esperluette.instruction.models_fiche import PieceDeReunion, ReunionSurSite
from esperluette.instruction.reunions_ics import invitation
from esperluette.instruction.views.commun import dossier_instruit, faire_signe_a_l_ouverture, page_de_fiche

GESTES: dict[str, tuple[Any, Any, str]] = {
    "prevoir": (reunions_forms.PrevoirForm, reunions.prevoir, "La réunion est prévue. L’équipe reçoit l’invitation."),
    "tenir": (reunions_forms.TenirForm, reunions.tenir, "C’est noté : la réunion s’est tenue. L’équipe est prévenue."),
}


@login_required
@faire_signe_a_l_ouverture
@lecture_seule
def reunion(request: HttpRequest, reference: str) -> HttpResponse:
    """Les réunions du dossier, et le geste du moment."""
    return _page(request, dossier_instruit(request, reference), {})


@login_required
@require_POST
def geste(request: HttpRequest, reference: str, nom: str) -> HttpResponse:
    """Prévoir ou déplacer la réunion ; dire qu'elle s'est tenue."""
    dossier = dossier_instruit(request, reference)
    exiger(reunions.peut_organiser(request.user, dossier))
    forme, action, succes = GESTES[nom]
    form = forme(request.POST)
    if form.is_valid() and _faire(request, form, lambda: action(dossier, acteur=request.user, **form.cleaned_data)):
        messages.success(request, succes)
        return redirect("instruction:reunion", reference=reference)
    return _page(request, dossier, {nom: form}, statut=422)


@login_required
@require_POST
def annuler(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Annuler la réunion prévue."""
    dossier, objet = _la_sienne(request, reference, pk)
    if _faire(request, None, lambda: reunions.annuler(objet, acteur=request.user)):
        messages.success(request, "La réunion est annulée. L’équipe en est prévenue.")
    return redirect("instruction:reunion", reference=dossier.reference)


@login_required
@require_POST
def compte_rendu(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Compléter le compte rendu d'une réunion tenue."""
    dossier, objet = _la_sienne(request, reference, pk)
    form = reunions_forms.CompteRenduForm(request.POST)

    def completer() -> object:
        return reunions.rediger_compte_rendu(objet, acteur=request.user, **form.cleaned_data)

    if form.is_valid() and _faire(request, form, completer):
        messages.success(request, "Le compte rendu est enregistré. L’équipe peut le lire.")
        return redirect("instruction:reunion", reference=dossier.reference)
    return _page(request, dossier, {f"cr-{pk}": form}, statut=422)


@login_required
@require_POST
def joindre(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Joindre un document à une réunion."""
    dossier, objet = _la_sienne(request, reference, pk)
    form = reunions_forms.PieceForm(request.POST, request.FILES)

    def ajouter() -> object:
        return reunions.joindre(objet, form.cleaned_data["fichier"], acteur=request.user)

    if form.is_valid() and _faire(request, form, ajouter):
        messages.success(request, "Le document est joint.")
        return redirect("instruction:reunion", reference=dossier.reference)
    return _page(request, dossier, {f"piece-{pk}": form}, statut=422)


@login_required
@lecture_seule
def piece(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Un document d'une réunion, pour l'agent."""
    return _telecharger(request, dossier_instruit(request, reference), pk)


@login_required
@lecture_seule
def agenda(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """L'invitation d'agenda (.ics), pour l'agent."""
    dossier = dossier_instruit(request, reference)
    return _ics(get_object_or_404(dossier.reunions.all(), pk=pk))


# --- L'équipe -----------------------------------------------------------------------------------------------


@connexion_requise
@lecture_seule
def de_l_equipe(request: HttpRequest, reference: str) -> HttpResponse:
    """Ce que l'équipe lit de ses réunions."""
    dossier = dossier_visible(request, reference)
    siennes = reunions.reunions_de(dossier) if dossier.depose_le else []
    return page(request, "instruction/reunion_equipe.html", dossier, onglet="fiche", reunions=siennes)


@connexion_requise
@lecture_seule
def agenda_equipe(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """L'invitation d'agenda (.ics), pour l'équipe."""
    dossier = dossier_visible(request, reference, avec_equipe=False)
    return _ics(get_object_or_404(dossier.reunions.all(), pk=pk))


@connexion_requise
@lecture_seule
def piece_equipe(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Un document d'une réunion, pour l'équipe."""
    return _telecharger(request, dossier_visible(request, reference, avec_equipe=False), pk)


# --- Communs ------------------------------------------------------------------------------------------------


def _la_sienne(request: HttpRequest, reference: str, pk: int) -> tuple[Dossier, ReunionSurSite]:
    dossier = dossier_instruit(request, reference)
    objet = get_object_or_404(dossier.reunions.all(), pk=pk)
    exiger(reunions.peut_organiser(request.user, dossier))
    return dossier, objet


def _faire(request: HttpRequest, form: Any, action: Any) -> bool:
    """Exécute le geste ; un refus métier se montre près de la saisie, ou en tête sans formulaire."""
    try:
        action()
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except FichierRefuse as refus:
        form.add_error("fichier", str(refus))
        return False
    except ErreurMetier as erreur:
        if form is None:
            messages.error(request, str(erreur))
        else:
            form.refuser(erreur)
        return False
    return True


def _page(request: HttpRequest, dossier: Dossier, liees: dict[str, Any], *, statut: int = 200) -> HttpResponse:
    siennes = reunions.reunions_de(dossier)
    prevue = next((r for r in siennes if r.tenue_le is None and r.annulee_le is None), None)
    depart = {"prevue_le": prevue.prevue_le, "heure": prevue.heure} if prevue else {}
    commun = {"lieu": prevue.lieu, "participants": prevue.participants} if prevue else {}
    ecriture = reunions.peut_organiser(request.user, dossier)
    prevoir = liees.get("prevoir") or reunions_forms.PrevoirForm(initial=depart | commun, auto_id="id_prevoir_%s")
    tenir = liees.get("tenir") or reunions_forms.TenirForm(initial=commun, auto_id="id_tenir_%s")
    return page_de_fiche(
        request, dossier, "reunion", "instruction/reunion.html", statut=statut, reunions=_a_montrer(siennes, liees),
        prevue=prevue, ecriture=ecriture, exigee=reunions.est_exigee(dossier),
        prevoir=prevoir, tenir=tenir, tenue=any(r.tenue_le for r in siennes),
    )  # fmt: skip


def _a_montrer(siennes: list[ReunionSurSite], liees: dict[str, Any]) -> list[tuple[ReunionSurSite, Any, Any]]:
    """Chaque réunion, son formulaire de compte rendu et celui de ses documents."""
    return [
        (
            r,
            liees.get(f"cr-{r.pk}")
            or reunions_forms.CompteRenduForm(
                initial={"texte": r.compte_rendu, "participants": r.participants}, auto_id=f"id_cr{r.pk}_%s"
            ),
            liees.get(f"piece-{r.pk}") or reunions_forms.PieceForm(auto_id=f"id_piece{r.pk}_%s"),
        )
        for r in siennes
    ]


def _telecharger(request: HttpRequest, dossier: Dossier, pk: int) -> HttpResponse:
    pieces = PieceDeReunion.objects.filter(reunion__dossier=dossier).select_related("fichier")
    return telecharger(get_object_or_404(pieces, pk=pk).fichier, lecteur=request.user)


def _ics(objet: ReunionSurSite) -> HttpResponse:
    reponse = HttpResponse(invitation(objet), content_type="text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="reunion-{objet.dossier.reference}.ics"'
    return reponse
