"""Côté équipe : demander un chiffre, suivre ses demandes, mettre une réponse dans le projet."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger
from esperluette.dossiers.affichage import identifiant_html
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import confirmer, connexion_requise, dossier_visible, page
from esperluette.fichiers.vigilance import suspicions
from esperluette.sollicitations import actions
from esperluette.sollicitations.droits import est_du_projet, peut_demander
from esperluette.sollicitations.enums import EtatSollicitation
from esperluette.sollicitations.forms import DemandeForm
from esperluette.sollicitations.lectures import champ_de_chiffres, lignes_de, rubriques_de
from esperluette.sollicitations.models import Sollicitation

ONGLET = "chiffres"


@connexion_requise
def chiffres(request: HttpRequest, reference: str) -> HttpResponse:
    """Les demandes de ce dossier, leurs réponses, et de quoi en faire une."""
    dossier = dossier_visible(request, reference)
    if request.method == "POST":
        return _demander(request, dossier)
    voulue = request.GET.get("rubrique", "")
    form = DemandeForm(initial={"rubrique": voulue}, rubriques=_choix(dossier))
    return _montrer(request, dossier, form)


def _choix(dossier: Dossier) -> list[tuple[str, str]]:
    return [(r.id, r.intitule) for r in rubriques_de(dossier)]


def _montrer(request: HttpRequest, dossier: Dossier, form: DemandeForm, *, statut: int = 200) -> HttpResponse:
    demande = peut_demander(request.user, dossier)
    reponse: HttpResponse = page(
        request, "sollicitations/chiffres.html", dossier, onglet=ONGLET, statut=statut, form=form, demande=demande,
        lignes=lignes_de(dossier, request.user), agents=agents_a_prevenir(dossier) if demande else [],
        avec_insertion=any(champ_de_chiffres(r) for r in rubriques_de(dossier)),
    )  # fmt: skip
    return reponse


def _demander(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    acteur: Any = request.user
    exiger(peut_demander(acteur, dossier))
    form = DemandeForm(request.POST, rubriques=_choix(dossier))
    if not form.is_valid():
        return _montrer(request, dossier, form, statut=422)
    try:
        faite = actions.demander(dossier, acteur=acteur, **form.cleaned_data)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as refus:
        form.refuser(refus)
        return _montrer(request, dossier, form, statut=422)
    messages.success(request, "Votre demande est partie. Vous recevrez un courriel dès que l’ARS y répondra.")
    for avertissement in suspicions(f"{faite.libelle}\n{faite.precisions}"):
        messages.warning(request, avertissement)
    return _vers(faite)


def _demande_ou_404(request: HttpRequest, reference: str, pk: int) -> tuple[Dossier, Sollicitation]:
    dossier = dossier_visible(request, reference)
    trouvee = get_object_or_404(Sollicitation.objects.select_related("demandee_par"), dossier=dossier, pk=pk)
    trouvee.dossier = dossier
    return dossier, trouvee


def _vers(sollicitation: Sollicitation) -> HttpResponse:
    adresse = reverse("sollicitations:chiffres", args=[sollicitation.dossier.reference])
    return redirect(f"{adresse}#demande-{sollicitation.pk}")


def _faire(
    request: HttpRequest, geste: Callable[..., Sollicitation], sollicitation: Sollicitation, succes: str
) -> HttpResponse:
    """Fait le geste et revient à la demande ; un droit manquant est un 403, un empêchement se dit."""
    try:
        geste(sollicitation, acteur=request.user)
    except ErreurMetier as refus:
        exiger(est_du_projet(request.user, sollicitation))
        messages.error(request, str(refus))
    else:
        messages.success(request, succes)
    return _vers(sollicitation)


@connexion_requise
@require_POST
def relancer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Rappelle la demande à l'ARS."""
    _, sollicitation = _demande_ou_404(request, reference, pk)
    return _faire(request, actions.relancer, sollicitation, "L’ARS est relancée.")


@connexion_requise
def retirer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Confirme, puis retire une demande."""
    dossier, sollicitation = _demande_ou_404(request, reference, pk)
    if sollicitation.etat == EtatSollicitation.RETIRE:
        return _vers(sollicitation)
    exiger(est_du_projet(request.user, sollicitation))
    if request.method == "POST" or sollicitation.issue:  # déjà répondue : l'action le dit
        return _faire(request, actions.retirer, sollicitation, "La demande est retirée : l’ARS n’a plus à y répondre.")
    return confirmer(
        request, dossier, onglet=ONGLET, titre="Retirer cette demande ?", bouton="Retirer la demande",
        effets=[f"« {sollicitation.libelle} » : l’ARS n’aura plus à répondre.", "La demande reste dans votre liste."],
        retour=reverse("sollicitations:chiffres", args=[reference]),
    )  # fmt: skip


@connexion_requise
@require_POST
def inserer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Met dans le projet un chiffre qui attendait, et mène à sa rubrique."""
    dossier, sollicitation = _demande_ou_404(request, reference, pk)
    reponse = _faire(request, actions.inserer, sollicitation, "Le chiffre est dans votre projet, avec sa source.")
    if not sollicitation.est_dans_le_projet:
        return reponse
    adresse = reverse("dossiers:rubrique", args=[dossier.reference, sollicitation.rubrique])
    return redirect(f"{adresse}#{identifiant_html(sollicitation.champ)}")
