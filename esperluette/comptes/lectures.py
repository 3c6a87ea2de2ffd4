"""Ce qu'un compte fait, et où. Tout se lit d'après les fonctions en cours ; un compte inactif n'en a aucune."""

from collections.abc import Collection
from typing import Any

from esperluette.comptes.enums import Role
from esperluette.comptes.perimetres import RIEN, Perimetre, fonctions_actives, perimetre_de

__all__ = ["Perimetre", "a_un_role", "fonctions_actives", "perimetre"]


def perimetre(compte: Any, roles: Collection[str] = Role.LECTEURS) -> Perimetre:
    """Le territoire dont ce compte lit les équipes et les dossiers.

    Une fonction d'administrateur lit tout. `roles` restreint la question : `Role.INSTRUCTEURS` pour agir,
    `Role.ADMINISTRATEURS` pour tenir les contacts d'une région.
    """
    fonctions = fonctions_actives(compte)
    return perimetre_de(fonctions, roles) if fonctions else RIEN


def a_un_role(compte: Any, *roles: str) -> bool:
    """Ce compte exerce-t-il aujourd'hui l'un de ces rôles, où que ce soit ?"""
    return any(fonction.role in roles for fonction in fonctions_actives(compte))
