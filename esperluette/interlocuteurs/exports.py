"""La part des rencontres dans « mes données » : ce qu'on a demandé, et ce qui en a été dit."""

from typing import Any

from django.db.models import Q

from esperluette.comptes.models import Compte
from esperluette.interlocuteurs.models import DemandeDeRencontre

CHAMPS = (
    "sorte", "etat", "nom", "qualite", "courriel", "telephone", "commune_id", "message", "destinataire", "creee_le",
    "envoyee_le", "rendez_vous", "lieu", "implication", "coherence", "finalites", "reponse", "motif", "close_le",
)  # fmt: skip


def mes_rencontres(compte: Compte) -> list[Any]:
    """Les demandes de cette personne, faites connectée ou avec son adresse."""
    siennes = DemandeDeRencontre.objects.filter(Q(demandeur=compte) | Q(courriel__iexact=compte.courriel))
    return list(siennes.order_by("creee_le", "pk").values(*CHAMPS))
