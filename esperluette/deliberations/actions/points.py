"""Délibérer sur un point : l'avis qu'on prépare, les voix, les réserves, l'avis rendu, l'ajournement, la reprise."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions.actions.deports import deduire_les_deports
from esperluette.commissions.droits import est_deporte
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.models import Point, Seance, Siege
from esperluette.commissions.regles import AvisPossible, Regles, regles_de
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.formulaires import Jour
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions.commun import ecrire, exiger, relire, texte_propre
from esperluette.deliberations.droits import peut_preparer_les_avis, peut_saisir
from esperluette.deliberations.enums import Cote, Sens, SorteDIssue
from esperluette.deliberations.models import AvisRendu, Desaccord, Reserve, Voix
from esperluette.deliberations.table import Table, deports_de, table_de
from esperluette.journal.actions import consigner

AJOURNEMENT = AvisPossible("ajournement", "Ajournement", "ajournement")
DEPORTE = "Vous êtes déporté sur ce point : quelqu’un d’autre y saisit."


def avis_possibles(regles: Regles) -> tuple[AvisPossible, ...]:
    """Les avis de l'instance ; on peut toujours ajourner, même si sa liste ne le dit pas."""
    if any(a.effet == "ajournement" for a in regles.avis):
        return regles.avis
    return (*regles.avis, AJOURNEMENT)


# --- Préparer ---------------------------------------------------------------------------------------------


@transaction.atomic
def preparer(point: Point, champ: str, valeur: str, *, version_lue: int, acteur: Compte) -> int:
    """Écrit l'avis, le motif ou la séance suivante d'un point qui n'a pas encore d'avis rendu ; rend la version.

    Lève Refus, ErreurMetier, ou ChampEnConflit si un autre poste a écrit entre-temps.
    """
    point = _point(point, acteur)
    exiger(peut_preparer_les_avis(acteur, point.seance))
    brouillon = _brouillon(point)
    if champ == "motif":
        return ecrire(brouillon, champ, texte_propre(valeur), version_lue=version_lue)
    if champ == "seance_suivante":
        return ecrire(brouillon, champ, _seance_suivante(point, valeur), version_lue=version_lue)
    if champ != "avis":
        raise ErreurMetier("Ce champ n’existe pas.")
    if valeur != brouillon.avis and point.voix.exists():
        raise ErreurMetier("Des voix portent sur l’avis proposé. Effacez-les avant d’en proposer un autre.")
    choisi = _avis(point, valeur) if valeur else AvisPossible("", "", "")
    sorte = SorteDIssue.AJOURNEMENT if choisi.effet == "ajournement" else SorteDIssue.AVIS
    return ecrire(
        brouillon, champ, choisi.id, version_lue=version_lue, libelle=choisi.libelle, effet=choisi.effet, sorte=sorte
    )


def _avis(point: Point, identifiant: str) -> AvisPossible:
    possibles = {a.id: a for a in avis_possibles(regles_de(point.seance.instance))}
    if identifiant not in possibles:
        raise ErreurMetier("Cet avis n’est pas de ceux que l’instance peut rendre.")
    return possibles[identifiant]


def _seance_suivante(point: Point, valeur: str) -> Seance | None:
    if not valeur:
        return None
    pk = int(valeur) if valeur.isdecimal() and len(valeur) < 19 else 0
    suivante: Seance | None = seances_suivantes(point.seance).filter(pk=pk).first()
    if suivante is None:
        raise ErreurMetier("Choisissez une séance à venir de la même instance.")
    return suivante


def seances_suivantes(seance: Seance) -> Any:
    """Les séances de l'instance où un dossier ajourné pourrait repasser."""
    return Seance.objects.a_venir().filter(instance=seance.instance_id).exclude(pk=seance.pk)


@transaction.atomic
def saisir_voix(point: Point, siege: Siege, sens: str, *, version_lue: int, acteur: Compte) -> int:
    """La voix d'un siège sur l'avis proposé ; vide l'efface. Seul un siège présent ou représenté vote."""
    point = _point(point, acteur)
    exiger(peut_saisir(acteur, point.seance))
    table = table_de(point.seance)
    if table.ecrite:
        raise ErreurMetier("En consultation écrite, chaque siège vote lui-même en ligne.")
    if not _brouillon(point).avis:
        raise ErreurMetier("Choisissez d’abord l’avis proposé au vote.")
    if sens not in ("", *Sens.values):
        raise ErreurMetier("Une voix est pour, contre ou abstention.")
    if deduire_les_deports(point.seance, points=[point]):
        point = relire(point)
    voix = Voix.objects.filter(point=point, siege=siege).first()
    if (voix.sens if voix else "") == sens:
        return voix.version if voix else 0
    if voix and voix.version != version_lue:
        raise Conflit(f"Un autre poste a saisi la voix de « {siege} » : « {voix.get_sens_display()} ».")
    if sens == "":
        if voix:
            voix.delete()
        return 0
    if siege.pk not in dict(table.quorum_du_point(point).voix):
        raise ErreurMetier(f"« {siege} » ne vote pas sur ce point : absent, sans mandat, ou déporté.")
    if voix is None:
        voix = Voix(point=point, siege=siege, version=0)
    voix.sens, voix.compte, voix.exprimee_le, voix.version = sens, acteur, timezone.now(), voix.version + 1
    voix.save()
    return voix.version


