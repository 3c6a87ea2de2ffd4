"""Qui emporte un dossier, et quelle part. Le déport l'emporte sur tout."""

from typing import Any

from esperluette.commissions.models import Deport
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.dossiers.models import Dossier
from esperluette.equipes.droits import membre_de

DEPORTE = "Vous vous êtes déporté, ou l’avez été, sur ce dossier : vous n’en emportez rien."


def peut_emporter_pour_l_equipe(compte: Any, dossier: Dossier) -> Permission:
    """La part de l'équipe : un membre présent et confirmé ; un accompagnateur lit sans emporter."""
    membre = membre_de(compte, dossier.equipe)
    if membre is None:
        return non("Vous lisez ce dossier ; seuls les membres de l’équipe l’emportent.")
    return OUI if membre.est_confirme else non("Confirmez d’abord votre appartenance à l’équipe.")


def peut_emporter_pour_l_ars(compte: Any, dossier: Dossier) -> Permission:
    """La part de l'ARS : un agent qui voit ce dossier (`instruction.lectures.dossiers_de`), sauf s'il est déporté."""
    if Deport.objects.en_vigueur().filter(compte=compte, point__dossier=dossier).exists():
        return non(DEPORTE)
    return OUI
