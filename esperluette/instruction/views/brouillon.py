"""Le brouillon ouvert : l'équipe l'ouvre et le referme ; l'agent le lit, et n'y écrit rien."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from esperluette.commun.erreurs import Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.documents import apercu_du_dossier
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.instruction import brouillons as ouvertures
from esperluette.instruction.lectures import est_agent

PAR_PAGE = 25


@login_required
@lecture_seule
def brouillons(request: HttpRequest) -> HttpResponse:
    """Les brouillons que des équipes de mon territoire me montrent."""
    if not est_agent(request.user):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    pages = Paginator(ouvertures.brouillons_ouverts(request.user), PAR_PAGE)
    return render(request, "instruction/brouillons.html", {"page": pages.get_page(request.GET.get("page"))})


@login_required
@lecture_seule
def brouillon(request: HttpRequest, reference: str) -> HttpResponse:
    """Un brouillon, tel que l'équipe l'écrit en ce moment ; 404 dès qu'elle le referme."""
    ouverture = get_object_or_404(ouvertures.brouillons_ouverts(request.user), dossier__reference=reference)
    contexte = {
        "ouverture": ouverture, "dossier": ouverture.dossier, "apercu": apercu_du_dossier(ouverture.dossier),
    }  # fmt: skip
    return render(request, "instruction/brouillon.html", contexte)


@connexion_requise
def ouvrir(request: HttpRequest, reference: str) -> HttpResponse:
    """Côté équipe : à qui le brouillon s'ouvre, ce que cela change, l'ouvrir ou le refermer."""
    dossier = dossier_visible(request, reference)
    ouverture, fermer = ouvertures.ouverture_de(dossier), request.POST.get("geste") == "refermer"
    droit = ouvertures.peut_refermer if ouverture or fermer else ouvertures.peut_ouvrir
    permission = droit(request.user, dossier)
    if request.method != "POST":
        return page(
            request, "instruction/brouillon_equipe.html", dossier, onglet="fiche", permission=permission,
            ouverture=ouverture, referent=ouvertures.referent_en_mots(dossier),
        )  # fmt: skip
    exiger(permission)
    try:
        (ouvertures.refermer if fermer else ouvertures.ouvrir)(dossier, acteur=request.user)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    if fermer:
        messages.success(request, "Votre brouillon est refermé : l’ARS ne le lit plus.")
    else:
        messages.success(request, "Votre brouillon est ouvert à l’ARS, en lecture. Vous pouvez le refermer ici.")
    return redirect("preparation:brouillon", reference)