@transaction.atomic
def effacer_les_voix(point: Point, *, acteur: Compte) -> None:
    """Efface les voix d'un point pour proposer un autre avis."""
    point = _point(point, acteur)
    exiger(peut_saisir(acteur, point.seance))
    _brouillon(point)
    nombre, _ = point.voix.all().delete()
    if nombre:
        consigner("voix_effacees", point.seance, acteur=acteur, point=point.pk, nombre=nombre)


# --- Les réserves ----------------------------------------------------------------------------------------


@transaction.atomic
def saisir_reserve(
    point: Point, cle: uuid.UUID, champ: str, valeur: str, *, version_lue: int, acteur: Compte
) -> tuple[Reserve, int]:
    """Écrit un champ d'une réserve (`texte`, `cote`, `responsable`, `avant_le`), créée à sa première saisie."""
    point = _point(point, acteur)
    exiger(peut_preparer_les_avis(acteur, point.seance))
    _brouillon(point)
    reserve = Reserve.objects.select_for_update(of=("self",)).filter(cle=cle).first()
    if reserve is None:
        if champ != "texte" or not texte_propre(valeur):
            raise ErreurMetier("Écrivez d’abord le texte de la réserve.")
        reserve = Reserve.objects.create(dossier=point.dossier, point=point, cle=cle, posee_par=acteur)
        consigner("reserve_saisie", point.seance, acteur=acteur, point=point.pk, reserve=reserve.pk)
    if reserve.point_id != point.pk:
        raise ErreurMetier("Cette réserve est d’un autre dossier.")
    propre = _champ_de_reserve(champ, valeur)
    return reserve, ecrire(reserve, champ, propre, version_lue=version_lue)


def _champ_de_reserve(champ: str, valeur: str) -> Any:
    if champ == "texte":
        if not (texte := texte_propre(valeur)):
            raise ErreurMetier("Une réserve a un texte. Pour ne plus la poser, retirez-la.")
        return texte
    if champ == "responsable":
        return texte_propre(valeur, longueur=150)
    if champ == "cote":
        if valeur not in Cote.values:
            raise ErreurMetier("Une réserve se lève par l’équipe ou par l’ARS.")
        return valeur
    if champ == "avant_le":
        jour = Jour(required=False, label="avant le")
        try:
            return jour.clean(valeur)
        except Exception as erreur:
            raise ErreurMetier("Cette date n’en est pas une : écrivez-la 31/12/2026.") from erreur
    raise ErreurMetier("Ce champ n’existe pas.")


@transaction.atomic
def retirer_reserve(point: Point, cle: uuid.UUID, *, acteur: Compte) -> None:
    """Retire une réserve qu'on ne pose finalement pas, avant que l'avis soit rendu. Rejoué, sans effet."""
    point = _point(point, acteur)
    exiger(peut_preparer_les_avis(acteur, point.seance))
    _brouillon(point)
    reserve = Reserve.objects.filter(cle=cle, point=point, definitive_le=None).first()
    if reserve:
        consigner("reserve_retiree", point.seance, acteur=acteur, point=point.pk, reserve=reserve.pk)
        reserve.delete()


@transaction.atomic
def noter_desaccord(point: Point, siege: Siege, texte: str, *, demande: bool, acteur: Compte) -> None:
    """Un membre demande que son désaccord soit mentionné au procès-verbal (R. 133-13), ou y renonce."""
    point = _point(point, acteur)
    exiger(peut_saisir(acteur, point.seance))
    if not demande:
        Desaccord.objects.filter(point=point, siege=siege).delete()
        return
    if not siege.votant or siege.instance_id != point.seance.instance_id:
        raise ErreurMetier("Seul un membre de la commission fait mentionner son désaccord.")
    Desaccord.objects.update_or_create(
        point=point, siege=siege, defaults={"texte": texte_propre(texte, longueur=2000), "saisi_par": acteur}
    )


# --- Rendre, ajourner, reprendre -------------------------------------------------------------------------


def permission_de_rendre(point: Point, avis: AvisRendu, table: Table) -> Permission:
    """Cet avis peut-il être rendu maintenant ? Sinon la première raison. Lit les relations préchargées du point."""
    if not avis.avis:
        return non("Choisissez l’avis de la commission.")
    if table.ecrite and not _consultation_finie(point, table):
        return non("La consultation écrite court encore : l’avis se rend quand tous ont voté, ou après la fermeture.")
    etat = table.quorum_du_point(point)
    if not etat.atteint:
        return non(f"On ne rend pas d’avis sans quorum. {etat.phrase}")
    if avis.effet in ("ajournement", "defavorable") and not avis.motif:
        return non("Indiquez le motif : l’équipe le lira.")
    reserves = len(point.reserves.all())
    if avis.effet == "reserves" and not reserves:
        return non("Saisissez au moins une réserve, ou choisissez un avis sans réserve.")
    if avis.effet != "reserves" and reserves:
        return non(f"« {avis.libelle} » ne porte pas de réserve : retirez-les, ou choisissez un avis avec réserves.")
    voix = table.depouillement(point)
    if voix is not None and voix.sens != "pour" and (voix.pour or voix.contre):
        return non(f"Les voix ne portent pas cet avis. {voix.phrase}")
    return OUI


