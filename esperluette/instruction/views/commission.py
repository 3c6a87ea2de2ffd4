"""L'onglet « Commission » d'un dossier : l'inscrire à une séance, l'en retirer, voir où il est déjà passé."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from esperluette.commissions import actions
from esperluette.commissions.droits import concerne
from esperluette.commissions.enums import Issue
from esperluette.commissions.forms import InscriptionForm, MotifForm
from esperluette.commissions.inscriptions import (
    hors_delai,
    instance_prevue,
    instances_de,
    places_restantes,
    point_actif,
    seances_ouvertes_a,
)
from esperluette.commissions.models import Point, Seance
from esperluette.commun.dates import en_lettres
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.formulaires import Formulaire
from esperluette.commun.vues import exiger
from esperluette.deliberations.lectures import en_commission
from esperluette.dossiers.cycle import permission
from esperluette.dossiers.droits import peut_inscrire
from esperluette.dossiers.models import Dossier
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche

METHODES = ["GET", "HEAD", "POST"]


@require_http_methods(METHODES)
@login_required
def commission(request: HttpRequest, reference: str) -> HttpResponse:
    """Les séances ouvertes au dossier, ou celle où il passe ; son passé devant la commission."""
    dossier = dossier_instruit(request, reference)
    point = point_actif(dossier)
    seances = [] if point else seances_ouvertes_a(dossier)
    form = InscriptionForm(
        request.POST if request.method == "POST" else None, choix=[(str(s.pk), _libelle(dossier, s)) for s in seances]
    )
    if request.method == "POST" and form.is_valid():
        seance = next(s for s in seances if str(s.pk) == form.cleaned_data["seance"])
        motif = form.cleaned_data["motif_hors_delai"]
        if _essayer(form, lambda: actions.inscrire(dossier, seance, acteur=request.user, motif_hors_delai=motif)):
            messages.success(request, f"Le dossier passe le {en_lettres(seance.date)} ; l’équipe en est prévenue.")
            return redirect("instruction:commission", reference=reference)
    return page_de_fiche(
        request, dossier, "commission", "instruction/commission.html",
        statut=422 if form.is_bound and form.errors else 200,
        point=point, form=form, seances=seances, instances=list(instances_de(dossier)),
        prevue=instance_prevue(dossier), permission=permission(dossier, "inscrire", request.user),
        peut_retirer=bool(point and permission(dossier, "desinscrire", request.user) and point.seance.en_preparation),
        voit_la_seance=bool(point and concerne(request.user, point.seance.instance)),
        passes=_passes(dossier), commission=en_commission(dossier),
    )  # fmt: skip


def _libelle(dossier: Dossier, seance: Seance) -> str:
    parties = [f"{seance.instance}, le {en_lettres(seance.date)}"]
    reste = places_restantes(seance)
    if reste is not None:
        parties.append(f"{reste} place{'s' if reste > 1 else ''}" if reste > 0 else "complète")
    if hors_delai(dossier, seance):
        parties.append("date limite de dépôt dépassée : motif à donner")
    elif seance.depot_avant:
        parties.append(f"dépôt avant le {en_lettres(seance.depot_avant)}")
    return " — ".join(parties)


def _passes(dossier: Dossier) -> list[Point]:
    """Ses passages précédents, le dernier d'abord."""
    points = Point.objects.filter(dossier=dossier).exclude(issue=Issue.A_EXAMINER)
    return list(points.select_related("seance__instance__departement").order_by("-pk"))


@require_http_methods(METHODES)
@login_required
def retirer(request: HttpRequest, reference: str) -> HttpResponse:
    """Retirer le dossier de sa séance, avec un motif que l'équipe lira."""
    dossier = dossier_instruit(request, reference)
    point = point_actif(dossier)
    if point is None:
        raise Http404("Ce dossier n’est inscrit à aucune séance.")
    exiger(peut_inscrire(request.user, dossier))
    form = MotifForm(
        request.POST if request.method == "POST" else None,
        libelle="Pourquoi il ne passe plus",
        aide="L’équipe le lira.",
    )
    if request.method == "POST" and form.is_valid():
        motif = form.cleaned_data["motif"]
        if _essayer(form, lambda: actions.desinscrire(point, acteur=request.user, motif=motif)):
            messages.success(request, "Le dossier ne passe plus à cette séance ; l’équipe en est prévenue.")
            return redirect("instruction:commission", reference=reference)
    return page_de_fiche(
        request, dossier, "commission", "instruction/commission_retirer.html", point=point, form=form,
        statut=422 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def _essayer(form: Formulaire, geste: Any) -> bool:
    try:
        geste()
    except Refus as refus:
        raise PermissionDenied(str(refus)) from refus
    except ErreurMetier as refus:
        form.refuser(refus)
        return False
    return True
