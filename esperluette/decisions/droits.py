"""Qui prépare, vise, signe, notifie, retire. L'agent ne signe pas ; l'administrateur non plus."""

from typing import Any

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.models import Compte
from esperluette.decisions import gestes
from esperluette.decisions.enums import Sens
from esperluette.decisions.models import Decision
from esperluette.dossiers.cycle import permission as permission_du_dossier
from esperluette.dossiers.droits import peut_decider, peut_instruire
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.gardes import sans_instance_ou_apres_avis
from esperluette.dossiers.models import Dossier
from esperluette.equipes.droits import membre_de

A_DECIDER = (Etat.AVIS_RENDU, Etat.EN_INSTRUCTION)


def peut_preparer(compte: Compte, dossier: Dossier) -> Permission:
    """Préparer une décision : un agent du périmètre, quand le dossier est prêt à être décidé."""
    if not (droit := peut_instruire(compte, dossier)):
        return droit
    if dossier.etat not in A_DECIDER:
        return non(f"Ce dossier est « {dossier.etat_enum.label} » : il n’attend pas de décision.")
    return sans_instance_ou_apres_avis(dossier, compte)


def _de_l_agent(compte: Compte, decision: Decision, geste: str) -> Permission:
    if not (droit := peut_instruire(compte, decision.dossier)):
        return droit
    raison = gestes.possible(decision, geste)
    return non(raison) if raison else OUI


def peut_rediger(compte: Compte, decision: Decision) -> Permission:
    """Changer le sens, les motifs ou le courrier, tant que rien n'est signé."""
    return _de_l_agent(compte, decision, "rediger")


def peut_viser(compte: Compte, decision: Decision) -> Permission:
    """Viser : un second agent du périmètre, jamais celui qui a préparé."""
    if not (droit := _de_l_agent(compte, decision, "viser")):
        return droit
    if decision.preparee_par_id == compte.pk:
        return non("Vous avez préparé cette décision : c’est à un autre agent de la relire.")
    return OUI


def peut_abandonner(compte: Compte, decision: Decision) -> Permission:
    """Abandonner une décision que l'équipe n'a pas reçue."""
    return _de_l_agent(compte, decision, "abandonner")


def peut_rouvrir(compte: Compte, decision: Decision) -> Permission:
    """Reprendre une décision signée, avant sa notification : sa signature tombe."""
    return _de_l_agent(compte, decision, "rouvrir")


def peut_notifier(compte: Compte, decision: Decision) -> Permission:
    """Notifier ce que l'autorité a signé : un agent du périmètre."""
    return _de_l_agent(compte, decision, "notifier")


def peut_signer(compte: Compte, decision: Decision) -> Permission:
    """Signer : l'autorité, dans sa délégation, sous son prénom et son nom."""
    if not (droit := peut_decider(compte, decision.dossier)):
        return droit
    if raison := gestes.possible(decision, "signer"):
        return non(raison)
    if not (compte.prenom.strip() and compte.nom.strip()):
        return non("Une décision porte le prénom et le nom de son auteur : complétez d’abord votre profil.")
    return peut_aboutir(compte, decision)


def peut_aboutir(compte: Compte, decision: Decision) -> Permission:
    """Le dossier permet-il encore ce que la décision dit ? Il a pu être retiré ou classé entre-temps."""
    return permission_du_dossier(decision.dossier, decision.sens_enum.geste, compte)


def peut_retirer(compte: Compte, decision: Decision) -> Permission:
    """Retirer une décision favorable déjà notifiée : l'autorité. Le délai et la procédure, l'action les vérifie."""
    if not (droit := peut_decider(compte, decision.dossier)):
        return droit
    if raison := gestes.possible(decision, "retirer"):
        return non(raison)
    if decision.sens not in Sens.FAVORABLES:
        return non("Seule une décision favorable se retire ; un refus se réexamine sur recours gracieux.")
    return OUI


def peut_reexaminer(compte: Compte, decision: Decision) -> Permission:
    """Rouvrir un dossier refusé, sur recours gracieux : un agent du périmètre."""
    if not (droit := permission_du_dossier(decision.dossier, "reexaminer", compte)):
        return droit
    raison = gestes.possible(decision, "remplacer")
    return non(raison) if raison else OUI


def consulte_pour_l_equipe(compte: Any, dossier: Dossier) -> bool:
    """Cette personne lit-elle au nom de l'équipe ? Un accompagnateur lit, sans que cela vaille consultation."""
    return membre_de(compte, dossier.equipe) is not None
