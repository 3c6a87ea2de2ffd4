"""Les échanges d'un dossier, côté équipe."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.echanges.conduite import conduire, repondre_au_brouillon
from esperluette.echanges.droits import peut_ecrire
from esperluette.echanges.enums import Cote, Ecrit
from esperluette.echanges.forms import MessageForm
from esperluette.echanges.lectures import rubriques_de
from esperluette.echanges.models import PieceDeMessage
from esperluette.fichiers.reponses import telecharger


@connexion_requise
def fil(request: HttpRequest, reference: str) -> HttpResponse:
    """Le fil du dossier, et de quoi écrire à l'ARS."""
    dossier = dossier_visible(request, reference)

    def rendre(**contexte: object) -> HttpResponse:
        adresses = {
            "adresse": reverse("echanges:fil", args=[reference]),
            "adresse_du_brouillon": reverse("echanges:brouillon", args=[reference]),
        }
        return page(
            request, "echanges/fil.html", dossier, onglet="echanges", vue_piece="echanges:piece",
            **adresses, **contexte,
        )  # fmt: skip

    return conduire(
        request, dossier, cote=Cote.EQUIPE, retour=reverse("echanges:fil", args=[reference]), rendre=rendre
    )


@connexion_requise
@require_POST
def brouillon(request: HttpRequest, reference: str) -> HttpResponse:
    """Garde ce qui est en cours d'écriture ; appelé par le script de la page."""
    dossier = dossier_visible(request, reference)
    exiger(peut_ecrire(request.user, dossier, Cote.EQUIPE))
    return repondre_au_brouillon(
        request, dossier, MessageForm(request.POST, rubriques=rubriques_de(dossier)), Ecrit.MESSAGE
    )


@connexion_requise
@lecture_seule
def piece(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Télécharge une pièce d'un message ; qui lit le fil la lit."""
    dossier = dossier_visible(request, reference, avec_equipe=False)
    pieces = PieceDeMessage.objects.filter(message__dossier=dossier).select_related("fichier")
    return telecharger(get_object_or_404(pieces, pk=pk).fichier, lecteur=request.user)
