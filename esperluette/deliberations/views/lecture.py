"""La lecture d'un membre : ses séances, sa file, la fiche d'un dossier, son avis écrit, son déport."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from esperluette.commissions.models import Point, Seance, Siege
from esperluette.commissions.preparation import convocations_recues
from esperluette.commissions.regles import regles_de
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.deliberations.actions import lecture as actions
from esperluette.deliberations.actions.commun import ChampEnConflit
from esperluette.deliberations.actions.deports import se_deporter
from esperluette.deliberations.actions.saisies import Reponse
from esperluette.deliberations.droits import peut_evaluer, peut_mener, peut_voter
from esperluette.deliberations.enums import Sens
from esperluette.deliberations.forms import DeportForm
from esperluette.deliberations.lectures import (
    avis_des_autres,
    avis_du_point,
    convocation_de,
    file_de,
    grille_du,
    seances_de,
    seances_menees,
    syntheses,
)
from esperluette.deliberations.models import Evaluation, Tenue
from esperluette.deliberations.views.commun import dernier_depot, en_json, point_lisible, seance_connue, veut_du_json
from esperluette.documents.reponses import telecharger as telecharger_document
from esperluette.dossiers.documents import apercu_du_depot, pieces_du_depot
from esperluette.dossiers.lectures_pieces import PieceMontree, montrer, pieces_deposees
from esperluette.dossiers.models import Depot
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.reponses import telecharger, vignette


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les séances où l'on siège."""
    contexte = {
        "convocations": list(convocations_recues(request.user)), "menees": seances_menees(request.user),
        "seances": list(seances_de(request.user)[:40]),
    }  # fmt: skip
    return render(request, "deliberations/liste.html", contexte)


