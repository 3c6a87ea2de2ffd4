"""Qui lit, qui donne un avis, qui tient la séance, qui valide le procès-verbal, qui lève une réserve."""

from typing import Any

from django.utils import timezone

from esperluette.commissions import droits as droits_commission
from esperluette.commissions.enums import EtatDeSeance, Issue, Modalite
from esperluette.commissions.models import Point, Seance, Siege
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.deliberations.enums import EtatDeReserve
from esperluette.deliberations.models import ProcesVerbal, Reserve, Tenue
from esperluette.deliberations.presidence import DESIGNE, SECRETARIAT, designables, points_ecartes, valideurs
from esperluette.dossiers import droits as droits_dossier
from esperluette.equipes import droits as droits_equipe

OBSERVATEUR = "Vous siégez en observateur : vous lisez les dossiers, sans donner d’avis."
ECARTE_DU_POINT = "Vous êtes écarté de ce point : un autre que vous en corrige la rédaction."
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


def peut_corriger_le_point(compte: Any, pv: ProcesVerbal, point: int | None) -> Permission:
    """Le motif d'un point : jamais celui dont on est écarté ; les observations, si l'on n'est écarté de rien."""
    permission = peut_corriger(compte, pv)
    if not permission:
        return permission
    exclus = points_ecartes(compte, pv.seance)
    return non(ECARTE_DU_POINT) if (exclus if point is None else point in exclus) else OUI


def titre_pour_valider(compte: Any, pv: ProcesVerbal) -> str:
    """À quel titre ce compte valide ce procès-verbal ; vide s'il n'en a aucun."""
    possibles = valideurs(pv)
    if possibles:
        return possibles[compte.pk][1] if compte.pk in possibles else ""
    if droits_commission.peut_preparer(compte, pv.seance.instance) and not designables(pv):
        return SECRETARIAT
    return ""


def peut_valider(compte: Any, pv: ProcesVerbal) -> Permission:
    """Valider : le président, et lui seul ; écarté d'un point, qui le supplée (docs/adr/0009)."""
    if pv.est_fige:
        return non("Le procès-verbal est déjà validé.")
    if titre_pour_valider(compte, pv):
        return OUI
    if droits_commission.preside(compte, pv.seance) and points_ecartes(compte, pv.seance):
        return non("Vous êtes écarté d’un point de cette séance : le procès-verbal est validé par qui vous supplée.")
    return non("Le procès-verbal est validé par le président de la commission, ou par qui le supplée.")


def peut_confier_la_validation(compte: Any, pv: ProcesVerbal) -> Permission:
    """Désigner qui valide : le secrétariat, quand ni le président ni ses suppléants ne le peuvent."""
    if pv.est_fige:
        return non("Le procès-verbal est déjà validé.")
    permission = droits_commission.peut_preparer(compte, pv.seance.instance)
    if not permission:
        return permission
    if any(titre != DESIGNE for _, titre in valideurs(pv).values()):
        return non("Le président, ou son suppléant, peut valider ce procès-verbal.")
    return OUI


def peut_suivre(compte: Any, reserve: Reserve) -> Permission:
    """Lever, abandonner, rouvrir une réserve : un agent ou l'autorité, dans son périmètre."""
    return droits_dossier.peut_instruire(compte, reserve.dossier)


def peut_prouver(compte: Any, reserve: Reserve) -> Permission:
    """Déposer une preuve : un membre confirmé de l'équipe, tant que la réserve est à lever."""
    if reserve.etat != EtatDeReserve.A_LEVER:
        return non(f"Cette réserve est « {reserve.etat_enum.label} » : elle n’attend plus de preuve.")
    return droits_equipe.peut_rediger(compte, reserve.dossier.equipe)
