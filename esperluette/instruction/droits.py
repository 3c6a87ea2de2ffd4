"""Qui reconnaît une équipe, et qui choisit ce qu'on en publie."""

from typing import Any

from esperluette.commun.permissions import Permission
from esperluette.comptes.droits import Capacite, inscrire, peut
from esperluette.comptes.enums import Role
from esperluette.equipes import droits as droits_equipe
from esperluette.equipes.models import Equipe
from esperluette.instruction.models import Reconnaissance

inscrire(
    Capacite(
        "reconnaitre",
        (Role.AUTORITE, Role.ADMIN_REGIONAL),
        "Une reconnaissance est enregistrée par l’autorité de l’ARS ou par l’administrateur de la région.",
    )
)


def peut_reconnaitre(compte: Any, equipe: Equipe) -> Permission:
    """L'autorité, dans sa délégation, ou l'administrateur régional : la commune d'implantation dit laquelle."""
    return peut(compte, "reconnaitre", commune=equipe.implantation)


def peut_choisir_la_publication(compte: Any, reconnaissance: Reconnaissance) -> Permission:
    """Ce que l'annuaire publie d'une équipe, c'est elle qui le choisit : son porteur."""
    return droits_equipe.peut_modifier(compte, reconnaissance.equipe)
