"""Qui peut faire quoi dans une équipe. Chaque refus porte une phrase adressée à la personne.

Les fonctions lisent `equipe.membres` tel qu'il est : préchargé (`avec_membres`), il ne coûte rien.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.models import Compte
from esperluette.equipes.enums import Changement, Portee
from esperluette.equipes.models import AccesAccompagnateur, DelegationDeDepot, Equipe, Invitation, Membre
from esperluette.equipes.registres import GARDES_COMPOSITION, VISIBILITES

PAS_DANS_L_EQUIPE = "Vous ne faites pas partie de cette équipe."
DERNIER_PORTEUR = (
    "Une équipe a toujours un porteur : transmettez d’abord ce rôle à un membre qui a confirmé son appartenance, "
    "puis quittez l’équipe."
)


def inscrire_visibilite(fonction: Callable[[Any], Q]) -> Callable[[Any], Q]:
    """Ajoute aux équipes visibles celles que désigne `fonction(compte) -> Q` ; appelée par les apps du dessus."""
    return VISIBILITES.inscrire(fonction)


def inscrire_garde_composition(fonction: Callable[..., Permission]) -> Callable[..., Permission]:
    """`fonction(equipe, *, changement, membre, acteur) -> Permission` pourra refuser un changement de composition."""
    return GARDES_COMPOSITION.inscrire(fonction)


def membre_de(compte: Any, equipe: Equipe) -> Membre | None:
    """Le membre présent que ce compte est dans l'équipe, s'il en est un."""
    if not isinstance(compte, Compte) or not compte.is_active:
        return None
    return next((m for m in equipe.membres.all() if m.compte_id == compte.pk and m.est_present), None)


def est_d_une_equipe() -> Q:
    """La condition, sur Compte, de qui est d'une équipe ou en accompagne une ; le compte connecté se lit avec elle."""
    membres = Membre.objects.presents().filter(compte=OuterRef("pk"))
    acces = AccesAccompagnateur.objects.en_cours().filter(
        Q(compte=OuterRef("pk")) | Q(compte=None, courriel__iexact=OuterRef("courriel"))
    )
    return Q(Exists(membres)) | Q(Exists(acces))


def acces_de(compte: Any, equipe: Equipe) -> AccesAccompagnateur | None:
    """L'accès d'accompagnateur qui court pour ce compte ; le plus large s'il en a plusieurs."""
    if not isinstance(compte, Compte) or not compte.is_active:
        return None
    acces = list(AccesAccompagnateur.objects.en_cours().de(compte).filter(equipe=equipe))
    return max(acces, key=lambda a: (a.portee == Portee.COMMENTAIRE, a.fin), default=None)


def peut_voir(compte: Any, equipe: Equipe) -> Permission:
    """Même règle que `Equipe.objects.visibles_par`."""
    if Equipe.objects.visibles_par(compte).filter(pk=equipe.pk).exists():
        return OUI
    return non("Cette équipe ne vous est pas ouverte.")


def peut_modifier(compte: Any, equipe: Equipe) -> Permission:
    """Le porteur tient les informations de l'équipe."""
    return _porteur(compte, equipe, "Seul le porteur modifie les informations de l’équipe")


def peut_inviter(compte: Any, equipe: Equipe) -> Permission:
    """Le porteur tient la liste des membres, les invitations et les accès d'accompagnateurs."""
    return _porteur(compte, equipe, "Seul le porteur ajoute, invite ou retire des membres")


def peut_rediger(compte: Any, equipe: Equipe) -> Permission:
    """Tout membre présent qui a confirmé son appartenance écrit dans les dossiers de l'équipe."""
    membre = membre_de(compte, equipe)
    if membre is None:
        return non("Seuls les membres de l’équipe écrivent dans son projet.")
    if not membre.est_confirme:
        return non("Confirmez d’abord votre appartenance à l’équipe.")
    return OUI


def peut_commenter(compte: Any, equipe: Equipe) -> Permission:
    """Les membres confirmés, et les accompagnateurs invités à commenter tant que leur accès court."""
    if peut_rediger(compte, equipe):
        return OUI
    acces = acces_de(compte, equipe)
    if acces is None:
        return non("Seuls les membres de l’équipe et ceux qu’elle invite commentent son projet.")
    if acces.portee != Portee.COMMENTAIRE:
        return non("L’équipe vous a ouvert son projet en lecture : demandez-lui de pouvoir le commenter.")
    return OUI


def peut_modifier_membre(compte: Any, membre: Membre) -> Permission:
    """Le porteur, et chacun pour sa propre fiche."""
    if not membre.est_present:
        return non(f"{membre} a quitté l’équipe : sa fiche ne change plus.")
    soi = membre_de(compte, membre.equipe)
    if soi is not None and (soi.porteur or soi.pk == membre.pk):
        return OUI
    return non("Seuls le porteur et la personne concernée modifient cette fiche.")


