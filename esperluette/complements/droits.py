"""Qui demande des compléments, qui y répond. Chaque refus dit sa raison."""

from typing import Any

from esperluette.commun.permissions import Permission, non
from esperluette.complements.models import DemandeDeComplements
from esperluette.dossiers import droits as droits_dossier
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier

CHEZ_L_INSTRUCTEUR = (Etat.DEPOSE, Etat.EN_INSTRUCTION)


def peut_suivre(compte: Any, dossier: Dossier) -> Permission:
    """Prolonger, annuler, lever une remarque : un agent du périmètre."""
    return droits_dossier.peut_instruire(compte, dossier)


def peut_preparer(compte: Any, dossier: Dossier) -> Permission:
    """Préparer une demande : un agent du périmètre, tant que le dossier est à instruire."""
    permission = droits_dossier.peut_instruire(compte, dossier)
    if permission and dossier.etat not in CHEZ_L_INSTRUCTEUR:
        return non(
            f"Le dossier est « {dossier.etat_enum.libelle_pour('agent')} » : on n’y prépare pas de compléments."
        )
    return permission


def peut_repondre(compte: Any, demande: DemandeDeComplements) -> Permission:
    """Répondre à une remarque : un membre confirmé, tant que la demande attend l'équipe."""
    if not demande.est_active:
        return non("Cette demande n’attend plus de réponse.")
    return droits_dossier.peut_rediger(compte, demande.dossier)
