"""Qui importe une trame remplie : qui peut écrire les réponses du dossier."""

from esperluette.commun.permissions import Permission, non
from esperluette.comptes.models import Compte
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import PIECES, ouvert_a_l_ecriture
from esperluette.importations.models import Importation


def peut_importer(compte: Compte, dossier: Dossier) -> Permission:
    """Déposer une trame remplie : comme rédiger, et joindre une pièce."""
    return peut_rediger(compte, dossier) and ouvert_a_l_ecriture(dossier, PIECES)


def peut_relire(compte: Compte, importation: Importation) -> Permission:
    """Décider d'une proposition : comme rédiger, tant que la relecture est ouverte."""
    if not importation.est_ouverte:
        return non("Cette relecture est close : déposez de nouveau le fichier pour la reprendre.")
    return peut_rediger(compte, importation.dossier)


def peut_annuler(compte: Compte, importation: Importation) -> Permission:
    """Défaire un choix, même une fois la relecture close, tant que le dossier se rédige."""
    return peut_rediger(compte, importation.dossier)