def _consultation_finie(point: Point, table: Table) -> bool:
    fin = table.tenue.vote_jusqu_a if table.tenue else None
    if fin is not None and timezone.now() >= fin:
        return True
    ecartes = {d.compte_id for d in deports_de(point)}
    attendus = {
        place.siege.pk for place in table.votants if any(p.compte.pk not in ecartes for p in place.participants)
    }
    return attendus <= {v.siege_id for v in point.voix.all()}


@transaction.atomic
def rendre_avis(point: Point, *, acteur: Compte) -> AvisRendu:
    """Rend l'avis préparé sur ce point, avec le quorum et les voix du moment. Rejoué, sans effet.

    Le dossier ne passe qu'à la clôture : jusque-là le point peut être repris. Lève Refus ou ErreurMetier.
    """
    point = _point(point, acteur)
    exiger(peut_saisir(acteur, point.seance))
    avis = _verrou(point)
    if avis.rendu_le:
        return avis
    deduire_les_deports(point.seance, points=[point])  # un intérêt né depuis l'ouverture : sa voix tombe
    table = table_de(point.seance)
    if not (permis := permission_de_rendre(point, avis, table)):
        raise ErreurMetier(permis.motif)
    etat, voix = table.quorum_du_point(point), table.depouillement(point)
    avis.quorum = {"necessaire": etat.necessaire, "comptes": etat.comptes, "total": etat.total, "phrase": etat.phrase}
    avis.voix = {}
    if voix is not None:
        avis.voix = {
            "pour": voix.pour, "contre": voix.contre, "abstentions": voix.abstentions, "phrase": voix.phrase,
            "par_siege": [{"siege": str(v.siege), "sens": v.get_sens_display()} for v in point.voix.all()],
        }  # fmt: skip
    avis.rendu_le, avis.rendu_par = timezone.now(), acteur
    avis.save(update_fields=["quorum", "voix", "rendu_le", "rendu_par"])
    consigner("point_delibere", point.seance, acteur=acteur, point=point.pk, avis=avis.avis, effet=avis.effet)
    return avis


@transaction.atomic
def ajourner(point: Point, *, motif: str, acteur: Compte, seance_suivante: Seance | None = None) -> AvisRendu:
    """Ajourne le point, avec son motif et la séance où il pourrait repasser. Mêmes conditions qu'un avis."""
    avis = _verrou(_point(point, acteur))
    if avis.rendu_le:
        return avis
    choix = next(a for a in avis_possibles(regles_de(point.seance.instance)) if a.effet == "ajournement")
    suivante = str(seance_suivante.pk) if seance_suivante else ""
    for champ, valeur in (("avis", choix.id), ("motif", motif), ("seance_suivante", suivante)):
        preparer(point, champ, valeur, version_lue=avis.versions.get(champ, 0), acteur=acteur)
    return rendre_avis(point, acteur=acteur)


@transaction.atomic
def reprendre_le_point(point: Point, *, acteur: Compte) -> AvisRendu:
    """Reprend un point tant que la séance n'est pas close ; ce qui avait été rendu reste dans l'histoire."""
    point = _point(point, acteur)
    exiger(peut_saisir(acteur, point.seance))
    avis = _verrou(point)
    if avis.rendu_le is None:
        return avis
    avis.historique = [
        *avis.historique,
        {
            "libelle": avis.libelle, "rendu_le": avis.rendu_le.isoformat(), "repris_le": timezone.now().isoformat(),
            "repris_par": str(acteur),
        },
    ]  # fmt: skip
    avis.rendu_le = avis.rendu_par = None
    avis.quorum, avis.voix = {}, {}
    avis.save(update_fields=["historique", "rendu_le", "rendu_par", "quorum", "voix"])
    consigner("point_repris", point.seance, acteur=acteur, point=point.pk)
    return avis


def _point(point: Point, acteur: Compte) -> Point:
    """Le point relu, si la personne n'en est pas déportée."""
    point = relire(point)
    if est_deporte(acteur, point):
        exiger(non(DEPORTE))
    if point.issue != Issue.A_EXAMINER or point.seance.etat not in EtatDeSeance.ACTIVES:
        raise Conflit(f"Ce point n’est plus à examiner : « {point.issue_enum.label} ».")
    return point


def _verrou(point: Point) -> AvisRendu:
    AvisRendu.objects.get_or_create(point=point)
    return AvisRendu.objects.select_for_update(of=("self",)).get(point=point)


def _brouillon(point: Point) -> AvisRendu:
    avis = _verrou(point)
    if avis.rendu_le is not None:
        raise Conflit(f"L’avis sur ce point est rendu : « {avis.libelle} ». Reprenez d’abord le point.")
    return avis
