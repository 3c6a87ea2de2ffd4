"""Qui tient les fiches d'une région, et qui répond aux demandes de rencontre."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.droits import Capacite, inscrire, peut
from esperluette.comptes.enums import Role
from esperluette.interlocuteurs.enums import EtatDeDemande, SorteDeDemande
from esperluette.interlocuteurs.models import DemandeDeRencontre

JOURS_AVANT_RELANCE = 7

inscrire(
    Capacite(
        "tenir_les_fiches",
        Role.ADMINISTRATEURS,
        "Cette page est celle de l’administrateur de la région.",
    )
)
inscrire(
    Capacite(
        "repondre_aux_demandes",
        Role.INSTRUCTEURS,
        "Les demandes de rencontre sont traitées par les référents et les autorités de l’ARS.",
    )
)


def peut_tenir(compte: Any, region_id: str) -> Permission:
    """L'administrateur régional tient les fiches de sa région ; l'administrateur, toutes.

    `compte=None` : la ligne de commande, sur la machine du service.
    """
    return OUI if compte is None else peut(compte, "tenir_les_fiches", region=region_id)


def peut_traiter(compte: Any, demande: DemandeDeRencontre) -> Permission:
    """Fixer, rendre compte, répondre : l'agent dont le périmètre contient la commune de la demande."""
    return peut(compte, "repondre_aux_demandes", commune=demande.commune)


def peut_fixer(compte: Any, demande: DemandeDeRencontre) -> Permission:
    """Une rencontre se fixe ; un message se répond."""
    if demande.sorte != SorteDeDemande.RENCONTRE:
        return non("Ce n’est pas une demande de rencontre : répondez au message.")
    return peut_traiter(compte, demande)


def peut_rendre_compte(compte: Any, demande: DemandeDeRencontre) -> Permission:
    """Dire ce qui s'est dit : celui qui pouvait fixer."""
    return peut_traiter(compte, demande)


def peut_repondre(compte: Any, demande: DemandeDeRencontre) -> Permission:
    """Répondre par écrit à un message."""
    if demande.sorte != SorteDeDemande.MESSAGE:
        return non("C’est une demande de rencontre : fixez une date.")
    return peut_traiter(compte, demande)


def peut_annuler(compte: Any, demande: DemandeDeRencontre, *, par_lien: bool = False) -> Permission:
    """Le demandeur renonce (par son compte, ou par le lien qu'il a reçu), ou l'agent y met fin."""
    if par_lien or (demande.demandeur_id is not None and getattr(compte, "pk", None) == demande.demandeur_id):
        return OUI
    agent = peut_traiter(compte, demande)
    return OUI if agent else non("Seuls le demandeur et l’interlocuteur annulent une demande.")


def peut_confirmer(compte: Any, demande: DemandeDeRencontre, *, par_lien: bool = False) -> Permission:
    """On confirme son adresse par le lien reçu."""
    return OUI if par_lien else non("Cette demande se confirme par le lien reçu à l’adresse du demandeur.")


def peut_relancer(compte: Any, demande: DemandeDeRencontre, *, par_lien: bool = False) -> Permission:
    """Le demandeur rappelle sa demande, sept jours après l'avoir envoyée ou relancée."""
    if not par_lien and (demande.demandeur_id is None or getattr(compte, "pk", None) != demande.demandeur_id):
        return non("Seule la personne qui a écrit relance sa demande.")
    if demande.etat != EtatDeDemande.DEMANDEE:
        return non("Cette demande n’attend plus de réponse.")
    if demande.jours_sans_nouvelle < JOURS_AVANT_RELANCE:
        return non("Une demande se relance sept jours après l’envoi, ou après la dernière relance.")
    return OUI
