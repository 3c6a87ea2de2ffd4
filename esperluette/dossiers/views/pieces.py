"""Les pièces jointes : les voir, en joindre, les remplacer, les dater, les télécharger, les retirer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.commun.permissions import Permission
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.actions.pieces import dater_piece, garder_la_piece, remplacer_piece
from esperluette.dossiers.actions.redaction import joindre_piece, retirer_piece
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.forms import PieceForm, RemplacementForm, ValiditeForm
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.lectures_pieces import pieces_en_place
from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.dossiers.registre import PIECES, ouvert_a_l_ecriture
from esperluette.dossiers.views.commun import confirmer, connexion_requise, dossier_visible, page
from esperluette.fichiers.actions import FichierRefuse
from esperluette.fichiers.reponses import telecharger
from esperluette.fichiers.reponses import vignette as servir_la_vignette


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
    jointes = pieces_en_place(dossier, request.user)
    natures = {lue.piece.nature for lue in jointes}
    attendues = demarche_de(dossier).pieces
    return page(
        request, "pieces", dossier, onglet="pieces", statut=statut, form=form, pieces=jointes,
        ecriture=_peut_joindre(request, dossier),
        manquantes=[p for p in attendues if p.id not in natures],
        libelles={p.id: p.libelle for p in attendues},
        examen_en_cours=any(lue.piece.fichier.a_juger for lue in jointes),
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
            valable_jusqu_au=form.cleaned_data["valable_jusqu_au"],
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
    """Télécharge une pièce, même retirée ou remplacée : elle a pu figurer dans un dépôt."""
    return telecharger(_piece(request, reference, pk).fichier, lecteur=request.user)


@connexion_requise
@lecture_seule
def vignette(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """L'aperçu d'une pièce, aux mêmes droits que la pièce."""
    return servir_la_vignette(_piece(request, reference, pk).fichier, lecteur=request.user)


def _piece(request: HttpRequest, reference: str, pk: int) -> PieceJointe:
    dossier = dossier_visible(request, reference, avec_equipe=False)
    return get_object_or_404(dossier.pieces.select_related("fichier"), pk=pk)


def _a_ecrire(request: HttpRequest, reference: str, pk: int, **filtre: Any) -> PieceJointe:
    """La pièce d'un dossier que la personne peut écrire ; 404 si elle n'y est pas, 403 sans le droit."""
    dossier = dossier_visible(request, reference)
    exiger(_peut_joindre(request, dossier))
    pieces = dossier.pieces.filter(**filtre).select_related("fichier", "jointe_par")
    trouvee = get_object_or_404(pieces, pk=pk)
    trouvee.dossier = dossier
    return trouvee


@connexion_requise
def remplacer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Un nouveau fichier à la place de l'ancien, qui reste dans l'historique."""
    ancienne = _a_ecrire(request, reference, pk)
    dossier, poste = ancienne.dossier, request.method == "POST"
    attendues = [p for p in demarche_de(dossier).pieces if p.id == ancienne.nature]
    form = RemplacementForm(request.POST if poste else None, request.FILES if poste else None, attendues=attendues)
    if poste and form.is_valid():
        try:
            neuve = remplacer_piece(
                ancienne, form.cleaned_data["fichier"], libelle=form.cleaned_data["libelle"],
                valable_jusqu_au=form.cleaned_data["valable_jusqu_au"], acteur=request.user,
            )  # fmt: skip
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except Conflit as conflit:
            messages.error(request, str(conflit))
            return redirect("dossiers:pieces", dossier.reference)
        except FichierRefuse as refus:
            form.add_error("fichier", str(refus))
        else:
            messages.success(request, f"« {neuve.libelle} » est remplacée. L’ancienne reste dans l’historique.")
            return redirect("dossiers:pieces", dossier.reference)
    if not poste and ancienne.retiree_le is not None:
        messages.error(request, f"« {ancienne.libelle} » n’est plus la version en place.")
        return redirect("dossiers:pieces", dossier.reference)
    return page(
        request, "piece_remplacer", dossier, onglet="pieces", form=form, piece=ancienne,
        statut=422 if form.errors else 200,
    )  # fmt: skip


@connexion_requise
def dater(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Dire, ou corriger, jusqu'à quand une pièce vaut."""
    trouvee = _a_ecrire(request, reference, pk, retiree_le=None)
    initial = {"valable_jusqu_au": trouvee.valable_jusqu_au}
    form = ValiditeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            dater_piece(trouvee, form.cleaned_data["valable_jusqu_au"], acteur=request.user)
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        messages.success(request, f"La date de validité de « {trouvee.libelle} » est enregistrée.")
        return redirect("dossiers:pieces", reference)
    return page(
        request, "piece_validite", trouvee.dossier, onglet="pieces", form=form, piece=trouvee,
        statut=422 if form.errors else 200,
    )  # fmt: skip


@connexion_requise
@require_POST
def garder(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """L'avertissement est lu : la pièce a été vérifiée, elle reste."""
    trouvee = _a_ecrire(request, reference, pk, retiree_le=None)
    try:
        garder_la_piece(trouvee, acteur=request.user)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    messages.success(request, f"Vous avez vérifié « {trouvee.libelle} » : l’avertissement n’est plus affiché.")
    return redirect("dossiers:pieces", reference)


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
