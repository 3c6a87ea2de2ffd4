"""Le cycle d'une séance : ses transitions, la seule fonction qui écrit son état ; et l'issue d'un point."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions import droits
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.models import Point, Seance
from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.journal.actions import consigner


class SeanceImpossible(ErreurMetier):
    """La séance n'est pas (ou plus) dans un état qui permet ce geste."""


class GardeDeSeance(ErreurMetier):
    """Le geste est permis à cette personne, mais une condition manque encore."""


def _preparer(compte: Any, seance: Seance) -> Permission:
    return droits.peut_preparer(compte, seance.instance)


@dataclass(frozen=True, slots=True)
class Transition:
    """Un geste sur la séance : d'où, vers où, par qui. `date` : le champ qui en garde l'heure."""

    nom: str
    depuis: frozenset[EtatDeSeance]
    vers: EtatDeSeance
    droit: Callable[[Any, Seance], Permission]
    libelle: str
    date: str = ""
    exige_motif: bool = False


_E = EtatDeSeance
TRANSITIONS: dict[str, Transition] = {
    t.nom: t
    for t in (
        Transition("convoquer", frozenset({_E.PREVUE}), _E.CONVOQUEE, _preparer, "Convoquer", "convoquee_le"),
        Transition(
            "ouvrir", frozenset({_E.CONVOQUEE}), _E.OUVERTE, droits.peut_mener, "Ouvrir la séance", "ouverte_le",
        ),
        Transition("clore", frozenset({_E.OUVERTE}), _E.CLOSE, droits.peut_mener, "Clore la séance", "close_le"),
        Transition(
            "annuler", frozenset({_E.PREVUE, _E.CONVOQUEE}), _E.ANNULEE, droits.peut_annuler,
            "Annuler la séance", exige_motif=True,
        ),
    )
}  # fmt: skip

# Ce qui doit être vrai en plus du droit ; les apps du dessus en ajoutent depuis leur `ready()`.
Garde = Callable[[Seance, Any], Permission]
_GARDES: dict[str, list[Garde]] = defaultdict(list)


def inscrire_garde(transition: str, garde: Garde) -> None:
    """Ajoute une condition à une transition ; KeyError si elle n'existe pas."""
    if garde not in _GARDES[TRANSITIONS[transition].nom]:
        _GARDES[transition].append(garde)


def pas_passee(seance: Seance, _compte: Any) -> Permission:
    """On ne convoque pas à une date passée."""
    if seance.date < timezone.localdate():
        return non("La date de cette séance est passée : changez-la d’abord, ou annulez la séance.")
    return OUI


inscrire_garde("convoquer", pas_passee)


# Ce qui suit une transition, dans la même transaction.
Effet = Callable[[Seance], Any]
_EFFETS: dict[str, list[Effet]] = defaultdict(list)


def inscrire_effet(transition: str, effet: Effet) -> None:
    """Appelle `effet(seance)` après une transition ; KeyError si elle n'existe pas."""
    if effet not in _EFFETS[TRANSITIONS[transition].nom]:
        _EFFETS[transition].append(effet)


def permission(seance: Seance, nom: str, compte: Any) -> Permission:
    """Ce geste est-il possible maintenant, pour ce compte ? Sinon, la première raison."""
    t = TRANSITIONS[nom]
    if seance.etat not in t.depuis:
        return Permission(accordee=False, motif=_hors_etat(seance, t))
    droit = t.droit(compte, seance)
    if not droit:
        return droit
    return next((reponse for garde in _GARDES[nom] if not (reponse := garde(seance, compte))), OUI)


def _hors_etat(seance: Seance, t: Transition) -> str:
    return f"« {t.libelle} » n’est plus possible : cette séance est « {seance.etat_enum.label} »."


@transaction.atomic
def franchir_seance(seance: Seance, nom: str, *, acteur: Any, motif: str = "", **donnees: Any) -> Seance:
    """Franchit une transition et rend la séance verrouillée, à jour.

    Lève `SeanceImpossible` (mauvais état), `Refus` (pas le droit), `GardeDeSeance` (condition ou motif qui manque) ;
    rien n'est alors écrit.
    """
    t = TRANSITIONS[nom]
    seance = verrouiller(seance)
    if seance.etat not in t.depuis:
        raise SeanceImpossible(_hors_etat(seance, t))
    droit = t.droit(acteur, seance)
    if not droit:
        raise Refus(droit.motif)
    for garde in _GARDES[nom]:
        reponse = garde(seance, acteur)
        if not reponse:
            raise GardeDeSeance(reponse.motif)
    if t.exige_motif and not motif.strip():
        raise GardeDeSeance("Indiquez le motif : ceux que la séance concerne le liront.")
    avant, seance.etat, seance.motif = seance.etat, t.vers, motif.strip()
    if t.date:
        setattr(seance, t.date, timezone.now())
    seance.save(update_fields=["etat", "motif", "modifie_le", *filter(None, [t.date])])
    consigner(f"seance_{nom}", seance, acteur=acteur, de=avant, vers=seance.etat, **donnees)
    for effet in _EFFETS[nom]:
        effet(seance)
    return seance


def verrouiller(seance: Seance) -> Seance:
    """La séance relue sous verrou, avec son instance. Dans la transaction de l'appelant."""
    seances = Seance.objects.select_for_update(of=("self",)).select_related(
        "instance__region", "instance__departement"
    )
    return seances.get(pk=seance.pk)


def conclure(point: Point, issue: Issue, *, acteur: Any) -> Point:
    """Dit ce qu'il est advenu d'un point à examiner : avis rendu, ajourné, reporté faute de quorum.

    Dans la transaction de l'appelant, qui fait passer le dossier. Conflit si le point ne l'attend plus.
    """
    point = Point.objects.select_for_update(of=("self",)).select_related("dossier", "seance").get(pk=point.pk)
    if point.issue != Issue.A_EXAMINER:
        raise Conflit(f"Ce point n’est plus à examiner : « {point.issue_enum.label} ».")
    point.issue = issue
    point.save(update_fields=["issue"])
    consigner(
        "point_conclu", point.seance, acteur=acteur, point=point.pk, dossier=point.dossier.reference, issue=issue
    )
    return point
