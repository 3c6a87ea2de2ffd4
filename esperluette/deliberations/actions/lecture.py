"""Ce que fait un membre seul : lire, donner son avis écrit, passer, voter par écrit."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions.droits import est_deporte, siege_de
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Point, Siege
from esperluette.commissions.regles import regles_de
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.permissions import non
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions.commun import ecrire, exiger, relire, texte_propre
from esperluette.deliberations.droits import PAS_CONVOQUE, peut_evaluer, peut_voter
from esperluette.deliberations.enums import Sens
from esperluette.deliberations.lectures import avis_du_point, grille_du
from esperluette.deliberations.models import Evaluation, Tenue, Voix
from esperluette.journal.actions import consigner


@transaction.atomic
def enregistrer(point: Point, champ: str, valeur: Any, *, version_lue: int, acteur: Compte) -> tuple[Evaluation, int]:
    """Enregistre un champ de sa lecture (`texte`, `avis_propose`, ou un critère de la grille) ; rend sa version.

    Lève Refus (observateur, point examiné), ErreurMetier (valeur impossible) ou ChampEnConflit.
    """
    point = relire(point)
    siege = _siege(point, acteur)
    exiger(peut_evaluer(siege, point))
    evaluation = _evaluation(point, acteur, siege)
    if evaluation.rendue_le and str(valeur).strip() != _deja_ecrit(evaluation, champ):
        raise Conflit("Votre avis est rendu. Pour le corriger, reprenez-le d’abord.")
    maintenant: dict[str, Any] = {"modifiee_le": timezone.now(), "passee_le": None}
    if champ == "texte":
        return evaluation, ecrire(evaluation, champ, texte_propre(valeur), version_lue=version_lue, **maintenant)
    if champ == "avis_propose":
        _verifier_avis(point, valeur, vide_admis=evaluation.rendue_le is None)
        return evaluation, ecrire(evaluation, champ, valeur, version_lue=version_lue, **maintenant)
    propre = _valeur_de_grille(point, champ, valeur)
    return evaluation, ecrire(evaluation, champ, propre, version_lue=version_lue, colonne="valeurs", **maintenant)


@transaction.atomic
def rendre(point: Point, *, acteur: Compte) -> Evaluation:
    """Rend son avis écrit : les autres membres le voient. Rejoué, sans effet."""
    point = relire(point)
    siege = _siege(point, acteur)
    exiger(peut_evaluer(siege, point))
    evaluation = _evaluation(point, acteur, siege)
    if evaluation.rendue_le:
        return evaluation
    if not evaluation.avis_propose:
        raise ErreurMetier("Choisissez d’abord l’avis que vous proposez.")
    evaluation.rendue_le, evaluation.passee_le = timezone.now(), None
    evaluation.save(update_fields=["rendue_le", "passee_le"])
    consigner("avis_ecrit_rendu", point.seance, acteur=acteur, point=point.pk)
    return evaluation


@transaction.atomic
def reprendre(point: Point, *, acteur: Compte) -> Evaluation:
    """Reprend son avis écrit pour le corriger : les autres ne le voient plus."""
    point = relire(point)
    siege = _siege(point, acteur)
    exiger(peut_evaluer(siege, point))
    evaluation = _evaluation(point, acteur, siege)
    if evaluation.rendue_le:
        evaluation.rendue_le = None
        evaluation.save(update_fields=["rendue_le"])
        consigner("avis_ecrit_repris", point.seance, acteur=acteur, point=point.pk)
    return evaluation


@transaction.atomic
def passer(point: Point, *, acteur: Compte) -> Evaluation:
    """Passe au suivant sans avis pour l'instant ; pour un observateur, dit qu'il a lu."""
    point = relire(point)
    siege = _siege(point, acteur)
    if siege is None:
        exiger(non(PAS_CONVOQUE))
    evaluation = _evaluation(point, acteur, siege)
    if siege is not None and siege.votant and evaluation.rendue_le is None:
        evaluation.passee_le = timezone.now()
        evaluation.save(update_fields=["passee_le"])
    return evaluation


@transaction.atomic
def voter(point: Point, sens: str, *, acteur: Compte) -> Voix:
    """Vote en ligne pour son siège, pendant une consultation écrite ; on change d'avis jusqu'à la fermeture."""
    point = relire(point)
    siege = _siege(point, acteur)
    tenue = Tenue.objects.filter(seance=point.seance_id).first()
    exiger(peut_voter(siege, point, tenue))
    if sens not in Sens.values:
        raise ErreurMetier("Choisissez pour, contre ou abstention.")
    if avis_du_point(point).avis == "":
        raise ErreurMetier("Aucun avis n’est encore soumis au vote sur ce dossier.")
    voix, neuve = Voix.objects.select_for_update(of=("self",)).get_or_create(
        point=point, siege=siege, defaults={"compte": acteur, "sens": sens}
    )
    if not neuve and (voix.sens, voix.compte_id) != (sens, acteur.pk):
        voix.sens, voix.compte, voix.exprimee_le, voix.version = sens, acteur, timezone.now(), voix.version + 1
        voix.save()
    consigner("vote_en_ligne", point.seance, acteur=acteur, point=point.pk, siege=voix.siege_id)
    return voix


def _deja_ecrit(evaluation: Evaluation, champ: str) -> str:
    if champ in ("texte", "avis_propose"):
        return str(getattr(evaluation, champ))
    return str(evaluation.valeurs.get(champ, ""))


def _siege(point: Point, acteur: Compte) -> Siege | None:
    """Son siège à cette séance, si ce dossier lui est ouvert."""
    if est_deporte(acteur, point) or not points_visibles(acteur).filter(pk=point.pk).exists():
        exiger(non("Ce dossier ne vous est pas ouvert."))
    return siege_de(acteur, point.seance)


def _evaluation(point: Point, acteur: Compte, siege: Any) -> Evaluation:
    Evaluation.objects.get_or_create(point=point, compte=acteur, defaults={"siege": siege})
    return Evaluation.objects.select_for_update(of=("self",)).get(point=point, compte=acteur)


def _verifier_avis(point: Point, avis: str, *, vide_admis: bool) -> None:
    possibles = {a.id for a in regles_de(point.seance.instance).avis}
    if avis not in possibles and not (avis == "" and vide_admis):
        raise ErreurMetier("Cet avis n’est pas de ceux que l’instance peut rendre.")


def _valeur_de_grille(point: Point, champ: str, valeur: Any) -> str:
    grille = grille_du(point.dossier)
    try:
        critere = grille.critere(champ) if grille else None
    except KeyError:
        critere = None
    if critere is None:
        raise ErreurMetier("Cette question n’est pas dans la grille de la commission.")
    propre = texte_propre(valeur)
    if critere.valeurs and propre and propre not in critere.valeurs:
        raise ErreurMetier("Cette réponse n’est pas possible.")
    return propre
