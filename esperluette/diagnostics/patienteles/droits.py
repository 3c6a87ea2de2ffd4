"""Qui lit et qui tient la patientèle d'une équipe. Chaque refus porte sa raison."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.equipes.droits import PAS_DANS_L_EQUIPE, acces_de, membre_de, peut_rediger
from esperluette.equipes.models import Equipe, Membre


def peut_voir_la_patientele(compte: Any, equipe: Equipe) -> Permission:
    """Les membres présents, et ceux à qui l'équipe a ouvert son espace ; l'ARS la lit dans le projet déposé."""
    if membre_de(compte, equipe) is not None or acces_de(compte, equipe) is not None:
        return OUI
    return non(PAS_DANS_L_EQUIPE)


def peut_tenir_la_patientele(compte: Any, equipe: Equipe, membre: Membre | None) -> Permission:
    """Déposer, remplacer, retirer : chacun la sienne, le porteur celle de tous et celle de l'équipe."""
    if not (permission := peut_rediger(compte, equipe)):
        return permission
    soi = membre_de(compte, equipe)
    if soi is None:
        return non(PAS_DANS_L_EQUIPE)
    if membre is not None and not membre.est_present:
        return non(f"{membre} a quitté l’équipe : sa patientèle ne change plus.")
    if soi.porteur or (membre is not None and membre.pk == soi.pk):
        return OUI
    if membre is None:
        return non(f"Seul le porteur tient la patientèle de l’équipe : {equipe.porteur}.")
    return non("Seuls le porteur et la personne concernée tiennent cette patientèle.")


def peut_declarer_la_patientele_commune(compte: Any, equipe: Equipe) -> Permission:
    """Tout membre qui a confirmé son appartenance dit les patients suivis en commun."""
    return peut_rediger(compte, equipe)
