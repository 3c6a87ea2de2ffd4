"""Ce que voit un agent : les dossiers reçus dans son périmètre, et rien d'autre."""

from typing import Any

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, fonctions_actives, perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier, DossierQuerySet
from esperluette.equipes.droits import des_siennes


def dossiers_de(compte: Compte) -> DossierQuerySet:
    """Les dossiers déposés au moins une fois dans le périmètre de ce compte ; aucun s'il n'est pas agent.

    Jamais ceux d'une équipe dont il est, ou qu'il accompagne : nul n'instruit pour lui-même, un autre agent le fait.
    """
    return Dossier.objects.recus_dans(perimetre(compte)).exclude(des_siennes(compte))


def est_agent(compte: Any) -> bool:
    """Ce compte lit-il des dossiers au titre d'une fonction ?"""
    return a_un_role(compte, *Role.LECTEURS)


def regions_de(compte: Any) -> list[str]:
    """Les clés des régions où ce compte exerce ; d'après ses fonctions déjà lues."""
    return sorted({fonction.region.cle for fonction in fonctions_actives(compte) if fonction.region})
