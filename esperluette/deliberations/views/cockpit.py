"""Le cockpit : un dossier par écran. Chaque champ part seul ; la page entière tient hors connexion."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commissions.cycle import permission
from esperluette.commissions.enums import EtatDeSeance, Modalite
from esperluette.commissions.models import Seance
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import non
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.deliberations.actions.cloture import clore as clore_la_seance
from esperluette.deliberations.actions.cloture import faute_de_quorum
from esperluette.deliberations.actions.saisies import recevoir
from esperluette.deliberations.actions.seance import choisir_la_lecture
from esperluette.deliberations.actions.seance import ouvrir as ouvrir_la_seance
from esperluette.deliberations.droits import peut_mener
from esperluette.deliberations.ecran import Cockpit, cockpit_de
from esperluette.deliberations.forms import OuvertureEcriteForm
from esperluette.deliberations.lectures import apres_le_sien, sans_issue
from esperluette.deliberations.views.commun import en_json, seance_connue, veut_du_json


def _seance_menee(request: HttpRequest, pk: int) -> Seance:
    seance, _ = seance_connue(request, pk)
    exiger(peut_mener(request.user, seance))
    return seance


@login_required
@lecture_seule
def cockpit(request: HttpRequest, pk: int) -> HttpResponse:
    """La séance menée : avant l'ouverture, pendant, ou son procès-verbal une fois close."""
    seance = _seance_menee(request, pk)
    if seance.etat == EtatDeSeance.CLOSE:
        return redirect("deliberations:proces_verbal", pk)
    if seance.etat != EtatDeSeance.OUVERTE:
        return _avant(request, seance, OuvertureEcriteForm(initial=_fin_proposee(seance)))
    ecran = cockpit_de(seance, request.user, point=request.GET.get("point", ""))
    return render(request, "deliberations/cockpit.html", _contexte(ecran))


def _contexte(ecran: Cockpit) -> dict[str, object]:
    return {"seance": ecran.seance, "ecran": ecran, "table": ecran.table, "cle": lambda: str(uuid.uuid4())}


def _fin_proposee(seance: Seance) -> dict[str, object]:
    return {"jour": seance.date, "heure": seance.heure.strftime("%H:%M") if seance.heure else "18:00"}


def _avant(request: HttpRequest, seance: Seance, form: OuvertureEcriteForm, statut: int = 200) -> HttpResponse:
    ecran = cockpit_de(seance, request.user, point=request.GET.get("point", ""))
    contexte = _contexte(ecran) | {
        "ouvrir": permission(seance, "ouvrir", request.user), "form": form,
        "ecrite": seance.modalite == Modalite.ECRITE,
        "apres_le_sien": apres_le_sien(seance.instance),
    }  # fmt: skip
    return render(request, "deliberations/avant.html", contexte, status=statut)


@login_required
@require_POST
def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Ouvrir la séance, ou la consultation écrite jusqu'à une date."""
    seance = _seance_menee(request, pk)
    fin = None
    if seance.etat == EtatDeSeance.OUVERTE:
        return redirect("deliberations:cockpit", pk)
    if seance.modalite == Modalite.ECRITE:
        form = OuvertureEcriteForm(request.POST)
        if not form.is_valid():
            return _avant(request, seance, form, 422)
        fin = form.fin()
    try:
        ouvrir_la_seance(seance, acteur=request.user, vote_jusqu_a=fin)
    except Refus as refus:
        exiger(non(str(refus)))
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        messages.success(request, "La séance est ouverte. Notez d’abord qui est là.")
    return redirect("deliberations:cockpit", pk)


@login_required
@require_POST
def saisies(request: HttpRequest, pk: int) -> HttpResponse:
    """Recevoir une saisie, de nos scripts (JSON) ou d'un formulaire ordinaire (on revient au point)."""
    seance = _seance_menee(request, pk)
    reponse = recevoir(seance, geste=request.POST.get("geste", ""), donnees=request.POST.dict(), acteur=request.user)
    if veut_du_json(request):
        return en_json(reponse)
    if reponse.statut != "ok":
        valeur = request.POST.get("valeur") or request.POST.get("texte") or ""
        garde = f" Votre texte : « {valeur[:2000]} »" if valeur.strip() else ""
        messages.error(request, reponse.message + garde)
    retour = reverse("deliberations:cockpit", args=[pk])
    point = request.POST.get("point", "") or request.POST.get("retour", "")
    return redirect(f"{retour}?point={point}" if point.isdecimal() else retour)


@login_required
@lecture_seule
def etat(request: HttpRequest, pk: int) -> HttpResponse:
    """Les zones vivantes de l'écran, pour nos scripts : quorum, présences, sommaire, point."""
    seance = _seance_menee(request, pk)
    if seance.etat != EtatDeSeance.OUVERTE:
        return HttpResponse(status=204)
    ecran = cockpit_de(seance, request.user, point=request.GET.get("point", ""))
    return render(request, "deliberations/_zones.html", _contexte(ecran))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def clore(request: HttpRequest, pk: int) -> HttpResponse:
    """Clore : ce qui va se passer, ce qui manque encore, puis la confirmation."""
    seance = _seance_menee(request, pk)
    if seance.etat == EtatDeSeance.CLOSE:
        return redirect("deliberations:proces_verbal", pk)
    if seance.etat != EtatDeSeance.OUVERTE:
        return redirect("deliberations:cockpit", pk)
    statut = 200
    if request.method == "POST":
        try:
            clore_la_seance(seance, acteur=request.user, reporter=request.POST.get("reporter") == "oui")
        except Refus as refus:
            exiger(non(str(refus)))
        except ErreurMetier as erreur:
            messages.error(request, str(erreur))
            statut = 422
        else:
            messages.success(request, "La séance est close. Le procès-verbal est prêt à relire.")
            return redirect("deliberations:proces_verbal", pk)
    ecran = cockpit_de(seance, request.user)
    restants = sans_issue(p.point for p in ecran.points)
    return render(
        request, "deliberations/clore.html",
        _contexte(ecran) | {"restants": restants, "reporter": faute_de_quorum(restants, ecran.table),
                            "tus": {p.point.pk for p in ecran.points if p.masque}, "maintenant": timezone.now()},
        status=statut,
    )  # fmt: skip


@login_required
@require_POST
def options(request: HttpRequest, pk: int) -> HttpResponse:
    """Montrer ou non les avis écrits avant que chacun ait rendu le sien."""
    seance, _ = seance_connue(request, pk)
    try:
        choisir_la_lecture(seance.instance, apres_le_sien=bool(request.POST.get("apres_le_sien")), acteur=request.user)
    except Refus as refus:
        exiger(non(str(refus)))
    messages.success(request, "Le choix vaut pour toutes les séances de cette instance.")
    return redirect("deliberations:cockpit", pk)