@login_required
@lecture_seule
def seance(request: HttpRequest, pk: int) -> HttpResponse:
    """La file d'un membre : ce qu'il a lu, ce qui reste, où reprendre."""
    une, siege = seance_connue(request, pk)
    file = file_de(request.user, une, siege)
    if siege is None and peut_mener(request.user, une):
        return redirect("deliberations:cockpit", pk)
    return render(
        request,
        "deliberations/seance.html",
        {
            "seance": une, "siege": siege, "file": file, "suivant": file.suivant(),
            "mene": peut_mener(request.user, une), "convocation": convocation_de(request.user, une),
            "pv": getattr(une, "proces_verbal", None),
        },
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lecture(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """La fiche de lecture d'un dossier ; on y écrit son avis, on le rend, on passe, on vote par écrit."""
    une, siege = seance_connue(request, pk)
    lu = point_lisible(request, une, point)
    if request.method != "POST":
        return _page(request, une, lu, siege)
    try:
        reponse = _geste(request, lu)
    except ChampEnConflit as conflit:
        reponse = Reponse("conflit", str(conflit), version=conflit.version, valeur=conflit.valeur)
    except Refus as refus:
        if not veut_du_json(request):
            raise_refus(refus)
        reponse = Reponse("refus", str(refus))
    except ErreurMetier as erreur:
        reponse = Reponse("refus", str(erreur))
    if veut_du_json(request):
        return en_json(reponse)
    if reponse.statut != "ok":
        messages.error(request, reponse.message)
        return _page(request, une, lu, siege, statut=422, saisi=request.POST)
    if reponse.message:
        messages.success(request, reponse.message)
    if request.POST.get("geste") in ("rendre", "passer"):
        suivant = file_de(request.user, une, siege).suivant(lu)
        return redirect("deliberations:lecture", pk, suivant.pk) if suivant else redirect("deliberations:seance", pk)
    return redirect("deliberations:lecture", pk, point)


def raise_refus(refus: Refus) -> None:
    """Un refus de droit est un 403, avec sa raison."""
    from esperluette.commun.permissions import non  # noqa: PLC0415 — évite un nom de plus en tête

    exiger(non(str(refus)))


def _geste(request: HttpRequest, point: Point) -> Reponse:
    geste, acteur = request.POST.get("geste", ""), request.user
    if geste == "champ":
        version = request.POST.get("version", "0")
        _, ecrite = actions.enregistrer(
            point, request.POST.get("champ", ""), request.POST.get("valeur", ""),
            version_lue=int(version) if version.isdecimal() and len(version) < 10 else 0, acteur=acteur,
        )  # fmt: skip
        return Reponse("ok", version=ecrite)
    if geste in ("enregistrer", "rendre"):
        _tout_enregistrer(request, point)
        if geste == "enregistrer":
            return Reponse("ok", "Votre lecture est enregistrée.")
        actions.rendre(point, acteur=acteur)
        return Reponse("ok", "Votre avis est rendu.")
    if geste == "reprendre":
        actions.reprendre(point, acteur=acteur)
        return Reponse("ok", "Vous pouvez corriger votre avis ; les autres membres ne le voient plus.")
    if geste == "passer":
        actions.passer(point, acteur=acteur)
        return Reponse("ok")
    if geste == "voter":
        voix = actions.voter(point, request.POST.get("sens", ""), acteur=acteur)
        return Reponse("ok", f"Votre voix est enregistrée : {voix.get_sens_display().lower()}.")
    raise ErreurMetier("Ce geste n’existe pas. Rechargez la page.")


def _tout_enregistrer(request: HttpRequest, point: Point) -> None:
    """Le formulaire entier, sans script : chaque champ avec la version affichée."""
    for nom in request.POST:
        champ = nom.removeprefix("champ-")
        if champ == nom:
            continue
        version = request.POST.get(f"version-{champ}", "0")
        actions.enregistrer(
            point, champ, request.POST[nom], acteur=request.user,
            version_lue=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )  # fmt: skip


def _page(
    request: HttpRequest, seance: Seance, point: Point, siege: Siege | None, *, statut: int = 200, saisi: object = None
) -> HttpResponse:
    depot = dernier_depot(point)
    mienne = Evaluation.objects.filter(point=point, compte=request.user).first()
    file = file_de(request.user, seance, siege)
    tenue = Tenue.objects.filter(seance=seance).first()
    contexte = {
        "seance": seance, "point": point, "siege": siege, "file": file, "rang": file.rang(point),
        "suivant": file.suivant(point), "synthese": syntheses([point])[point.pk], "depot": depot,
        "apercu": apercu_du_depot(depot) if depot else "", "pieces": _pieces(seance, point, depot, request.user),
        "grille": grille_du(point.dossier), "mienne": mienne, "possibles": regles_de(seance.instance).avis,
        "autres": avis_des_autres(point, request.user, mienne), "saisi": saisi,
        "evaluer": peut_evaluer(siege, point), "voter": peut_voter(siege, point, tenue), "tenue": tenue,
        "avis": avis_du_point(point), "sens": Sens.choices,
        "ma_voix": point.voix.filter(siege=siege).first() if siege else None,
    }  # fmt: skip
    return render(request, "deliberations/lecture.html", contexte, status=statut)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deport(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """Se déporter : un motif, une confirmation ; le dossier disparaît."""
    une, siege = seance_connue(request, pk)
    lu = point_lisible(request, une, point)
    form = DeportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            se_deporter(lu, acteur=request.user, motif=form.cleaned_data["motif"])
        except ErreurMetier as erreur:
            form.refuser(erreur)
        else:
            messages.success(
                request, f"Vous êtes déporté sur le dossier {lu.dossier.reference} : vous ne le verrez plus."
            )
            return redirect("deliberations:seance", pk)
    return render(
        request, "deliberations/deport.html", {"seance": une, "point": lu, "form": form, "siege": siege},
        status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
@lecture_seule
def depot(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """Le PDF du dernier dépôt."""
    une, _ = seance_connue(request, pk)
    dernier = dernier_depot(point_lisible(request, une, point))
    if dernier is None or dernier.document is None:
        raise Http404("Ce document n’existe pas encore.")
    return telecharger_document(dernier.document)


def _pieces(seance: Seance, point: Point, depot: Depot | None, lecteur: Any) -> list[PieceMontree]:
    if depot is None:
        return []
    depot.dossier = point.dossier
    return montrer(pieces_deposees(depot, lecteur)[0], "deliberations", seance.pk, point.pk)


@login_required
@lecture_seule
def piece(request: HttpRequest, pk: int, point: int, piece: int) -> HttpResponse:
    """Une pièce jointe au dernier dépôt."""
    return telecharger(_piece_lisible(request, pk, point, piece), lecteur=request.user)


@login_required
@lecture_seule
def piece_vignette(request: HttpRequest, pk: int, point: int, piece: int) -> HttpResponse:
    """L'aperçu d'une pièce, aux mêmes droits que la pièce."""
    return vignette(_piece_lisible(request, pk, point, piece), lecteur=request.user)


def _piece_lisible(request: HttpRequest, pk: int, point: int, piece: int) -> Fichier:
    une, _ = seance_connue(request, pk)
    lu = point_lisible(request, une, point)
    dernier = dernier_depot(lu)
    if dernier is None or piece not in {p["piece"] for p in pieces_du_depot(dernier)}:
        raise Http404("Cette pièce n’est pas dans le dossier déposé.")
    return get_object_or_404(lu.dossier.pieces.select_related("fichier"), pk=piece).fichier
