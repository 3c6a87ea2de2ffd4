"""Qui lit, qui donne un avis, qui tient la séance, qui valide le procès-verbal, qui lève une réserve."""

from typing import Any

from django.utils import timezone

from esperluette.commissions import droits as droits_commission
from esperluette.commissions.enums import EtatDeSeance, Issue, Modalite
from esperluette.commissions.models import Point, Seance, Siege
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.deliberations.enums import EtatDeReserve
from esperluette.deliberations.models import ProcesVerbal, Reserve, Tenue
from esperluette.dossiers import droits as droits_dossier
from esperluette.equipes import droits as droits_equipe

OBSERVATEUR = "Vous siégez en observateur : vous lisez les dossiers, sans donner d’avis."
PAS_CONVOQUE = "Vous n’êtes pas convoqué à cette séance."


def peut_mener(compte: Any, seance: Seance) -> Permission:
    """Tenir le cockpit : le président ou le secrétariat de l'instance."""
    return droits_commission.peut_mener(compte, seance)


def peut_saisir(compte: Any, seance: Seance) -> Permission:
    """Écrire dans le cockpit : qui mène la séance, tant qu'elle est ouverte."""
    permission = peut_mener(compte, seance)
    if not permission:
        return permission
    if seance.etat != EtatDeSeance.OUVERTE:
        return non(f"La séance est « {seance.etat_enum.label} » : on n’y saisit rien.")
    return OUI


def peut_preparer_les_avis(compte: Any, seance: Seance) -> Permission:
    """Préparer la proposition d'un point : en séance ouverte, ou avant une consultation écrite."""
    if seance.modalite == Modalite.ECRITE and seance.etat == EtatDeSeance.CONVOQUEE:
        return peut_mener(compte, seance)
    return peut_saisir(compte, seance)


def peut_evaluer(siege: Siege | None, point: Point) -> Permission:
    """Donner un avis écrit : un siège votant, tant que la commission n'a pas fini d'examiner le point."""
    if siege is None:
        return non(PAS_CONVOQUE)
    if not siege.votant:
        return non(OBSERVATEUR)
    if point.seance.etat not in (EtatDeSeance.CONVOQUEE, EtatDeSeance.OUVERTE) or point.issue != Issue.A_EXAMINER:
        return non("Ce point est examiné : les avis écrits ne changent plus.")
    return OUI


def peut_voter(siege: Siege | None, point: Point, tenue: Tenue | None) -> Permission:
    """Voter en ligne : un siège votant, pendant une consultation écrite ouverte."""
    if siege is None:
        return non(PAS_CONVOQUE)
    if not siege.votant:
        return non(OBSERVATEUR)
    seance = point.seance
    if seance.modalite != Modalite.ECRITE:
        return non("Cette séance n’est pas une consultation écrite : on y vote en séance.")
    if seance.etat != EtatDeSeance.OUVERTE or point.issue != Issue.A_EXAMINER:
        return non("La consultation écrite n’est pas ouverte.")
    if tenue is None or tenue.vote_jusqu_a is None or timezone.now() > tenue.vote_jusqu_a:
        return non("La consultation écrite est fermée.")
    return OUI


def peut_corriger(compte: Any, pv: ProcesVerbal) -> Permission:
    """Corriger la rédaction : qui mène la séance, tant que le procès-verbal n'est pas validé."""
    if pv.est_fige:
        return non("Le procès-verbal est validé : il ne change plus.")
    return peut_mener(compte, pv.seance)


def peut_valider(compte: Any, pv: ProcesVerbal) -> Permission:
    """Valider : le président, et lui seul ; celui qui a présidé la séance, ou qui préside l'instance."""
    if pv.est_fige:
        return non("Le procès-verbal est déjà validé.")
    a_preside = Tenue.objects.filter(seance=pv.seance_id, preside_par=compte.pk).exists()
    if not (a_preside or droits_commission.preside(compte, pv.seance)):
        return non("Le procès-verbal est validé par le président de la commission.")
    return OUI


def peut_suivre(compte: Any, reserve: Reserve) -> Permission:
    """Lever, abandonner, rouvrir une réserve : un agent ou l'autorité, dans son périmètre."""
    return droits_dossier.peut_instruire(compte, reserve.dossier)


def peut_prouver(compte: Any, reserve: Reserve) -> Permission:
    """Déposer une preuve : un membre confirmé de l'équipe, tant que la réserve est à lever."""
    if reserve.etat != EtatDeReserve.A_LEVER:
        return non(f"Cette réserve est « {reserve.etat_enum.label} » : elle n’attend plus de preuve.")
    return droits_equipe.peut_rediger(compte, reserve.dossier.equipe)
