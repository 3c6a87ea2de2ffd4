"""L'espace de l'agent : la liste de son périmètre, la fiche d'un dossier, la prise en instruction."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.lectures import fonctions_actives
from esperluette.documents.reponses import telecharger as telecharger_document
from esperluette.dossiers.cycle import TRANSITIONS, permission
from esperluette.dossiers.documents import apercu_du_depot, pieces_du_depot
from esperluette.dossiers.lectures import phrase_pour
from esperluette.dossiers.models import Depot, Dossier
from esperluette.fichiers.reponses import telecharger
from esperluette.instruction import actions
from esperluette.instruction.forms import FiltresForm
from esperluette.instruction.lectures import (
    corbeilles,
    dossiers_de,
    est_agent,
    filtre_corbeille,
    pour_la_liste,
    regions_de,
    territoires_de,
)
from esperluette.journal.lectures import evenements_de

PAR_PAGE = 25


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les dossiers reçus : corbeilles chiffrées, filtres, table."""
    if not est_agent(request.user):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    filtres = FiltresForm(request.GET or None, territoires=territoires_de(request.user))
    corbeille = request.GET.get("corbeille", "")
    dossiers = filtres.filtrer(dossiers_de(request.user)) if filtres.is_bound else dossiers_de(request.user)
    paquets = corbeilles(request.user)
    pages = Paginator(pour_la_liste(dossiers.filter(filtre_corbeille(corbeille, request.user))), PAR_PAGE)
    if not any(request.GET.get(nom) for nom in filtres.RESTRICTIFS):
        # Les corbeilles viennent de les compter : une requête de moins.
        nombres = {paquet.cle: paquet.nombre for paquet in paquets}
        pages.count = nombres.get(corbeille, nombres[""])
    page = pages.get_page(request.GET.get("page"))
    lignes = [(d, phrase_pour(d, "agent")) for d in page]
    requete = request.GET.copy()
    requete.pop("page", None)
    gabarit = "instruction/liste.html" + ("#tableau" if request.htmx and not request.htmx.boosted else "")
    return render(
        request,
        gabarit,
        {
            "filtres": filtres, "page": page, "lignes": lignes, "corbeille": corbeille,
            "corbeilles": paquets, "requete": requete.urlencode(),
            "mes_regions": regions_de(request.user),
            "fonctions": [] if paquets[-1].nombre else fonctions_actives(request.user),
        },
    )  # fmt: skip


def _dossier(request: HttpRequest, reference: str) -> Dossier:
    return get_object_or_404(
        dossiers_de(request.user).select_related(
            "equipe__implantation__epci", "equipe__implantation__departement", "equipe__implantation__region",
            "instruit_par",
        ),
        reference=reference,
    )  # fmt: skip


def _depot(dossier: Dossier, numero: int | None = None) -> Depot:
    """Un dépôt reçu par l'ARS, le dernier par défaut ; les versions jamais déposées restent à l'équipe."""
    depots = dossier.depots.filter(depose_le__isnull=False).select_related("document", "accuse")
    return get_object_or_404(depots, numero=numero) if numero is not None else depots[0]


@login_required
@lecture_seule
def fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Le dossier : où il en est, ce qui a été déposé, son journal."""
    dossier = _dossier(request, reference)
    depots = list(dossier.depots.filter(depose_le__isnull=False).select_related("document", "accuse"))
    return render(
        request,
        "instruction/fiche.html",
        {
            "dossier": dossier,
            "depots": depots,
            "depot": depots[0],
            "phrase": phrase_pour(dossier, "agent"),
            "apercu": apercu_du_depot(depots[0]),
            "pieces": pieces_du_depot(depots[0]),
            "evenements": evenements_de(dossier)[:200],
            "prendre": permission(dossier, "prendre_en_instruction", request.user),
            "rendre": permission(dossier, "rendre", request.user),
        },
    )


@login_required
@lecture_seule
def version(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Un dépôt précédent, tel qu'il a été signé et reçu."""
    dossier = _dossier(request, reference)
    depot = _depot(dossier, numero)
    return render(
        request,
        "instruction/version.html",
        {"dossier": dossier, "depot": depot, "apercu": apercu_du_depot(depot), "pieces": pieces_du_depot(depot)},
    )


@login_required
@lecture_seule
def document(request: HttpRequest, reference: str, numero: int, sorte: str) -> HttpResponse:
    """Le PDF d'un dépôt (`document.pdf`) ou son accusé (`document.accuse`)."""
    depot = _depot(_dossier(request, reference), numero)
    produit = {"pdf": depot.document, "accuse": depot.accuse}.get(sorte)
    if produit is None:
        raise Http404("Ce document n’existe pas encore.")
    return telecharger_document(produit)


@login_required
@lecture_seule
def piece(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Une pièce jointe, si elle figure dans un dépôt reçu."""
    dossier = _dossier(request, reference)
    recues = dossier.depots.filter(depose_le__isnull=False).values_list("contenu__pieces", flat=True)
    if pk not in {p["piece"] for pieces in recues for p in pieces}:
        raise Http404("Cette pièce n’est pas dans le dossier reçu.")
    return telecharger(get_object_or_404(dossier.pieces.select_related("fichier"), pk=pk).fichier)


def _geste(request: HttpRequest, reference: str, geste: str, succes: str) -> HttpResponse:
    dossier = _dossier(request, reference)
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
