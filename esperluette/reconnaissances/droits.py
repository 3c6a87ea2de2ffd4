"""Qui reconnaît une équipe, et qui choisit ce qu'on en publie."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.droits import Capacite, inscrire, peut
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.equipes import droits as droits_equipe
from esperluette.equipes.models import Equipe
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.territoires.models import Region

RECONNAISSEURS = (Role.AUTORITE, Role.ADMIN_REGIONAL)

inscrire(
    Capacite(
        "reconnaitre",
        RECONNAISSEURS,
        "Une reconnaissance est enregistrée par l’autorité de l’ARS ou par l’administrateur de la région.",
    )
)


def peut_reconnaitre(compte: Any, equipe: Equipe) -> Permission:
    """L'autorité, dans sa délégation, ou l'administrateur régional : la commune d'implantation dit laquelle."""
    return peut(compte, "reconnaitre", commune=equipe.implantation)


def peut_choisir_la_publication(compte: Any, reconnaissance: Reconnaissance) -> Permission:
    """Ce que l'annuaire publie d'une équipe, c'est elle qui le choisit : son porteur."""
    return droits_equipe.peut_modifier(compte, reconnaissance.equipe)


def peut_reconnaitre_quelque_part(compte: Any, region: Region) -> Permission:
    """Enregistrer des reconnaissances dans cette région, ou dans l'un de ses départements."""
    permission = peut(compte, "reconnaitre")
    if not permission:
        return permission
    territoire = perimetre(compte, RECONNAISSEURS)
    ici = region.pk in territoire.regions or region.departements.filter(pk__in=territoire.departements).exists()
    return OUI if territoire.tout or ici else non("Cette région n’est pas dans votre périmètre.")
