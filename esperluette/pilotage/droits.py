"""Qui lit les chiffres d'une région : ses agents, son autorité, son administrateur, chacun dans son périmètre."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, fonctions_actives, perimetre
from esperluette.comptes.perimetres import Perimetre
from esperluette.territoires.models import Region

PILOTES = (*Role.LECTEURS, Role.ADMIN_REGIONAL)


def peut_piloter(compte: Any) -> Permission:
    """Lire les chiffres de son périmètre."""
    if a_un_role(compte, *PILOTES):
        return OUI
    return non("Ces chiffres sont ceux des agents de l’ARS et de l’administrateur de la région.")


def perimetre_pilote(compte: Any) -> Perimetre:
    """Le territoire dont ce compte lit les chiffres."""
    return perimetre(compte, PILOTES)


def regions_pilotees(compte: Any) -> list[Region]:
    """Les régions où ce compte a des chiffres à lire, par nom ; d'après ses fonctions déjà lues."""
    if perimetre_pilote(compte).tout:
        return list(Region.objects.order_by("nom"))
    regions = {}
    for fonction in fonctions_actives(compte):
        region = fonction.region or (fonction.departement.region if fonction.departement else None)
        if fonction.role in PILOTES and region is not None:
            regions[region.pk] = region
    return sorted(regions.values(), key=lambda region: region.nom)
