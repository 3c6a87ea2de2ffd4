"""Accepter une invitation : par le lien reçu, ou d'un clic depuis « Mes équipes »."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.equipes import actions, droits, lectures
from esperluette.equipes.enums import EtatInvitation
from esperluette.equipes.models import Invitation
from esperluette.equipes.views.outils import moi, vers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Qui invite, dans quelle équipe, ce que cela engage ; un bouton pour confirmer.

    Qui tient le lien peut lire cette page sans se connecter ; confirmer demande le compte de l'adresse invitée.
    """
    trouvee = actions.invitation_du_jeton(jeton)
    compte: Any = request.user
    if trouvee is not None and compte.is_authenticated and _deja_confirmee(trouvee, compte):
        return vers("fiche", trouvee.membre.equipe)
    if trouvee is None or trouvee.etat != EtatInvitation.EN_COURS:
        return _inutilisable(request, trouvee)
    statut = 200
    if request.method == "POST" and compte.is_authenticated:
        try:
            membre = actions.accepter_invitation(jeton, acteur=compte)
        except ErreurMetier as refus:
            messages.error(request, str(refus))
            statut = 403
        else:
            messages.success(request, f"Vous faites maintenant partie de l’équipe « {membre.equipe.nom} ».")
            return vers("fiche", membre.equipe)
    return render(
        request,
        "equipes/invitation.html",
        {
            "invitation": trouvee,
            "membre": trouvee.membre,
            "equipe": trouvee.membre.equipe,
            "metier": lectures.metier_de(trouvee.membre, lectures.socle_de(trouvee.membre.equipe)),
            "adresse": droits.masquer(trouvee.courriel),
            "permission": droits.peut_accepter(compte, trouvee),
        },
        status=statut,
    )


@login_required
@require_POST
def confirmer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirme en un clic une invitation adressée au compte connecté."""
    compte = moi(request)
    adressees = Invitation.objects.select_related("membre__equipe").filter(courriel__iexact=compte.courriel)
    recue = get_object_or_404(adressees, pk=pk)
    try:
        membre = actions.confirmer_appartenance(recue.membre, acteur=compte)
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return redirect("equipes:liste")
    messages.success(request, f"Vous faites maintenant partie de l’équipe « {membre.equipe.nom} ».")
    return vers("fiche", membre.equipe)


def _deja_confirmee(trouvee: Invitation, compte: Any) -> bool:
    return trouvee.membre.compte_id == compte.pk and trouvee.membre.est_confirme


def _inutilisable(request: HttpRequest, trouvee: Invitation | None) -> HttpResponse:
    """Le lien ne sert plus : la page dit pourquoi, et quoi faire. 404 pour un jeton inconnu, 410 sinon."""
    etat = trouvee.etat if trouvee else None
    titres = {
        None: "Ce lien d’invitation n’est pas reconnu",
        EtatInvitation.PERIMEE: "Ce lien d’invitation est périmé",
        EtatInvitation.REVOQUEE: "Ce lien d’invitation a été annulé",
        EtatInvitation.ACCEPTEE: "Cette invitation a déjà servi",
    }
    contexte = {"titre": titres[etat], "motif": actions.MOTIFS[etat], "invitation": trouvee}
    return render(request, "equipes/invitation_inutilisable.html", contexte, status=410 if trouvee else 404)
