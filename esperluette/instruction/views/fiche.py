"""La fiche d'un dossier côté agent : ce qui a été déposé, son journal, et les gestes directs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.documents.reponses import telecharger as telecharger_document
from esperluette.dossiers.cycle import TRANSITIONS, permission
from esperluette.dossiers.documents import apercu_du_depot
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.models import Depot, Dossier
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.reponses import telecharger, vignette
from esperluette.instruction import actions
from esperluette.instruction.depot_lu import depot_a_lire
from esperluette.instruction.fiche_equipe import fiche_de_l_equipe
from esperluette.instruction.grille import grille_du_dossier
from esperluette.instruction.journal_forms import JournalForm
from esperluette.instruction.lectures import dossiers_de
from esperluette.instruction.lectures_de_depot import commencer_la_lecture, ecarts_de, marquer_lu
from esperluette.instruction.pieces import pieces_recues
from esperluette.instruction.presence import faire_signe, presents
from esperluette.instruction.views.commun import (
    LONGUEUR_REFERENCE,
    depot_recu,
    dossier_instruit,
    faire_signe_a_l_ouverture,
    page_de_fiche,
)
from esperluette.journal.lectures import evenements_de

EVENEMENTS_PAR_PAGE = 50


def commencer_a_lire(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Fait signe, et retient à la première visite la version qu'on a sous les yeux : la suite s'y comparera."""

    @wraps(vue)
    def emballee(request: HttpRequest, reference: str) -> HttpResponse:
        if request.method == "GET" and len(reference) <= LONGUEUR_REFERENCE:
            dossier: Any = dossiers_de(request.user).filter(reference=reference).only("pk").first()
            if dossier is not None:
                faire_signe(dossier, request.user)
                commencer_la_lecture(dossier, request.user)
        return vue(request, reference)

    return emballee


@login_required
@commencer_a_lire
@lecture_seule
def fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Le dépôt, ce qui y a changé depuis qu'on l'a lu, la grille à côté, l'équipe."""
    dossier = dossier_instruit(request, reference)
    depots = _depots(dossier)
    depot = depots[0]
    depuis_ma_lecture, depuis_le_precedent = ecarts_de(dossier, depots, request.user)
    pieces, retirees = pieces_recues(depots, depot, request.user)
    return page_de_fiche(
        request, dossier, "dossier", "instruction/fiche.html", depots=depots, depot=depot,
        apercu=depot_a_lire(depot, remarquable=bool(peut_instruire(request.user, dossier))),
        pieces=pieces, pieces_retirees=retirees, depuis_ma_lecture=depuis_ma_lecture,
        depuis_le_precedent=depuis_le_precedent,
        grille=grille_du_dossier(dossier, request.user), equipe=fiche_de_l_equipe(dossier),
        rendre=permission(dossier, "rendre", request.user),
    )  # fmt: skip


@login_required
@require_POST
def lu(request: HttpRequest, reference: str) -> HttpResponse:
    """J'ai lu ce dépôt : la prochaine comparaison partira de lui."""
    dossier = dossier_instruit(request, reference)
    numero = request.POST.get("numero", "")
    depot = depot_recu(dossier, int(numero) if numero.isdecimal() and len(numero) < 6 else 0)
    marquer_lu(dossier, depot, acteur=request.user)
    messages.success(request, f"La version {depot.numero} est lue. La prochaine se comparera à elle.")
    return redirect("instruction:fiche", reference=reference)


@login_required
@require_POST
def presence(request: HttpRequest, reference: str) -> HttpResponse:
    """Je regarde encore ; et qui d'autre ? Demandé toutes les trente secondes par la page."""
    dossier = dossier_instruit(request, reference)
    faire_signe(dossier, request.user)
    return render(
        request, "instruction/_presents.html", {"dossier": dossier, "presents": presents(dossier, request.user)}
    )


