"""La fiche d'un dossier côté agent : ce qui a été déposé, son journal, et les gestes directs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.documents.reponses import telecharger as telecharger_document
from esperluette.dossiers.cycle import TRANSITIONS, permission
from esperluette.dossiers.documents import apercu_du_depot, pieces_du_depot
from esperluette.fichiers.reponses import telecharger
from esperluette.instruction import actions
from esperluette.instruction.views.commun import depot_recu, dossier_instruit, page_de_fiche
from esperluette.journal.lectures import evenements_de


@login_required
@lecture_seule
def fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Le dossier : où il en est, ce qui a été déposé, son journal."""
    dossier = dossier_instruit(request, reference)
    depots = list(dossier.depots.filter(depose_le__isnull=False).select_related("document", "accuse"))
    return page_de_fiche(
        request, dossier, "dossier", "instruction/fiche.html", depots=depots, depot=depots[0],
        apercu=apercu_du_depot(depots[0]), pieces=pieces_du_depot(depots[0]),
        evenements=evenements_de(dossier)[:200], rendre=permission(dossier, "rendre", request.user),
    )  # fmt: skip


@login_required
@lecture_seule
def version(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Un dépôt précédent, tel qu'il a été signé et reçu."""
    dossier = dossier_instruit(request, reference)
    depot = depot_recu(dossier, numero)
    return render(
        request,
        "instruction/version.html",
        {"dossier": dossier, "depot": depot, "apercu": apercu_du_depot(depot), "pieces": pieces_du_depot(depot)},
    )


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
    dossier = dossier_instruit(request, reference)
    recues = dossier.depots.filter(depose_le__isnull=False).values_list("contenu__pieces", flat=True)
    if pk not in {p["piece"] for pieces in recues for p in pieces}:
        raise Http404("Cette pièce n’est pas dans le dossier reçu.")
    return telecharger(get_object_or_404(dossier.pieces.select_related("fichier"), pk=pk).fichier)


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
