"""Les preuves de signature d'une version : les lire, les exporter. Les pages de l'ARS s'en servent aussi."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from esperluette.commun.vues import exiger, lecture_seule
from esperluette.documents.moteur import ProductionImpossible
from esperluette.documents.preuves import SANS_PREUVE, SignatureMontree, fichier
from esperluette.dossiers import dossier_de_preuve
from esperluette.dossiers.droits import peut_voir_les_preuves
from esperluette.dossiers.lectures_fiche import manuscrites_de
from esperluette.dossiers.models import Depot
from esperluette.dossiers.preuves import preuves_de, sans_signature
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.dossiers.views.documents import depot_ou_404

TYPES = {"json": "application/json", "pdf": "application/pdf"}


@connexion_requise
@lecture_seule
def preuves(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Qui a signé, comment, et ce que la base en confirme ; chacun y voit ce à quoi il a droit."""
    depot = depot_ou_404(dossier_visible(request, reference), numero)
    return page(request, "preuves", depot.dossier, onglet="signature", **contexte_des_preuves(request, depot))


def contexte_des_preuves(request: HttpRequest, depot: Depot) -> dict[str, Any]:
    """Ce que montre la page des preuves, à l'équipe comme à l'agent."""
    montrees = preuves_de(depot, request.user)
    return {
        "depot": depot,
        "preuves": montrees,
        "manquants": sans_signature(depot, montrees),
        "manuscrites": manuscrites_de(depot),
        "sans_preuve": SANS_PREUVE,
        "toutes": peut_voir_les_preuves(request.user, depot.dossier),
    }


@connexion_requise
@lecture_seule
def toutes(request: HttpRequest, reference: str, numero: int, format: str) -> HttpResponse:
    """Le dossier de preuve de toute la version, en JSON ou en PDF."""
    depot = depot_ou_404(dossier_visible(request, reference), numero)
    return servir_toutes(request, depot, format) or redirect("dossiers:preuves", reference, numero)


@connexion_requise
@lecture_seule
def preuve(request: HttpRequest, reference: str, numero: int, pk: int, sorte: str) -> HttpResponse:
    """La preuve d'une signature : `preuve.json`, `preuve.pdf`, `connexion.json`."""
    depot = depot_ou_404(dossier_visible(request, reference), numero)
    return servir_une(request, depot, pk, sorte) or redirect("dossiers:preuves", reference, numero)


def servir_toutes(request: HttpRequest, depot: Depot, format: str) -> HttpResponse | None:
    """Le fichier de toute la version ; None si le PDF n'a pas pu être produit (un message le dit)."""
    exiger(peut_voir_les_preuves(request.user, depot.dossier))
    montrees = preuves_de(depot, request.user)
    nom = f"{dossier_de_preuve.nom_de(depot, 'preuves')}.{format}"
    if format == "json":
        return _fichier(dossier_de_preuve.json_de_toutes(depot, montrees), nom)
    if format != "pdf":
        raise Http404("Ce format n’existe pas : json ou pdf.")
    return _pdf(request, depot, montrees, nom, ensemble=True)


def servir_une(request: HttpRequest, depot: Depot, pk: int, sorte: str) -> HttpResponse | None:
    """Un fichier d'une signature ; None si le PDF n'a pas pu être produit."""
    montree = next((m for m in preuves_de(depot, request.user) if m.signature.pk == pk), None)
    if montree is None:
        raise Http404("Cette signature n’est pas dans cette version.")
    exiger(montree.visible)
    nom = dossier_de_preuve.nom_de(depot, f"preuve-{pk}")
    if sorte == "preuve.json":
        return _fichier(dossier_de_preuve.json_d_une(depot, montree), f"{nom}.json")
    if sorte == "preuve.pdf":
        return _pdf(request, depot, [montree], f"{nom}.pdf", ensemble=False)
    if sorte == "connexion.json" and montree.preuve is not None:
        exiger(montree.connexion)
        return _fichier(
            fichier(montree.preuve.connexion), f"{dossier_de_preuve.nom_de(depot, f'connexion-{pk}')}.json"
        )
    raise Http404("Ce fichier n’existe pas.")


def _pdf(
    request: HttpRequest, depot: Depot, montrees: list[SignatureMontree], nom: str, *, ensemble: bool
) -> HttpResponse | None:
    try:
        return _fichier(dossier_de_preuve.pdf(depot, montrees, ensemble=ensemble), nom)
    except ProductionImpossible as erreur:
        messages.error(request, f"Le dossier de preuve n’a pas pu être produit : {erreur}")
        return None


def _fichier(contenu: bytes, nom: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type=TYPES[nom.rpartition(".")[2]])
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
