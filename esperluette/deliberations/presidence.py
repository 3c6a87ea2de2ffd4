"""Qui valide un procès-verbal : le président ; s'il est écarté d'un point, son suppléant, sinon un membre désigné.

Ni l'un ni l'autre n'est écarté d'aucun point examiné : on ne valide que ce qu'on a le droit de lire en entier.
Le pourquoi est dans docs/adr/0009.
"""

from collections.abc import Iterable
from typing import Any

from esperluette.commissions.conflits import ecarte, ecartes
from esperluette.commissions.enums import Issue
from esperluette.commissions.models import Convocation, MandatDeSiege, Point, Seance
from esperluette.comptes.models import Compte
from esperluette.deliberations.enums import Mode
from esperluette.deliberations.models import Presence, ProcesVerbal, Tenue, Voix

PRESIDENT, SUPPLEANT = "Président de la commission", "Suppléant du président, écarté d’un point"
DESIGNE = "Membre désigné pour suppléer le président, écarté d’un point"
SECRETARIAT = "Secrétariat de la commission, aucun membre n’étant libre de tout intérêt"


def points_ecartes(compte: Any, seance: Seance) -> set[int]:
    """Les points de cette séance dont ce compte est écarté, retirés compris. Une requête."""
    return set(seance.points.filter(ecarte(compte)).values_list("pk", flat=True))


def valideurs(pv: ProcesVerbal) -> dict[int, tuple[Compte, str]]:
    """Qui peut valider, et à quel titre : le premier rang où quelqu'un n'est écarté de rien.

    Celui qui a présidé et le président de l'instance ; puis les suppléants convoqués de son siège ; puis le désigné.
    """
    points = list(pv.seance.points.exclude(issue=Issue.RETIRE).select_related("dossier"))
    for titre, comptes in _rangs(pv):
        if libres := _libres(points, comptes):
            return {compte.pk: (compte, titre) for compte in libres}
    return {}


def _rangs(pv: ProcesVerbal) -> Iterable[tuple[str, list[Compte]]]:
    tenue = Tenue.objects.filter(seance=pv.seance_id).select_related("preside_par").first()
    mandats = MandatDeSiege.objects.en_cours().filter(siege__instance=pv.seance.instance_id).select_related("compte")
    presidents = list(mandats.filter(president=True))
    a_preside = [tenue.preside_par] if tenue is not None and tenue.preside_par is not None else []
    yield PRESIDENT, [*a_preside, *(m.compte for m in presidents)]
    convoques = Convocation.objects.filter(seance=pv.seance_id, retiree_le=None, envoyee_le__isnull=False)
    suppleants = mandats.filter(siege__in={m.siege_id for m in presidents}, president=False)
    suppleants = suppleants.filter(compte__in=convoques.values("compte"))
    yield SUPPLEANT, [m.compte for m in suppleants.order_by("pk")]
    if pv.confie_a is not None:
        yield DESIGNE, [pv.confie_a]


def designables(pv: ProcesVerbal) -> list[Compte]:
    """Les membres votants venus à la séance (ou qui y ont voté par écrit), écartés d'aucun point."""
    points = list(pv.seance.points.exclude(issue=Issue.RETIRE).select_related("dossier"))
    presents = Presence.objects.filter(seance=pv.seance_id, mode__in=Mode.LA, siege__votant=True)
    votants = Voix.objects.filter(point__seance=pv.seance_id)
    venus = {*presents.values_list("compte", flat=True), *votants.values_list("compte", flat=True)}
    mandats = MandatDeSiege.objects.en_cours().filter(siege__instance=pv.seance.instance_id, siege__votant=True)
    mandats = mandats.filter(compte__in=venus).select_related("compte").order_by("siege__ordre", "pk")
    return _libres(points, [m.compte for m in mandats])


def _libres(points: list[Point], comptes: list[Compte]) -> list[Compte]:
    uniques = {compte.pk: compte for compte in comptes if compte.is_active}
    exclus = {compte for _, compte in ecartes(points, uniques)}
    return [compte for pk, compte in uniques.items() if pk not in exclus]
