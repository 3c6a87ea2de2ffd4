"""La part des équipes dans « mes données » : ce qu'on est, ce qu'on a été, ce qu'on nous a ouvert."""

from typing import Any

from django.db.models import Q

from esperluette.comptes.models import Compte
from esperluette.equipes.models import AccesAccompagnateur, Declaration, DelegationDeDepot, Invitation, Membre

CHAMPS_DU_MEMBRE = (
    "equipe__nom", "prenom", "nom", "courriel", "telephone", "professionnel", "profession", "savoir_faire", "metier",
    "rpps", "commune_id", "exercice", "porteur", "entre_le", "invite_le", "confirme_le", "sorti_le",
)  # fmt: skip


def mes_equipes(compte: Compte) -> dict[str, Any]:
    """Appartenances, invitations reçues, accès ouverts à cette personne, déclarations qu'elle a faites."""
    invitations = Invitation.objects.filter(courriel__iexact=compte.courriel).order_by("pk")
    return {
        "appartenances": list(Membre.objects.filter(compte=compte).order_by("pk").values(*CHAMPS_DU_MEMBRE)),
        "invitations_recues": list(
            invitations.values("membre__equipe__nom", "courriel", "envoyee_le", "acceptee_le", "revoquee_le")
        ),
        "acces_ouverts": list(
            AccesAccompagnateur.objects.de(compte)
            .order_by("pk")
            .values("equipe__nom", "courriel", "nom", "organisme", "portee", "debut", "fin", "revoque_le")
        ),
        "delegations_de_depot": list(
            DelegationDeDepot.objects.filter(Q(delegant__compte=compte) | Q(delegataire__compte=compte))
            .order_by("pk")
            .values("equipe__nom", "delegant__nom", "delegataire__nom", "debut", "fin", "finie_le", "fin_motif")
        ),
        "declarations": list(Declaration.objects.filter(par=compte).order_by("pk").values()),
    }
