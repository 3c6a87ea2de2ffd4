"""Les conditions des transitions et de la composition, inscrites au démarrage par `apps.py`."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import ce_qui_manque, demarche_de, depot_en_attente, qui_signe
from esperluette.dossiers.models import Dossier
from esperluette.equipes.enums import Changement
from esperluette.equipes.models import Equipe
from esperluette.fichiers.droits import retenue

MANQUES_CITES = 3


def dossier_complet(dossier: Dossier, _compte: Compte) -> Permission:
    """Figer : rien ne manque. Le refus nomme les premiers manques."""
    manques = ce_qui_manque(dossier)
    if not manques:
        return OUI
    cites = ", ".join(f"« {m.libelle} »" for m in manques[:MANQUES_CITES])
    reste = len(manques) - MANQUES_CITES
    suite = f" et {reste} autre{'s' if reste > 1 else ''}" if reste > 0 else ""
    return non(f"Il manque encore {len(manques)} élément{'s' if len(manques) > 1 else ''} : {cites}{suite}.")


def signatures_completes(dossier: Dossier, compte: Compte) -> Permission:
    """Déposer : toutes les signatures exigées ; sans signature exigée, un dossier complet."""
    if dossier.est_modifiable:
        if qui_signe(dossier) != "aucune":
            return non("Cette démarche se signe avant d’être déposée : figez d’abord la version à signer.")
        return dossier_complet(dossier, compte)
    depot = depot_en_attente(dossier)
    if depot is None:
        return non("Aucune version n’attend d’être déposée.")
    posees = depot.signatures.filter(annulee_le=None).count()
    reste = len(depot.contenu["signataires"]) - posees
    if reste > 0:
        return non(f"Il manque encore {reste} signature{'s' if reste > 1 else ''}.")
    return OUI


def pieces_admises(dossier: Dossier, _compte: Compte) -> Permission:
    """Déposer : aucune pièce en quarantaine ni en attente d'analyse ; une pièce jugée après coup compte aussi."""
    for piece in dossier.pieces.filter(retiree_le=None).select_related("fichier"):
        if raison := retenue(piece.fichier):
            return non(f"La pièce « {piece.libelle} » ne peut pas partir. {raison}")
    return OUI


def sans_instance_ou_apres_avis(dossier: Dossier, _compte: Compte) -> Permission:
    """Décider sans avis : seulement quand la démarche n'a pas de commission, ou quand on redécide.

    Un recours gracieux ou un retrait rouvre un dossier dont la commission a déjà rendu l'avis : il vaut encore.
    """
    if dossier.etat == Etat.EN_INSTRUCTION and demarche_de(dossier).instance:
        if dossier.passages.filter(geste__in=("reexaminer", "retirer_l_accord")).exists():
            return OUI
        return non("Cette démarche passe devant une commission : son avis précède la décision.")
    return OUI


def composition_libre(equipe: Equipe, *, changement: Changement, membre: Any, acteur: Any) -> Permission:
    """Pendant la signature, la composition ne bouge pas : la version figée nomme ses signataires."""
    if changement == Changement.DEPART or not equipe.dossiers.filter(etat=Etat.A_SIGNER).exists():
        return OUI
    return non("Un dossier de l’équipe est à la signature : rouvrez sa rédaction avant de changer l’équipe.")
