"""Les courriels du compte, et qui en reçoit comme agent ou en commission."""

from typing import Any

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role
from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

EN_COMMISSION = (Role.SECRETARIAT, Role.PRESIDENT, Role.MEMBRE_COMMISSION)
AGENTS = (*Role.INSTRUCTEURS, Role.ADMIN_REGIONAL)

SORTES = (
    Sorte(
        "codes",
        "Vous demandez un code",
        Public.COMPTE,
        ("comptes/code_connexion", "comptes/code_confirmation"),
        indispensable="Sans ce code, vous n’entrez pas et vous ne signez pas.",
    ),
    Sorte(
        "securite",
        "Votre adresse de connexion ou vos fonctions changent",
        Public.COMPTE,
        ("comptes/adresse_changee", "comptes/fonction_ouverte"),
        indispensable="Si ce n’est pas vous, il faut que vous le sachiez.",
    ),
)


def est_agent(compte: Any) -> bool:
    """Reçoit des courriels au titre d'une fonction à l'ARS."""
    return a_un_role(compte, *AGENTS)


def est_en_commission(compte: Any) -> bool:
    """Reçoit des courriels au titre d'un siège, d'un secrétariat ou d'une présidence."""
    return a_un_role(compte, *EN_COMMISSION)
