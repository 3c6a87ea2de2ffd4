"""Qui reconnaît une équipe, suspend, retire, suit sa composition ; qui répond, et choisit ce qu'on en publie."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.droits import Capacite, inscrire, peut
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, perimetre
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.equipes import droits as droits_equipe
from esperluette.equipes.models import Equipe
from esperluette.reconnaissances.models import Reconnaissance, Retrait
from esperluette.territoires.models import Region

RECONNAISSEURS = (Role.AUTORITE, Role.ADMIN_REGIONAL)

inscrire(
    Capacite(
        "reconnaitre",
        RECONNAISSEURS,
        "Une reconnaissance est enregistrée par l’autorité de l’ARS ou par l’administrateur de la région.",
    )
)
inscrire(
    Capacite(
        "suspendre_une_reconnaissance",
        (Role.AUTORITE,),
        "Seule l’autorité de l’ARS suspend ou retire une reconnaissance.",
    )
)
inscrire(
    Capacite(
        "suivre_une_reconnaissance",
        Role.INSTRUCTEURS,
        "Ce geste revient aux référents et aux autorités de l’ARS.",
    )
)


def peut_reconnaitre(compte: Any, equipe: Equipe) -> Permission:
    """L'autorité, dans sa délégation, ou l'administrateur régional : la commune d'implantation dit laquelle."""
    return peut(compte, "reconnaitre", commune=equipe.implantation)


def peut_suspendre(compte: Any, reconnaissance: Reconnaissance) -> Permission:
    """Suspendre, lever, décider d'un retrait : l'autorité de l'ARS, dans sa délégation."""
    return peut(compte, "suspendre_une_reconnaissance", commune=reconnaissance.equipe.implantation)


def peut_suivre(compte: Any, reconnaissance: Reconnaissance) -> Permission:
    """Fixer un délai, notifier l'intention de retirer : un agent du périmètre."""
    return peut(compte, "suivre_une_reconnaissance", commune=reconnaissance.equipe.implantation)


def suit_des_equipes(compte: Any) -> bool:
    """Ce compte instruit, ou enregistre des reconnaissances, quelque part."""
    return a_un_role(compte, *Role.INSTRUCTEURS, *RECONNAISSEURS)


def peut_choisir_la_publication(compte: Any, reconnaissance: Reconnaissance) -> Permission:
    """Ce que l'annuaire publie d'une équipe, c'est elle qui le choisit : son porteur."""
    return droits_equipe.peut_modifier(compte, reconnaissance.equipe)


def peut_repondre(compte: Any, retrait: Retrait) -> Permission:
    """Présenter les observations de l'équipe : son porteur, tant que l'ARS n'a pas décidé."""
    membre = droits_equipe.membre_de(compte, retrait.reconnaissance.equipe)
    if membre is None:
        return non(droits_equipe.PAS_DANS_L_EQUIPE)
    if not membre.porteur:
        return non(f"Le porteur répond au nom de l’équipe : {retrait.reconnaissance.equipe.porteur}.")
    return OUI if retrait.est_ouvert else non("L’ARS a déjà décidé.")


def peut_ouvrir_un_avenant(compte: Any, projet: Dossier) -> Permission:
    """Rouvrir un projet accepté par un avenant : le porteur de l'équipe."""
    membre = droits_equipe.membre_de(compte, projet.equipe)
    if membre is None:
        return non(droits_equipe.PAS_DANS_L_EQUIPE)
    if not membre.porteur:
        return non(f"Seul le porteur ouvre un avenant : {projet.equipe.porteur}.")
    if projet.etat != Etat.ACCEPTE or projet.avenant_de_id is not None:
        return non("Un avenant rouvre un projet accepté ; ce dossier n’en est pas un.")
    return OUI


def peut_reconnaitre_quelque_part(compte: Any, region: Region) -> Permission:
    """Enregistrer des reconnaissances dans cette région, ou dans l'un de ses départements."""
    permission = peut(compte, "reconnaitre")
    if not permission:
        return permission
    territoire = perimetre(compte, RECONNAISSEURS)
    ici = region.pk in territoire.regions or region.departements.filter(pk__in=territoire.departements).exists()
    return OUI if territoire.tout or ici else non("Cette région n’est pas dans votre périmètre.")
