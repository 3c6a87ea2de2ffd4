"""Les échanges d'un dossier, côté agent, et tous ceux de son périmètre."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.phrases import Phrase
from esperluette.echanges.conduite import conduire, repondre_au_brouillon
from esperluette.echanges.droits import est_ouvert_par_l_equipe, fils_des_agents, peut_ecrire
from esperluette.echanges.enums import Cote, Ecrit
from esperluette.echanges.forms import MessageForm
from esperluette.echanges.lectures import fils_a_suivre, rubriques_de
from esperluette.echanges.models import PieceDeMessage
from esperluette.equipes.models import Membre
from esperluette.fichiers.reponses import telecharger
from esperluette.instruction import echanges as contribution
from esperluette.instruction.contributions import Signalement
from esperluette.instruction.lectures import est_agent
from esperluette.instruction.views.commun import page_de_fiche

PAR_PAGE = 25
PAS_DEPOSE = Signalement(
    "Ce dossier n’est pas déposé",
    "L’équipe vous écrit avant de déposer : vous lisez ses messages, son brouillon lui appartient.",
)


def dossier_du_fil(request: HttpRequest, reference: str) -> Dossier:
    """Le dossier dont cet agent lit le fil, reçu ou pas encore ; 404 sinon."""
    dossiers = fils_des_agents(request.user).select_related(
        "equipe__implantation__epci", "equipe__implantation__departement", "equipe__implantation__region",
        "instruit_par", "affecte_a",
    )  # fmt: skip
    membres = Prefetch("equipe__membres", Membre.objects.select_related("compte"))
    return get_object_or_404(dossiers.prefetch_related(membres), reference=reference)


def page_du_fil(
    request: HttpRequest, dossier: Dossier, onglet: str, gabarit: str, *, statut: int = 200, **contexte: Any
) -> HttpResponse:
    """Une page sous le bandeau du dossier ; tant qu'il n'est pas reçu, le bandeau n'en dit rien d'autre."""
    if dossier.depose_le is not None:
        return page_de_fiche(request, dossier, onglet, gabarit, statut=statut, **contexte)
    ouvert = est_ouvert_par_l_equipe(request.user, dossier)
    commun = {
        "dossier": dossier,
        "onglet": onglet,
        "onglets": list(contribution.onglets(dossier, request.user)),
        "gestes": [],
        "signalements": [_brouillon_ouvert(dossier) if ouvert else PAS_DEPOSE],
        "phrase": Phrase("Pas encore déposé", "neutre", "L’équipe", "L’équipe prépare ce dossier."),
        "horloge": None,
        "explication": (),
        "presents": None,
    }
    return render(request, gabarit, commun | contexte, status=statut)


def _brouillon_ouvert(dossier: Dossier) -> Signalement:
    lien = reverse("instruction:brouillon", args=[dossier.reference])
    return Signalement(
        "Ce dossier n’est pas déposé", "L’équipe vous montre son brouillon.", lien=lien, geste="Lire le brouillon"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fil(request: HttpRequest, reference: str) -> HttpResponse:
    """Le fil du dossier, et de quoi écrire à l'équipe."""
    dossier = dossier_du_fil(request, reference)
    adresse = reverse("instruction:echanges", args=[reference])

    def rendre(**contexte: Any) -> HttpResponse:
        return page_du_fil(
            request, dossier, "echanges", "instruction/echanges.html", vue_piece="instruction:echanges_piece",
            adresse=adresse, adresse_du_brouillon=reverse("instruction:echanges_brouillon", args=[reference]),
            **contexte,
        )  # fmt: skip

    return conduire(request, dossier, cote=Cote.ARS, retour=adresse, rendre=rendre)


@login_required
@require_POST
def brouillon(request: HttpRequest, reference: str) -> HttpResponse:
    """Garde ce qui est en cours d'écriture ; appelé par le script de la page."""
    dossier = dossier_du_fil(request, reference)
    exiger(peut_ecrire(request.user, dossier, Cote.ARS))
    form = MessageForm(request.POST, rubriques=rubriques_de(dossier))
    return repondre_au_brouillon(request, dossier, form, Ecrit.MESSAGE)


@login_required
@lecture_seule
def piece(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Télécharge une pièce d'un message ; qui lit le fil la lit."""
    dossier = dossier_du_fil(request, reference)
    pieces = PieceDeMessage.objects.filter(message__dossier=dossier).select_related("fichier")
    return telecharger(get_object_or_404(pieces, pk=pk).fichier, lecteur=request.user)


@login_required
@lecture_seule
def a_suivre(request: HttpRequest) -> HttpResponse:
    """Les échanges du périmètre : ceux qui attendent d'être lus d'abord."""
    if not est_agent(request.user):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    page = Paginator(fils_a_suivre(request.user), PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "instruction/messages.html", {"page": page})
