"""Confier le dépôt : le porteur donne à d'autres membres le droit de figer et de déposer, pour un temps.

Jamais de signer à la place de quelqu'un, ni de rouvrir, ni de retirer un dossier. Une délégation finit à sa date,
quand le porteur la retire, quand la personne quitte l'équipe, ou quand l'équipe change de porteur : le nouveau choisit
les siens. Chaque début et chaque fin s'écrit au journal de l'équipe et prévient les deux personnes.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.equipes import courriels, droits
from esperluette.equipes.enums import FinDeDelegation
from esperluette.equipes.models import DelegationDeDepot, Equipe, Membre
from esperluette.equipes.saisie import SaisieRefusee
from esperluette.journal.actions import consigner

DUREE_MAXIMALE = 366  # jours : au-delà, on la redonne


@transaction.atomic
def confier_le_depot(
    equipe: Equipe, *, acteur: Compte, membres: Iterable[Membre], fin: date
) -> list[DelegationDeDepot]:
    """Confie le dépôt à ces membres jusqu'au jour `fin`, compris. Tous, ou aucun.

    Rejoué à l'identique, rend les délégations en place ; une autre date remplace la délégation ouverte. Lève `Refus`
    (pas porteur), `SaisieRefusee` (date, personne qui ne peut pas la recevoir).
    """
    equipe = _verrouiller(equipe)
    permission = droits.peut_deleguer(acteur, equipe)
    if not permission:
        raise Refus(permission.motif)
    jours = (fin - timezone.localdate()).days
    if not 0 <= jours <= DUREE_MAXIMALE:
        raise SaisieRefusee("fin", "Choisissez une date de fin entre aujourd’hui et dans un an.")
    choisis = {m.pk for m in membres}
    receveurs = [m for m in equipe.presents if m.pk in choisis]
    if not choisis or len(receveurs) != len(choisis):
        raise SaisieRefusee("membres", "Choisissez au moins une personne, présente dans l’équipe.")
    for membre in receveurs:
        possible = droits.peut_recevoir_le_depot(membre)
        if not possible:
            raise SaisieRefusee("membres", possible.motif)
    ouvertes = {d.delegataire_id: d for d in equipe.delegations.filter(finie_le=None).select_for_update(of=("self",))}
    return [_confier(equipe, membre, ouvertes.get(membre.pk), acteur, fin) for membre in receveurs]


def _confier(
    equipe: Equipe, membre: Membre, ouverte: DelegationDeDepot | None, acteur: Compte, fin: date
) -> DelegationDeDepot:
    if ouverte is not None and ouverte.fin == fin:
        return ouverte
    if ouverte is not None:
        _clore(ouverte, FinDeDelegation.REMPLACEE)
    delegation = DelegationDeDepot.objects.create(equipe=equipe, delegant=equipe.porteur, delegataire=membre, fin=fin)
    consigner(
        "delegation_donnee", equipe, acteur=acteur, delegation=delegation.pk, membre=membre.pk, fin=fin.isoformat()
    )
    courriels.delegation_donnee(delegation)
    return delegation


@transaction.atomic
def retirer_la_delegation(delegation: DelegationDeDepot, *, acteur: Compte) -> DelegationDeDepot:
    """Le porteur reprend le dépôt, tout de suite. Rejoué, sans effet."""
    equipe = _verrouiller(delegation.equipe)
    permission = droits.peut_deleguer(acteur, equipe)
    if not permission:
        raise Refus(permission.motif)
    delegation = equipe.delegations.select_for_update(of=("self",)).get(pk=delegation.pk)
    if delegation.finie_le is None and delegation.fin < timezone.localdate():
        raise ErreurMetier(f"Cette délégation a pris fin d’elle-même le {delegation.fin:%d/%m/%Y}.")
    if delegation.finie_le is None:
        _finir(delegation, FinDeDelegation.REVOQUEE, acteur)
    return delegation


def finir_avec_le_depart(membre: Membre, *, acteur: Compte) -> None:
    """Un membre s'en va : ce qui lui était confié ne l'est plus. Dans la transaction de son départ."""
    for delegation in membre.delegations.filter(finie_le=None):
        _finir(delegation, FinDeDelegation.DEPART, acteur)


def finir_avec_le_portage(equipe: Equipe, *, acteur: Compte) -> None:
    """L'équipe change de porteur : ce que l'ancien avait confié tombe ; le nouveau choisira."""
    for delegation in equipe.delegations.filter(finie_le=None):
        _finir(delegation, FinDeDelegation.PORTAGE, acteur)


def _finir(delegation: DelegationDeDepot, motif: FinDeDelegation, acteur: Compte) -> None:
    passee = delegation.fin < timezone.localdate()
    _clore(delegation, motif)
    if passee:  # sa date l'avait déjà close : rien ne change pour personne
        return
    consigner(
        "delegation_finie", delegation.equipe, acteur=acteur, delegation=delegation.pk,
        membre=delegation.delegataire_id, motif=str(motif),
    )  # fmt: skip
    courriels.delegation_finie(delegation)


def _clore(delegation: DelegationDeDepot, motif: FinDeDelegation) -> None:
    delegation.finie_le, delegation.fin_motif = timezone.now(), motif
    delegation.save(update_fields=["finie_le", "fin_motif"])


def _verrouiller(equipe: Equipe) -> Equipe:
    return Equipe.objects.avec_membres().select_for_update(of=("self",)).get(pk=equipe.pk)
