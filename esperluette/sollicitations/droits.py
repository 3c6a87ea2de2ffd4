"""Qui demande un chiffre à l'ARS, qui y répond. Chaque refus dit sa raison."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.dossiers import droits as droits_dossier
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import ouvert_a_l_ecriture
from esperluette.equipes import droits as droits_equipe
from esperluette.sollicitations.enums import Issue
from esperluette.sollicitations.models import Sollicitation

DEJA = "L’ARS a déjà répondu à cette demande."
RETIREE = "L’équipe a retiré cette demande."
HORS_PERIMETRE = "Seuls les agents de l’ARS qui instruisent dans ce territoire répondent à cette demande."


def peut_demander(compte: Any, dossier: Dossier) -> Permission:
    """Demander un chiffre : un membre confirmé, tant que le dossier s'écrit."""
    return droits_dossier.peut_rediger(compte, dossier)


def peut_retirer(compte: Any, sollicitation: Sollicitation) -> Permission:
    """Retirer une demande sans réponse : tout membre confirmé ; elle est à l'équipe, pas à qui l'a écrite."""
    membre = est_du_projet(compte, sollicitation)
    return non(f"{DEJA} Elle ne se retire plus.") if membre and sollicitation.repondue_le is not None else membre


def peut_relancer(compte: Any, sollicitation: Sollicitation) -> Permission:
    """Relancer : un membre confirmé, tant que l'ARS n'a pas répondu. Le délai entre deux relances se dit à part."""
    membre = est_du_projet(compte, sollicitation)
    if membre and not sollicitation.est_en_attente:
        return non("Cette demande n’attend plus de réponse.")
    if membre and sollicitation.dossier.etat not in Etat.OUVERTS:
        return non("Ce dossier est clos : sa demande n’attend plus de réponse.")
    return membre


def est_du_projet(compte: Any, sollicitation: Sollicitation) -> Permission:
    """Un membre confirmé de l'équipe, quel que soit l'état du dossier."""
    return droits_equipe.peut_rediger(compte, sollicitation.dossier.equipe)


def assez_attendu(sollicitation: Sollicitation) -> Permission:
    """Une relance par délai : l'ARS n'en reçoit pas une à chaque clic."""
    prochaine = prochaine_relance(sollicitation)
    if timezone.now() >= prochaine:
        return OUI
    jours, le = settings.SOLLICITATION_RELANCE_JOURS, en_lettres(timezone.localtime(prochaine))
    return non(f"L’ARS a été prévenue il y a moins de {jours} jours : vous pourrez la relancer le {le}.")


def prochaine_relance(sollicitation: Sollicitation) -> datetime:
    """Le moment à partir duquel une relance part : un délai après la demande, ou après la relance d'avant."""
    derniere = sollicitation.relancee_le or sollicitation.demandee_le
    return derniere + timedelta(days=settings.SOLLICITATION_RELANCE_JOURS)


def peut_inserer(compte: Any, sollicitation: Sollicitation) -> Permission:
    """Mettre le chiffre reçu dans le projet : un membre confirmé, tant que ce champ-là s'écrit."""
    membre = est_du_projet(compte, sollicitation)
    if not membre:
        return membre
    if sollicitation.issue != Issue.FOURNI:
        return non("L’ARS n’a pas donné de chiffre.")
    if not sollicitation.champ:
        return non("Cette rubrique n’a pas de place pour des chiffres : recopiez celui-ci dans votre texte.")
    dossier = sollicitation.dossier
    return droits_dossier.peut_rediger(compte, dossier) and ouvert_a_l_ecriture(dossier, sollicitation.champ)


def peut_repondre(compte: Any, sollicitation: Sollicitation) -> Permission:
    """Répondre : un agent qui instruit dans ce territoire et n'est pas de l'équipe, tant qu'un chiffre est attendu.

    Celui qui n'avait pas le chiffre peut encore le donner quand il l'a trouvé.
    """
    if sollicitation.retiree_le is not None:
        return non(RETIREE)
    if sollicitation.issue == Issue.FOURNI:
        return non(DEJA)
    equipe = sollicitation.dossier.equipe
    if not perimetre(compte, Role.INSTRUCTEURS).contient(equipe.implantation):
        return non(HORS_PERIMETRE)
    if droits_equipe.membre_de(compte, equipe) or droits_equipe.acces_de(compte, equipe):
        return non("Vous êtes de cette équipe, ou vous l’accompagnez : un autre agent lui répond.")
    if sollicitation.dossier.etat not in Etat.OUVERTS:
        return non("L’équipe a fermé ce dossier : le chiffre n’est plus attendu.")
    return OUI