def peut_retirer(compte: Any, membre: Membre) -> Permission:
    """Le porteur retire un autre membre présent ; lui-même transmet d'abord son rôle."""
    if not (permission := peut_inviter(compte, membre.equipe)):
        return permission
    if not membre.est_present:
        return non(f"{membre} a déjà quitté l’équipe.")
    return non(DERNIER_PORTEUR) if membre.porteur else OUI


def peut_deleguer(compte: Any, equipe: Equipe) -> Permission:
    """Le porteur confie le droit de figer et de déposer, et le reprend."""
    return _porteur(compte, equipe, "Seul le porteur confie le dépôt")


def peut_recevoir_le_depot(membre: Membre) -> Permission:
    """Un membre présent, confirmé, autre que le porteur."""
    if not membre.est_present:
        return non(f"{membre} a quitté l’équipe.")
    if membre.porteur:
        return non(f"{membre} porte l’équipe : le dépôt lui revient déjà.")
    if not membre.est_confirme:
        return non(f"{membre} doit d’abord confirmer son appartenance à l’équipe.")
    return OUI


def delegations_en_cours(equipe: Equipe) -> list[DelegationDeDepot]:
    """Celles qui valent aujourd'hui ; une requête, aucune si elles sont préchargées."""
    if "delegations" in getattr(equipe, "_prefetched_objects_cache", {}):
        return [d for d in equipe.delegations.all() if d.est_en_cours]
    return list(equipe.delegations.en_cours().select_related("delegataire"))


def tient_le_depot(compte: Any, equipe: Equipe) -> Permission:
    """Figer et déposer : le porteur, ou un membre à qui il l'a confié et dont la délégation court."""
    membre = membre_de(compte, equipe)
    if membre is None:
        return non(PAS_DANS_L_EQUIPE)
    if membre.porteur or any(d.delegataire_id == membre.pk for d in delegations_en_cours(equipe)):
        return OUI
    return non(f"Seul le porteur, {equipe.porteur}, fige et dépose les dossiers, ou une personne à qui il l’a confié.")


def peut_transmettre(compte: Any, membre: Membre) -> Permission:
    """Le porteur transmet son rôle à un autre membre présent, qui a confirmé son appartenance."""
    if not (permission := _porteur(compte, membre.equipe, "Seul le porteur transmet son rôle")):
        return permission
    if membre.porteur:
        return non("Vous portez déjà l’équipe.")
    if not membre.est_confirme:
        return non(f"{membre} doit d’abord confirmer son appartenance à l’équipe.")
    return OUI


def peut_quitter(compte: Any, equipe: Equipe) -> Permission:
    """Tout membre quitte l'équipe quand il veut ; le porteur transmet d'abord son rôle."""
    membre = membre_de(compte, equipe)
    if membre is None:
        return non(PAS_DANS_L_EQUIPE)
    return non(DERNIER_PORTEUR) if membre.porteur else OUI


def peut_accepter(compte: Any, invitation: Invitation) -> Permission:
    """L'invitation est ouverte, et le compte a l'adresse invitée."""
    if not isinstance(compte, Compte):
        return non("Connectez-vous avec l’adresse qui a reçu l’invitation.")
    if compte.courriel.lower() != invitation.courriel.lower():
        return non(
            f"Cette invitation a été envoyée à {masquer(invitation.courriel)} ; vous êtes connecté avec "
            f"{compte.courriel}. Connectez-vous avec l’adresse invitée, ou demandez au porteur d’inviter "
            f"{compte.courriel}."
        )
    return OUI


def peut_changer_composition(
    compte: Any, equipe: Equipe, changement: Changement, membre: Membre | None = None
) -> Permission:
    """Ce que disent les gardes inscrites par les apps du dessus ; le premier refus l'emporte."""
    for garde in GARDES_COMPOSITION:
        if not (permission := garde(equipe, changement=changement, membre=membre, acteur=compte)):
            return permission
    return OUI


def masquer(courriel: str) -> str:
    """« marie@cabinet.example » → « m•••@cabinet.example » : assez pour se reconnaître, pas pour apprendre."""
    local, _, domaine = courriel.partition("@")
    return f"{local[:1]}•••@{domaine}"


def _porteur(compte: Any, equipe: Equipe, regle: str) -> Permission:
    membre = membre_de(compte, equipe)
    if membre is None:
        return non(PAS_DANS_L_EQUIPE)
    return OUI if membre.porteur else non(f"{regle} : {equipe.porteur}.")


def des_siennes(compte: Any, prefixe: str = "equipe") -> Q:
    """Ce qui tient à une équipe dont ce compte est membre, ou qu'il accompagne : nul n'instruit ni ne décide pour soi.

    `prefixe` : le chemin jusqu'à l'équipe. Deux sous-requêtes, aucune requête de plus.
    """
    membre = Membre.objects.presents().filter(compte=compte).values("equipe")
    accompagnees = AccesAccompagnateur.objects.en_cours().de(compte).values("equipe")
    return Q(**{f"{prefixe}__in": membre}) | Q(**{f"{prefixe}__in": accompagnees})
