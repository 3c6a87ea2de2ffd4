"""Qui ouvre l'administration d'une région, et quelles tables il y tient."""

from typing import Any

from django.db.models import Q, QuerySet

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, perimetre
from esperluette.interlocuteurs.droits import peut_tenir
from esperluette.reconnaissances.droits import peut_reconnaitre_quelque_part
from esperluette.territoires.models import Region

ROLES = (*Role.ADMINISTRATEURS, Role.AUTORITE)
REFUS = "Cette page est celle de l’administrateur de la région."


def administre(compte: Any) -> bool:
    """Ce compte a-t-il une région à tenir ?"""
    return a_un_role(compte, *ROLES)


def regions_de(compte: Any) -> QuerySet[Region]:
    """Les régions que ce compte administre, ou dont il enregistre les reconnaissances."""
    territoire = perimetre(compte, ROLES)
    if territoire.tout:
        return Region.objects.all()
    return Region.objects.filter(Q(pk__in=territoire.regions) | Q(departements__in=territoire.departements)).distinct()


def peut_ouvrir(compte: Any, region: Region) -> Permission:
    """Ouvrir l'administration d'une région : y tenir les fiches, ou y enregistrer des reconnaissances."""
    if not administre(compte):
        return non(REFUS)
    tenir = peut_tenir(compte, region.pk)
    return OUI if tenir or peut_reconnaitre_quelque_part(compte, region) else tenir


def peut_administrer(compte: Any) -> Permission:
    """Avoir une région à tenir, quelle qu'elle soit."""
    return OUI if administre(compte) else non(REFUS)
