"""Qui peut quoi, d'après les fonctions exercées et leur territoire.

Une capacité nomme un geste et les rôles qui l'ouvrent. Les apps du dessus inscrivent les leurs depuis
`AppConfig.ready()` : `inscrire(Capacite("prendre_en_instruction", Role.INSTRUCTEURS, "Seul un agent …"))`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.perimetres import UneCommune, fonctions_actives, perimetre_de


@dataclass(frozen=True, slots=True)
class Capacite:
    """Un geste, les rôles qui l'ouvrent, et la phrase adressée à qui ne l'a pas."""

    nom: str
    roles: Collection[str]
    refus: str


_CAPACITES: dict[str, Capacite] = {}
HORS_PERIMETRE = "Cette commune n’est pas dans votre périmètre."


def inscrire(capacite: Capacite) -> None:
    """Ajoute une capacité ; deux apps ne donnent pas deux sens au même nom."""
    if _CAPACITES.get(capacite.nom, capacite) != capacite:
        raise ValueError(f"La capacité « {capacite.nom} » est déjà inscrite autrement.")
    _CAPACITES[capacite.nom] = capacite


def capacites() -> dict[str, Capacite]:
    """Les capacités connues, par nom."""
    return dict(sorted(_CAPACITES.items()))


def peut(compte: Any, nom: str, *, commune: UneCommune | None = None, region: str | None = None) -> Permission:
    """Ce compte a-t-il cette capacité — quelque part, dans cette commune, ou dans toute cette région ?"""
    capacite = _CAPACITES[nom]
    territoire = perimetre_de(fonctions_actives(compte), capacite.roles)
    if territoire.vide:
        return non(capacite.refus)
    if commune is not None and not territoire.contient(commune):
        return non(HORS_PERIMETRE)
    if region is not None and not (territoire.tout or region in territoire.regions):
        return non("Cette région n’est pas dans votre périmètre.")
    return OUI


def peut_instruire(compte: Any, commune: UneCommune) -> Permission:
    """Instruire et décider : référent ou autorité dont le périmètre contient la commune d'implantation."""
    return peut(compte, "instruire", commune=commune)


def peut_ouvrir_fonction(acteur: Any, role: str, region: str | None) -> Permission:
    """L'administrateur régional tient les comptes d'agents de sa région ; l'administrateur, tous.

    `acteur=None` : la ligne de commande, sur la machine du service.
    """
    if acteur is None:
        return OUI
    if role == Role.ADMIN and not perimetre_de(fonctions_actives(acteur), Role.ADMINISTRATEURS).tout:
        return non("Seul un administrateur nomme un administrateur.")
    return peut(acteur, "tenir_les_comptes", region=region)


inscrire(
    Capacite(
        "instruire",
        Role.INSTRUCTEURS,
        "Ce geste revient aux référents et aux autorités de l’ARS.",
    )
)
inscrire(
    Capacite(
        "tenir_les_comptes",
        Role.ADMINISTRATEURS,
        "Ce geste revient à l’administrateur de la région.",
    )
)
