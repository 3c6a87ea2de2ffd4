"""Convoquer (aperçu, envoi, relance) ; et, pour le convoqué, sa page : quoi, quand, où, sa réponse, ses déports."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commissions import actions, courriels, cycle, droits, ics
from esperluette.commissions.actions.convocations import a_convoquer, en_urgence, mandataires_possibles
from esperluette.commissions.contributions import lecture_de
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.forms import ConvoquerForm, MotifForm, ReponseForm
from esperluette.commissions.horaires import heures_de_passage
from esperluette.commissions.horaires import ou as ou_est
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Convocation, Deport, InvitationDePorteur, MandatDeSiege, Point, Seance
from esperluette.commissions.preparation import ordre_du_jour
from esperluette.commissions.regles import regles_de
from esperluette.commissions.views.outils import dans_la_seance, envoi, essayer, faire, moi, page, statut
from esperluette.commun.vues import exiger, lecture_seule

FORMULAIRE = ["GET", "HEAD", "POST"]


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def convoquer(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Qui sera convoqué, avec quel ordre du jour ; hors délai, l'urgence se motive."""
    regles = regles_de(seance.instance, seance.date)
    urgent = en_urgence(seance, regles)
    form = ConvoquerForm(envoi(request), urgent=urgent)
    permission = cycle.permission(seance, "convoquer", request.user)
    if request.method == "POST" and form.is_valid():
        urgence = form.cleaned_data.get("urgence", "")
        convoquee = essayer(form, lambda: actions.convoquer(seance, acteur=moi(request), urgence=urgence))
        if convoquee is not None:
            messages.success(request, "Les convocations sont parties, avec leur invitation d’agenda.")
            return redirect("commissions:seance", pk=seance.pk)
    elif request.method == "GET" and not permission:
        messages.info(request, permission.motif)
        return redirect("commissions:seance", pk=seance.pk)
    return page(
        request, "convoquer", instance=seance.instance, seance=seance, form=form, regles=regles, urgent=urgent,
        membres=a_convoquer(seance), lignes=ordre_du_jour(seance, request.user), ou=ou_est(seance),
        statut=statut(form),
    )  # fmt: skip


