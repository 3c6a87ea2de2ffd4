"""Qui peut faire quoi sur un dossier. Chaque refus dit sa raison."""

from collections.abc import Callable, Collection

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.documents.models import Signature
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes import droits as droits_equipe
from esperluette.equipes.models import Equipe
from esperluette.equipes.registres import Registre

ROLES_INSTANCE = (Role.SECRETARIAT, Role.PRESIDENT)


def peut_creer(compte: Compte, equipe: Equipe) -> Permission:
    """Ouvrir un dossier : le porteur de l'équipe."""
    return _porteur(compte, equipe, "Seul le porteur ouvre un dossier")


def peut_rediger(compte: Compte, dossier: Dossier) -> Permission:
    """Écrire une réponse ou joindre une pièce : un membre confirmé, tant que le dossier est ouvert à l'écriture."""
    if not dossier.est_modifiable:
        return non(f"Le dossier est « {dossier.etat_enum.label} » : ses réponses ne changent plus.")
    return droits_equipe.peut_rediger(compte, dossier.equipe)


def peut_commenter(compte: Compte, dossier: Dossier) -> Permission:
    """Commenter un champ : un membre confirmé, ou un accompagnateur invité à commenter, sur un brouillon."""
    if not dossier.est_modifiable:
        return non("On commente un brouillon ; ce dossier n’en est plus un.")
    return droits_equipe.peut_commenter(compte, dossier.equipe)


def peut_piloter(compte: Compte, dossier: Dossier) -> Permission:
    """Rouvrir, retirer : le porteur."""
    return _porteur(compte, dossier.equipe, "Seul le porteur rouvre ou retire le dossier")


def peut_deposer(compte: Compte, dossier: Dossier) -> Permission:
    """Figer, rappeler les signataires, déposer : le porteur, ou un membre à qui il l'a confié."""
    return droits_equipe.tient_le_depot(compte, dossier.equipe)


def peut_voir_preuve(compte: Compte, signature: Signature, depot: Depot) -> Permission:
    """La preuve d'une signature : le signataire la sienne ; le porteur et l'agent du périmètre, toutes."""
    if signature.signataire_id == compte.pk:
        return OUI
    return peut_voir_les_preuves(compte, depot.dossier)


def peut_voir_les_preuves(compte: Compte, dossier: Dossier) -> Permission:
    """Toutes les preuves d'un dépôt : le porteur, et l'agent du périmètre."""
    membre = droits_equipe.membre_de(compte, dossier.equipe)
    if membre is not None and membre.porteur:
        return OUI
    if est_agent_du_dossier(compte, dossier):
        return OUI
    return non("Chacun voit la preuve de sa signature ; le porteur et l’ARS les voient toutes.")


def peut_voir_la_connexion(compte: Compte, signature: Signature, depot: Depot) -> Permission:
    """D'où l'on a signé (adresse IP, navigateur) : le signataire, et l'agent du périmètre en cas de contestation."""
    if signature.signataire_id == compte.pk or est_agent_du_dossier(compte, depot.dossier):
        return OUI
    return non("L’adresse IP d’un signataire n’est montrée qu’à lui et à l’ARS ; la preuve en garde l’empreinte.")


def est_agent_du_dossier(compte: Compte, dossier: Dossier) -> bool:
    """Un agent du périmètre, autorité comprise, une fois le dossier reçu."""
    return bool(_dans_le_perimetre(compte, dossier, (*Role.INSTRUCTEURS, Role.AUTORITE), "")) and (
        droits_equipe.membre_de(compte, dossier.equipe) is None
    )


def peut_signer(compte: Compte, depot: Depot) -> Permission:
    """Signer : un membre nommé dans la version figée, une seule fois, tant qu'elle attend des signatures."""
    if depot.annule_le is not None:
        return non("Cette version a été rouverte : elle ne se signe plus.")
    if depot.dossier.etat != Etat.A_SIGNER or depot.depose_le is not None:
        return non("Cette version n’attend plus de signature.")
    membre = droits_equipe.membre_de(compte, depot.dossier.equipe)
    if membre is None or membre.pk not in {s["membre"] for s in depot.contenu["signataires"]}:
        return non("Seuls les membres nommés dans cette version peuvent la signer.")
    if any(s.signataire_id == compte.pk and s.annulee_le is None for s in depot.signatures.all()):
        return non("Vous avez déjà signé cette version.")
    return OUI


def peut_instruire(compte: Compte, dossier: Dossier) -> Permission:
    """Instruire : un agent de l'ARS dont le périmètre couvre la commune d'implantation."""
    return _dans_le_perimetre(compte, dossier, Role.INSTRUCTEURS, "Ce dossier n’est pas dans votre périmètre d’agent.")


def peut_decider(compte: Compte, dossier: Dossier) -> Permission:
    """Accepter ou refuser : l'autorité de l'ARS, dans sa délégation."""
    return _dans_le_perimetre(compte, dossier, (Role.AUTORITE,), "Seule l’autorité de l’ARS décide.")


def peut_inscrire(compte: Compte, dossier: Dossier) -> Permission:
    """Inscrire à une séance : un agent du périmètre ou le secrétariat de l'instance."""
    return _dans_le_perimetre(
        compte,
        dossier,
        (*Role.INSTRUCTEURS, Role.SECRETARIAT),
        "Seuls l’ARS et le secrétariat inscrivent à une séance.",
    )


# (compte, dossier) -> bool : préside aujourd'hui l'instance où ce dossier est inscrit. Les commissions s'y inscrivent.
PRESIDENCES: Registre[Callable[[Compte, Dossier], bool]] = Registre("présidence de l'instance d'un dossier")


def peut_rendre_avis(compte: Compte, dossier: Dossier) -> Permission:
    """Ajourner ou rendre l'avis de l'instance : son secrétariat ou sa présidence."""
    if any(preside(compte, dossier) for preside in PRESIDENCES):
        return OUI
    return _dans_le_perimetre(compte, dossier, ROLES_INSTANCE, "Seule l’instance rend un avis.")


def _porteur(compte: Compte, equipe: Equipe, regle: str) -> Permission:
    membre = droits_equipe.membre_de(compte, equipe)
    if membre is None:
        return non(droits_equipe.PAS_DANS_L_EQUIPE)
    return OUI if membre.porteur else non(f"{regle} : {equipe.porteur}.")


def _dans_le_perimetre(compte: Compte, dossier: Dossier, roles: Collection[str], motif: str) -> Permission:
    """Même règle que `Dossier.objects.recus_dans`, sans requête quand l'équipe est déjà lue avec sa commune."""
    recu = dossier.depose_le is not None
    return OUI if recu and perimetre(compte, roles=roles).contient(dossier.equipe.implantation) else non(motif)
