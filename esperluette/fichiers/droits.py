"""Ce que l'antivirus laisse lire. Qui a affaire au fichier, l'app propriétaire le dit."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.fichiers.models import Fichier

QUARANTAINE = (
    "Ce fichier est en quarantaine : l’antivirus y a reconnu un danger. Il ne se télécharge plus, par personne. "
    "La personne qui l’a déposé est prévenue."
)
EN_ATTENTE = (
    "Ce fichier n’est pas encore passé par l’antivirus. Revenez dans quelques minutes ; s’il attend encore demain, "
    "prévenez la personne qui l’a déposé."
)


def peut_lire(fichier: Fichier, lecteur: Any = None) -> Permission:
    """Lire un fichier jugé sain, ou que personne n'analyse.

    En attente, seul le lit qui l'a déposé : il l'a déjà sur son poste, et peut vérifier que c'est le bon. En
    quarantaine, personne, pas même lui : un compte volé ne doit pas servir à répandre ce qu'il a déposé.
    """
    if fichier.en_quarantaine:
        return non(QUARANTAINE)
    if fichier.a_juger and not _a_depose(lecteur, fichier):
        return non(EN_ATTENTE)
    return OUI


def _a_depose(lecteur: Any, fichier: Fichier) -> bool:
    return lecteur is not None and fichier.depose_par_id is not None and lecteur.pk == fichier.depose_par_id


def retenue(fichier: Fichier) -> str:
    """Pourquoi ce fichier ne peut pas partir avec un dossier, et quoi faire ; vide s'il le peut."""
    if fichier.en_quarantaine:
        return "L’antivirus y a reconnu un danger : remplacez-la ou retirez-la."
    if fichier.a_juger:
        return "Elle attend l’antivirus : revenez dans quelques minutes."
    return ""
