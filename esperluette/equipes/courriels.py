"""Les courriels de l'équipe : un lien et ce qu'il faut savoir, rien de plus."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.equipes.models import AccesAccompagnateur, DelegationDeDepot, Equipe, Invitation, Membre
from esperluette.notifications.actions import envoyer


def duree_invitation() -> timedelta:
    """Combien de temps un lien d'invitation reste valable (réglage `DUREE_INVITATION_JOURS`)."""
    return timedelta(days=getattr(settings, "DUREE_INVITATION_JOURS", 14))


def _adresse(nom: str, *arguments: object) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse(nom, args=arguments)


def invitation(invitation: Invitation, jeton: str, *, renvoi: bool) -> None:
    """Le lien d'invitation, à la personne invitée. Le jeton ne part que là."""
    membre = invitation.membre
    envoyer(
        "equipes/invitation_renvoyee" if renvoi else "equipes/invitation",
        a=invitation.courriel,
        contexte={
            "prenom": membre.prenom,
            "equipe": membre.equipe.nom,
            "invitant": str(invitation.envoyee_par),
            "echeance": timezone.localtime(invitation.echeance),
            "lien": _adresse("equipes:invitation", jeton),
        },
        objet_lie=membre.equipe,
    )


def invitation_revoquee(invitation: Invitation) -> None:
    """Dit à la personne que son lien ne sert plus, pour qu'elle ne s'y heurte pas."""
    envoyer(
        "equipes/invitation_revoquee",
        a=invitation.courriel,
        contexte={"prenom": invitation.membre.prenom, "equipe": invitation.membre.equipe.nom},
        objet_lie=invitation.membre.equipe,
    )


def appartenance_confirmee(membre: Membre) -> None:
    """Au porteur : un membre de plus est confirmé."""
    porteur = membre.equipe.porteur
    envoyer(
        "equipes/appartenance_confirmee",
        a=_destinataire(porteur),
        contexte={
            "prenom": porteur.prenom,
            "membre": str(membre),
            "equipe": membre.equipe.nom,
            "lien": _adresse("equipes:fiche", membre.equipe_id),
        },
        objet_lie=membre.equipe,
    )


def portage_transmis(equipe: Equipe, *, ancien: Membre, nouveau: Membre) -> None:
    """Au nouveau porteur, ce que ce rôle lui ouvre ; à l'ancien, la confirmation."""
    for destinataire in (nouveau, ancien):
        envoyer(
            "equipes/portage_transmis",
            a=_destinataire(destinataire),
            contexte={
                "prenom": destinataire.prenom,
                "equipe": equipe.nom,
                "ancien": str(ancien),
                "nouveau": str(nouveau),
                "est_nouveau": destinataire.pk == nouveau.pk,
                "lien": _adresse("equipes:fiche", equipe.pk),
            },
            objet_lie=equipe,
        )


def delegation_donnee(delegation: DelegationDeDepot) -> None:
    """Au porteur et à la personne : ce qui est confié, jusqu'à quand, et ce qui ne l'est pas."""
    _delegation("equipes/delegation_donnee", delegation)


def delegation_finie(delegation: DelegationDeDepot) -> None:
    """Aux deux : la délégation a pris fin avant sa date, et pourquoi."""
    _delegation("equipes/delegation_finie", delegation)


def _delegation(gabarit: str, delegation: DelegationDeDepot) -> None:
    for membre in (delegation.delegataire, delegation.delegant):
        envoyer(
            gabarit,
            a=_destinataire(membre),
            contexte={
                "prenom": membre.prenom,
                "recoit": membre.pk == delegation.delegataire_id,
                "porteur": str(delegation.delegant),
                "membre": str(delegation.delegataire),
                "equipe": delegation.equipe.nom,
                "fin": delegation.fin,
                "raison": delegation.get_fin_motif_display(),
                "lien": _adresse("equipes:delegations", delegation.equipe_id),
            },
            objet_lie=delegation.equipe,
        )


def depart(membre: Membre, *, acteur: Compte) -> None:
    """Un membre est parti : au porteur s'il l'a décidé lui-même, à lui si on l'a retiré."""
    equipe, porteur = membre.equipe, membre.equipe.porteur
    de_lui_meme = membre.compte_id == acteur.pk
    destinataire = porteur if de_lui_meme else membre
    if not (destinataire.compte_id or destinataire.courriel):
        return
    envoyer(
        "equipes/depart" if de_lui_meme else "equipes/retrait",
        a=_destinataire(destinataire),
        contexte={
            "prenom": destinataire.prenom,
            "membre": str(membre),
            "porteur": str(porteur),
            "equipe": equipe.nom,
            "lien": _adresse("equipes:membres", equipe.pk),
        },
        objet_lie=equipe,
    )


def acces_ouvert(acces: AccesAccompagnateur) -> None:
    """À l'accompagnateur : ce que l'équipe lui ouvre, jusqu'à quand."""
    _acces("equipes/accompagnateur_invite", acces)


def acces_revoque(acces: AccesAccompagnateur) -> None:
    """À l'accompagnateur : son accès est clos."""
    _acces("equipes/accompagnateur_revoque", acces)


def _acces(gabarit: str, acces: AccesAccompagnateur) -> None:
    envoyer(
        gabarit,
        a=acces.compte or acces.courriel,
        contexte={
            "nom": acces.nom,
            "equipe": acces.equipe.nom,
            "invitant": str(acces.invite_par),
            "portee": acces.get_portee_display().lower(),
            "debut": acces.debut,
            "fin": acces.fin,
            "lien": _adresse("equipes:fiche", acces.equipe_id),
        },
        objet_lie=acces.equipe,
    )


def _destinataire(membre: Membre) -> Compte | str:
    return membre.compte or membre.courriel
