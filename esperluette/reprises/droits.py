"""Qui reprend l'existant : l'administrateur de la région, les référents et l'autorité, chacun dans son périmètre."""

from typing import Any

from esperluette.commun.permissions import Permission
from esperluette.comptes.droits import Capacite, inscrire, peut
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role
from esperluette.reprises.models import Reprise
from esperluette.territoires.models import Commune

REPRENEURS = (*Role.INSTRUCTEURS, Role.ADMIN_REGIONAL)

inscrire(
    Capacite(
        "reprendre_l_existant",
        REPRENEURS,
        "Une équipe d’avant Esperluette est reprise par un agent de l’ARS ou l’administrateur de la région.",
    )
)


def peut_reprendre(compte: Any, commune: Commune | None = None) -> Permission:
    """Reprendre une équipe implantée dans cette commune, ou quelque part."""
    return peut(compte, "reprendre_l_existant", commune=commune)


def peut_completer(compte: Any, reprise: Reprise) -> Permission:
    """Joindre un acte numérisé à une équipe reprise."""
    return peut(compte, "reprendre_l_existant", commune=reprise.equipe.implantation)


def reprend_quelque_part(compte: Any) -> bool:
    """Ce compte reprend-il l'existant, où que ce soit ?"""
    return a_un_role(compte, *REPRENEURS)
