"""Qui lit et qui écrit le fil d'un dossier, ses notes internes, les réponses types d'une région.

L'équipe écrit toujours, même avant le dépôt et après la décision : tant qu'elle existe, elle a un référent. Un
accompagnateur lit le fil ; il n'y écrit pas, quelle que soit sa portée : on n'y parle qu'au nom de l'équipe.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import fonctions_actives, perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier, DossierQuerySet
from esperluette.echanges.enums import Cote
from esperluette.echanges.models import Message
from esperluette.echanges.registres import OUVERTURES
from esperluette.equipes import droits as droits_equipe
from esperluette.territoires.models import Region

TENEURS = (*Role.INSTRUCTEURS, Role.ADMIN_REGIONAL)
PAS_ENCORE = (
    "L’équipe n’a ni déposé ce dossier, ni ouvert son brouillon, ni écrit : vous ne pouvez pas commencer l’échange."
)
DE_L_EQUIPE = "Vous faites partie de cette équipe : les notes internes des agents ne vous sont pas ouvertes."


def fils_des_agents(compte: Any) -> DossierQuerySet:
    """Les dossiers de son périmètre dont cet agent lit le fil : reçus, où l'équipe a écrit, ou qu'elle lui ouvre."""
    return Dossier.objects.filter(perimetre(compte).filtre("equipe__implantation")).filter(_ouverts(compte))


def _ouverts(compte: Any) -> Q:
    """Les dossiers dont le fil est ouvert à l'ARS, ou à cet agent-là."""
    ecrit = Message.objects.filter(dossier=OuterRef("pk"), cote=Cote.EQUIPE)
    condition = Q(depose_le__isnull=False) | Q(Exists(ecrit))
    for ouverture in OUVERTURES:
        condition |= ouverture(compte)
    return condition


def est_ouvert_par_l_equipe(compte: Any, dossier: Dossier) -> bool:
    """L'équipe a-t-elle ouvert ce brouillon à cet agent, au-delà du fil ?"""
    conditions = [ouverture(compte) for ouverture in OUVERTURES]
    return any(Dossier.objects.filter(condition, pk=dossier.pk).exists() for condition in conditions)


def est_ouvert_a(compte: Any, dossier: Dossier) -> bool:
    """Même règle que `fils_des_agents`, périmètre à part ; sans requête pour un dossier reçu."""
    return dossier.depose_le is not None or Dossier.objects.filter(_ouverts(compte), pk=dossier.pk).exists()


def peut_ecrire(compte: Compte, dossier: Dossier, cote: Cote) -> Permission:
    """Écrire dans le fil, d'un côté ou de l'autre."""
    return _peut_ecrire_equipe(compte, dossier) if cote == Cote.EQUIPE else _peut_ecrire_ars(compte, dossier)


def _peut_ecrire_equipe(compte: Compte, dossier: Dossier) -> Permission:
    membre = droits_equipe.membre_de(compte, dossier.equipe)
    if membre is None:
        return non("Vous lisez ces échanges ; seuls les membres de l’équipe y écrivent.")
    return OUI if membre.est_confirme else non("Confirmez d’abord votre appartenance à l’équipe.")


def _peut_ecrire_ars(compte: Compte, dossier: Dossier) -> Permission:
    if not perimetre(compte, Role.INSTRUCTEURS).contient(dossier.equipe.implantation):
        return non("Vous lisez ces échanges ; seuls les agents qui instruisent dans ce territoire y écrivent.")
    return OUI if est_ouvert_a(compte, dossier) else non(PAS_ENCORE)


def peut_lire_les_notes(compte: Compte, dossier: Dossier) -> Permission:
    """Lire les notes internes : un agent du périmètre, qui n'est pas de l'équipe et ne l'accompagne pas."""
    if not perimetre(compte).contient(dossier.equipe.implantation):
        return non("Les notes internes sont celles des agents de ce territoire.")
    if droits_equipe.membre_de(compte, dossier.equipe) or droits_equipe.acces_de(compte, dossier.equipe):
        return non(DE_L_EQUIPE)
    return OUI if est_ouvert_a(compte, dossier) else non(PAS_ENCORE)


def peut_noter(compte: Compte, dossier: Dossier) -> Permission:
    """Écrire une note interne : un agent qui instruit dans ce territoire, et qui peut les lire."""
    if not perimetre(compte, Role.INSTRUCTEURS).contient(dossier.equipe.implantation):
        return non("Seuls les agents qui instruisent dans ce territoire écrivent des notes internes.")
    return peut_lire_les_notes(compte, dossier)


def regions_tenues(compte: Any) -> list[Region]:
    """Les régions dont ce compte tient les réponses types, par nom : celles où il instruit ou administre."""
    regions = {}
    for fonction in fonctions_actives(compte):
        region = fonction.region or (fonction.departement.region if fonction.departement else None)
        if fonction.role in TENEURS and region is not None:
            regions[region.pk] = region
    return sorted(regions.values(), key=lambda region: region.nom)


def peut_tenir_les_reponses(compte: Any, region: Region | None = None) -> Permission:
    """Créer, modifier, désactiver une réponse type : les agents d'une région et son administrateur."""
    tenues = {r.pk for r in regions_tenues(compte)}
    if not tenues:
        return non("Les réponses types sont tenues par les agents de l’ARS et l’administrateur de la région.")
    if region is not None and region.pk not in tenues:
        return non("Ces réponses types sont celles d’une autre région.")
    return OUI
