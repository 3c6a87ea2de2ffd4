"""Les preuves de signature d'un dépôt reçu, côté ARS : les mêmes, aux adresses de l'agent."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from esperluette.commun.vues import lecture_seule
from esperluette.dossiers.models import Depot
from esperluette.dossiers.views.preuves import contexte_des_preuves, servir_toutes, servir_une
from esperluette.instruction.views.commun import depot_recu, dossier_instruit


def _depot(request: HttpRequest, reference: str, numero: int) -> Depot:
    dossier = dossier_instruit(request, reference)
    depot = depot_recu(dossier, numero)
    depot.dossier = dossier
    return depot


@login_required
@lecture_seule
def preuves(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Qui a signé, comment, et ce que la base en confirme."""
    depot = _depot(request, reference, numero)
    contexte = {"dossier": depot.dossier, **contexte_des_preuves(request, depot)}
    return render(request, "instruction/preuves.html", contexte)


@login_required
@lecture_seule
def toutes(request: HttpRequest, reference: str, numero: int, format: str) -> HttpResponse:
    """Le dossier de preuve de tout le dépôt, en JSON ou en PDF."""
    depot = _depot(request, reference, numero)
    return servir_toutes(request, depot, format) or redirect("instruction:preuves", reference, numero)


@login_required
@lecture_seule
def preuve(request: HttpRequest, reference: str, numero: int, pk: int, sorte: str) -> HttpResponse:
    """Un fichier de preuve d'une signature."""
    depot = _depot(request, reference, numero)
    return servir_une(request, depot, pk, sorte) or redirect("instruction:preuves", reference, numero)
