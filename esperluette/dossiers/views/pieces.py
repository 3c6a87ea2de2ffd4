"""Les pièces jointes : les voir, en joindre, les télécharger, les retirer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from esperluette.commun.erreurs import Refus
from esperluette.commun.permissions import Permission
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.actions.redaction import joindre_piece, retirer_piece
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.forms import PieceForm
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import PIECES, ouvert_a_l_ecriture
from esperluette.dossiers.views.commun import confirmer, connexion_requise, dossier_visible, page
from esperluette.fichiers.actions import FichierRefuse
from esperluette.fichiers.reponses import telecharger


@connexion_requise
def pieces(request: HttpRequest, reference: str) -> HttpResponse:
    """La liste des pièces, et de quoi en joindre une."""
    vue = _joindre if request.method == "POST" else _lister
    return vue(request, dossier_visible(request, reference))


@lecture_seule
def _lister(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    initial = {"nature": request.GET.get("nature", "")}
    return _page(request, dossier, PieceForm(initial=initial, attendues=demarche_de(dossier).pieces))


def _page(request: HttpRequest, dossier: Dossier, form: PieceForm, *, statut: int = 200) -> HttpResponse:
    jointes = list(dossier.pieces.filter(retiree_le=None).select_related("fichier", "jointe_par"))
    natures = {p.nature for p in jointes}
    attendues = demarche_de(dossier).pieces
    return page(
        request, "pieces", dossier, onglet="pieces", statut=statut, form=form, pieces=jointes,
        ecriture=_peut_joindre(request, dossier),
        manquantes=[p for p in attendues if p.id not in natures],
        libelles={p.id: p.libelle for p in attendues},
    )  # fmt: skip


def _peut_joindre(request: HttpRequest, dossier: Dossier) -> Permission:
    return peut_rediger(request.user, dossier) and ouvert_a_l_ecriture(dossier, PIECES)


def _joindre(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    exiger(_peut_joindre(request, dossier))
    form = PieceForm(request.POST, request.FILES, attendues=demarche_de(dossier).pieces)
    if not form.is_valid():
        return _page(request, dossier, form, statut=422)
    try:
        piece = joindre_piece(
            dossier,
            form.cleaned_data["fichier"],
            libelle=form.cleaned_data["libelle"],
            nature=form.cleaned_data["nature"],
            acteur=request.user,
        )
    except FichierRefuse as refus:
        form.add_error("fichier", str(refus))
        return _page(request, dossier, form, statut=422)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    messages.success(request, f"« {piece.libelle} » est jointe au dossier.")
    return redirect("dossiers:pieces", dossier.reference)


@connexion_requise
@lecture_seule
def piece(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Télécharge une pièce, même retirée : elle a pu figurer dans un dépôt."""
    dossier = dossier_visible(request, reference)
    return telecharger(get_object_or_404(dossier.pieces.select_related("fichier"), pk=pk).fichier)


@connexion_requise
def retirer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Confirme, puis retire une pièce du brouillon."""
    dossier = dossier_visible(request, reference)
    exiger(_peut_joindre(request, dossier))
    piece = get_object_or_404(dossier.pieces.filter(retiree_le=None).select_related("dossier__equipe"), pk=pk)
    if request.method == "POST":
        try:
            retirer_piece(piece, acteur=request.user)
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        messages.success(request, f"« {piece.libelle} » ne fait plus partie du dossier.")
        return redirect("dossiers:pieces", dossier.reference)
    return confirmer(
        request, dossier, onglet="pieces", titre=f"Retirer « {piece.libelle} » ?",
        effets=[
            "La pièce ne fera plus partie de la prochaine version du dossier.",
            "Elle reste dans les versions déjà figées ou déposées où elle figurait.",
        ],
        bouton="Retirer cette pièce", retour=reverse("dossiers:pieces", args=[dossier.reference]),
    )  # fmt: skip