@login_required
@faire_signe_a_l_ouverture
@lecture_seule
def journal(request: HttpRequest, reference: str) -> HttpResponse:
    """Ce qui s'est passé sur ce dossier : qui, quoi, quand."""
    dossier = dossier_instruit(request, reference)
    tous = evenements_de(dossier, *dossier.lignes_de_grille.all())
    filtres = JournalForm(request.GET or None, evenements=tous)
    pages = Paginator(filtres.filtrer(tous), EVENEMENTS_PAR_PAGE)
    requete = request.GET.copy()
    requete.pop("page", None)
    return page_de_fiche(
        request, dossier, "journal", "instruction/journal.html", filtres=filtres,
        page=pages.get_page(request.GET.get("page")), requete=requete.urlencode(),
    )  # fmt: skip


@login_required
@lecture_seule
def version(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Un dépôt précédent, tel qu'il a été signé et reçu."""
    dossier = dossier_instruit(request, reference)
    depot = depot_recu(dossier, numero)
    depot.dossier = dossier
    pieces, retirees = pieces_recues(_depots(dossier), depot, request.user)
    return render(
        request, "instruction/version.html",
        {
            "dossier": dossier, "depot": depot, "apercu": apercu_du_depot(depot), "pieces": pieces,
            "pieces_retirees": retirees,
        },
    )  # fmt: skip


@login_required
@lecture_seule
def document(request: HttpRequest, reference: str, numero: int, sorte: str) -> HttpResponse:
    """Le PDF d'un dépôt (`document.pdf`) ou son accusé (`document.accuse`)."""
    depot = depot_recu(dossier_instruit(request, reference), numero)
    produit = {"pdf": depot.document, "accuse": depot.accuse}.get(sorte)
    if produit is None:
        raise Http404("Ce document n’existe pas encore.")
    return telecharger_document(produit)


@login_required
@lecture_seule
def piece(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Une pièce jointe, si elle figure dans un dépôt reçu."""
    return telecharger(_piece_recue(request, reference, pk), lecteur=request.user)


@login_required
@lecture_seule
def piece_vignette(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """L'aperçu d'une pièce, aux mêmes droits que la pièce."""
    return vignette(_piece_recue(request, reference, pk), lecteur=request.user)


def _piece_recue(request: HttpRequest, reference: str, pk: int) -> Fichier:
    dossier = dossier_instruit(request, reference)
    recues = dossier.depots.filter(depose_le__isnull=False).values_list("contenu__pieces", flat=True)
    if pk not in {p["piece"] for pieces in recues for p in pieces}:
        raise Http404("Cette pièce n’est pas dans le dossier reçu.")
    return get_object_or_404(dossier.pieces.select_related("fichier"), pk=pk).fichier


def _depots(dossier: Dossier) -> list[Depot]:
    """Les dépôts reçus, le dernier d'abord ; ils partagent l'objet dossier, déjà lu avec son équipe."""
    depots = list(dossier.depots.filter(depose_le__isnull=False).select_related("document", "accuse"))
    for depot in depots:
        depot.dossier = dossier
    return depots


def _geste(request: HttpRequest, reference: str, geste: str, succes: str) -> HttpResponse:
    dossier = dossier_instruit(request, reference)
    exiger(TRANSITIONS[geste].droit(request.user, dossier))
    try:
        getattr(actions, geste)(dossier, acteur=request.user)
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        messages.success(request, succes)
    return redirect("instruction:fiche", reference=reference)


@login_required
@require_POST
def prendre(request: HttpRequest, reference: str) -> HttpResponse:
    """Prendre en instruction."""
    return _geste(
        request, reference, "prendre_en_instruction", "Vous instruisez ce dossier. L’équipe en est prévenue."
    )


@login_required
@require_POST
def rendre(request: HttpRequest, reference: str) -> HttpResponse:
    """Rendre un dossier pris par erreur."""
    return _geste(request, reference, "rendre", "Le dossier est de nouveau à prendre. L’équipe en est prévenue.")