@require_POST
@dans_la_seance(droits.peut_preparer)
def relancer(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Rappeler leur convocation à ceux qui n'ont pas répondu."""
    nombre = faire(request, lambda: actions.relancer(seance, acteur=moi(request)), "")
    if nombre:
        messages.success(request, f"{nombre} rappel{'s' if nombre > 1 else ''} envoyé{'s' if nombre > 1 else ''}.")
    elif nombre == 0:
        messages.info(request, "Personne à relancer : chacun a répondu, ou a déjà été relancé aujourd’hui.")
    return redirect("commissions:seance", pk=seance.pk)


@require_POST
@dans_la_seance(droits.peut_preparer)
def completer(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Convoquer ceux dont le mandat est arrivé après l'envoi."""
    nombre = faire(request, lambda: actions.completer_les_convocations(seance, acteur=moi(request)), "")
    if nombre:
        messages.success(request, f"{nombre} convocation{'s' if nombre > 1 else ''} de plus.")
    return redirect("commissions:seance", pk=seance.pk)


# --- Pour le convoqué ---------------------------------------------------------------------------------


def la_mienne(request: HttpRequest, jeton: UUID) -> Convocation:
    """Sa convocation ; 404 pour tout autre compte, si elle a été retirée, ou si son mandat est fini."""
    mandats = MandatDeSiege.objects.en_cours().filter(compte=moi(request), siege=OuterRef("siege"))
    convocations = Convocation.objects.filter(
        Exists(mandats), compte=moi(request), retiree_le=None, envoyee_le__isnull=False
    )
    convocations = convocations.select_related(
        "seance__instance__region", "seance__instance__departement", "siege", "mandataire"
    )
    return get_object_or_404(convocations, jeton=jeton)


@require_http_methods(FORMULAIRE)
@login_required
def convocation(request: HttpRequest, jeton: UUID) -> HttpResponse:
    """Ma convocation : la voir la marque vue ; y répondre."""
    mienne = la_mienne(request, jeton)
    regles = regles_de(mienne.seance.instance, mienne.seance.date)
    form = ReponseForm(
        envoi(request),
        mandataires=mandataires_possibles(mienne),
        maximum=regles.mandats_par_membre,
        initial={"reponse": mienne.reponse, "mandataire": mienne.mandataire_id or ""},
    )
    if request.method == "POST" and form.is_valid():
        reponse = form.cleaned_data["reponse"]
        faite = essayer(
            form,
            lambda: actions.repondre(mienne, acteur=moi(request), reponse=reponse, mandataire=form.le_mandataire()),
        )
        if faite is not None:
            messages.success(request, f"C’est noté : {faite.get_reponse_display().lower()}.")
            return redirect("commissions:convocation", jeton=jeton)
    if request.method == "GET":
        actions.marquer_vue(mienne)
    return render(request, "commissions/convocation.html", _contexte(request, mienne, form), status=statut(form))


def _contexte(request: HttpRequest, mienne: Convocation, form: ReponseForm) -> dict[str, Any]:
    seance = mienne.seance
    tous = list(seance.points.a_l_ordre_du_jour())
    heures = heures_de_passage(seance, tous)
    visibles = points_visibles(moi(request)).filter(seance=seance).order_by("ordre", "pk")
    visibles = visibles.select_related("dossier__equipe__implantation__departement", "rapporteur")
    deports = Deport.objects.en_vigueur().filter(point__seance=seance, compte=moi(request))
    return {
        "convocation": mienne,
        "seance": seance,
        "instance": seance.instance,
        "form": form,
        "points": [(p, heures.get(p.pk), lecture_de(p)) for p in visibles],
        "deports": list(deports.exclude(point__issue=Issue.RETIRE)),
        "en_cours": seance.etat in EtatDeSeance.ACTIVES,
        "ou": ou_est(seance),
        "a_venir": seance.date >= timezone.localdate(),
    }


@lecture_seule
@login_required
def agenda(request: HttpRequest, jeton: UUID) -> HttpResponse:
    """L'invitation d'agenda de cette convocation."""
    mienne = la_mienne(request, jeton)
    methode = ics.CANCEL if mienne.seance.etat == EtatDeSeance.ANNULEE else ics.REQUEST
    return _en_ics(courriels.piece_jointe(mienne, methode))


def _en_ics(piece: Any) -> HttpResponse:
    reponse = HttpResponse(piece.contenu, content_type=piece.type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{piece.nom}"'
    return reponse


@require_http_methods(FORMULAIRE)
@login_required
def se_deporter(request: HttpRequest, jeton: UUID, point: int) -> HttpResponse:
    """Je suis intéressé à ce dossier : je m'en écarte."""
    mienne = la_mienne(request, jeton)
    objet: Point = get_object_or_404(
        points_visibles(moi(request)).select_related("dossier__equipe", "seance__instance"),
        pk=point,
        seance=mienne.seance,
    )
    exiger(droits.peut_se_deporter(moi(request), objet))
    form = MotifForm(
        envoi(request),
        libelle="En quoi vous y êtes intéressé",
        aide="Le secrétariat le lira ; le procès-verbal dit le déport, pas son motif.",
    )
    if request.method == "POST" and form.is_valid():
        motif = form.cleaned_data["motif"]
        compte = moi(request)
        if essayer(form, lambda: actions.deporter(objet, compte, acteur=compte, motif=motif)) is not None:
            messages.success(request, "Votre déport est noté : ce dossier n’est plus dans votre espace.")
            return redirect("commissions:convocation", jeton=jeton)
    contexte = {"convocation": mienne, "seance": mienne.seance, "instance": mienne.seance.instance, "point": objet}
    return render(request, "commissions/se_deporter.html", contexte | {"form": form}, status=statut(form))


@require_http_methods(["GET", "HEAD"])
@login_required
def presentation(request: HttpRequest, jeton: UUID) -> HttpResponse:
    """Le porteur invité : quand, où, combien de temps. Rien d'autre de la commission."""
    invitations = InvitationDePorteur.objects.filter(compte=moi(request)).select_related(
        "point__seance__instance__departement", "point__dossier__equipe"
    )
    invitation = get_object_or_404(invitations, jeton=jeton)
    InvitationDePorteur.objects.filter(pk=invitation.pk, vue_le=None).update(vue_le=timezone.now())
    seance = invitation.point.seance
    contexte = {
        "invitation": invitation, "point": invitation.point, "seance": seance, "instance": seance.instance,
        "ou": ou_est(seance), "maintenue": invitation.annulee_le is None and seance.etat in EtatDeSeance.ACTIVES,
    }  # fmt: skip
    return render(request, "commissions/presentation.html", contexte)
