"""Télécharger le dossier : le document courant, une version figée, l'accusé de réception."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from esperluette.commun.vues import lecture_seule
from esperluette.documents.moteur import ProductionImpossible, produire
from esperluette.documents.reponses import telecharger
from esperluette.dossiers.contenu import document_du_depot
from esperluette.dossiers.documents import FORMATS, GABARIT, apercu_du_depot, exporter, pieces_du_depot
from esperluette.dossiers.lectures_fiche import manuscrites_de, signatures_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}


def _format_ou_404(format: str) -> str:
    if format not in FORMATS:
        raise Http404("Ce format n’existe pas : pdf, docx ou odt.")
    return format


def _fichier(contenu: bytes, nom: str, format: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type=TYPES[format])
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.{format}"'
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def depot_ou_404(dossier: Dossier, numero: int) -> Depot:
    """Une version de ce dossier, par son numéro."""
    depot: Depot = get_object_or_404(dossier.depots.select_related("document", "accuse"), numero=numero)
    depot.dossier = dossier
    return depot


@connexion_requise
@lecture_seule
def document(request: HttpRequest, reference: str, format: str) -> HttpResponse:
    """Le document courant : la version figée ou déposée s'il y en a une, sinon le brouillon."""
    dossier = dossier_visible(request, reference)
    try:
        contenu = exporter(dossier, _format_ou_404(format))
    except ProductionImpossible as erreur:
        messages.error(request, f"Le document n’a pas pu être produit : {erreur}")
        return redirect("dossiers:fiche", reference)
    suffixe = "-brouillon" if dossier.est_modifiable else ""
    return _fichier(contenu, f"{dossier.reference}{suffixe}", format)


@connexion_requise
@lecture_seule
def version(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Une version figée, telle qu'elle a été signée."""
    dossier = dossier_visible(request, reference)
    depot = depot_ou_404(dossier, numero)
    return page(
        request, "version", dossier, onglet="fiche", depot=depot, apercu=apercu_du_depot(depot),
        pieces=pieces_du_depot(depot), signataires=signatures_de(depot, request.user),
        manuscrites=manuscrites_de(depot),
    )  # fmt: skip


@connexion_requise
@lecture_seule
def version_document(request: HttpRequest, reference: str, numero: int, format: str) -> HttpResponse:
    """Une version figée dans un format ; le PDF déposé est celui qui a été gardé."""
    dossier = dossier_visible(request, reference)
    depot = depot_ou_404(dossier, numero)
    if _format_ou_404(format) == "pdf" and depot.document is not None:
        return telecharger(depot.document)
    try:
        contenu = produire(GABARIT, document_du_depot(depot), format)
    except ProductionImpossible as erreur:
        messages.error(request, f"Le document n’a pas pu être produit : {erreur}")
        return redirect("dossiers:version", reference, numero)
    return _fichier(contenu, f"{dossier.reference}-v{numero}", format)


@connexion_requise
@lecture_seule
def accuse(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """L'accusé de réception d'un dépôt ; 404 tant qu'il se prépare."""
    depot = depot_ou_404(dossier_visible(request, reference), numero)
    if depot.accuse is None:
        raise Http404("L’accusé de réception se prépare : revenez dans un instant.")
    return telecharger(depot.accuse)
