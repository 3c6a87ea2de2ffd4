"""Les délégations de dépôt : qui peut figer et déposer avec le porteur, depuis quand, jusqu'à quand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from esperluette.commun.vues import exiger, lecture_seule
from esperluette.equipes import delegations as actions
from esperluette.equipes import droits
from esperluette.equipes.forms import DelegationForm
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, confirmer, faire, moi, page, saisir, vers


@avec_equipe("delegations")
@lecture_seule
def delegations(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Les délégations qui courent, et celles qui ont pris fin : toute l'équipe les voit."""
    toutes = list(equipe.delegations.select_related("delegant", "delegataire"))
    return page(
        request,
        equipe,
        "delegations",
        "membres",
        en_cours=[d for d in toutes if d.est_en_cours],
        finies=[d for d in toutes if not d.est_en_cours],
        peut_deleguer=droits.peut_deleguer(request.user, equipe),
        receveurs=[m for m in equipe.presents if droits.peut_recevoir_le_depot(m)],
    )


@avec_equipe("delegations")
@require_http_methods(["GET", "HEAD", "POST"])
def confier(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Confier le dépôt à un ou plusieurs membres."""
    exiger(droits.peut_deleguer(request.user, equipe))
    receveurs = {str(m.pk): m for m in equipe.presents if droits.peut_recevoir_le_depot(m)}
    if not receveurs:
        messages.error(request, "Personne d’autre n’a encore confirmé son appartenance à l’équipe.")
        return vers("delegations", equipe)
    form = DelegationForm(request.POST if request.method == "POST" else None, membres=receveurs.values())

    def enregistrer() -> str:
        choisis = [receveurs[pk] for pk in form.cleaned_data["membres"]]
        donnees = actions.confier_le_depot(equipe, acteur=moi(request), membres=choisis, fin=form.fin())
        noms = " et ".join(str(d.delegataire) for d in donnees)
        return f"Le dépôt est confié à {noms} jusqu’au {donnees[0].fin:%d/%m/%Y}."

    return saisir(
        request, equipe, form, enregistrer, onglet="membres", apres="delegations", retour="delegations",
        titre="Confier le dépôt",
        introduction="Ces personnes pourront figer la version à signer, rappeler les signataires et déposer. "
        "Elles ne signent que pour elles ; rouvrir ou retirer un dossier vous reste réservé.",
        bouton="Confier le dépôt",
    )  # fmt: skip


@avec_equipe("delegations")
@require_http_methods(["GET", "HEAD", "POST"])
def retirer(request: HttpRequest, equipe: Equipe, delegation: int) -> HttpResponse:
    """Reprendre le dépôt, après confirmation."""
    exiger(droits.peut_deleguer(request.user, equipe))
    confiee = get_object_or_404(equipe.delegations.select_related("delegataire", "equipe"), pk=delegation)
    compte = moi(request)
    if request.method == "POST":
        faire(
            request,
            lambda: actions.retirer_la_delegation(confiee, acteur=compte),
            f"{confiee.delegataire} ne peut plus figer ni déposer.",
        )
        return vers("delegations", equipe)
    return confirmer(
        request,
        equipe,
        onglet="membres",
        titre=f"Reprendre le dépôt à {confiee.delegataire} ?",
        texte="Cette personne ne pourra plus figer ni déposer, dès maintenant. Vous en serez prévenus tous les deux. "
        "Ce qu’elle a déjà figé ou déposé reste valable.",
        bouton="Reprendre le dépôt",
        retour="equipes:delegations",
    )
