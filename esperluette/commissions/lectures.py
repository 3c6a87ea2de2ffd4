"""Le calendrier public d'une région, et ce que chacun voit d'une séance."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from esperluette.commissions.conflits import ecarte
from esperluette.commissions.droits import LECTEURS, peut_preparer
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.models import Convocation, Instance, MandatDeSiege, Point, PointQuerySet, Seance
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.interlocuteurs.calendrier import Calendrier, SeanceAnnoncee, SeancesConnues, calendrier_de
from esperluette.referentiel.modele import Source

IMPLANTATION = "dossier__equipe__implantation"


def calendrier_public(region: str, le: datetime.date | None = None) -> Calendrier:
    """Le calendrier d'une région (sa clé) vu de ce jour : `a_venir`, `annulees`, `derniere`, `phrase`, `en_ics()`…

    Les séances viennent de la base, ou de l'édition tant que la base n'en porte pas. Celles de la démonstration sont à
    part, dans `fictives`, et il n'y en a jamais ailleurs. Une requête. Lève RegionInconnue.
    """
    return calendrier_de(region, le)


def seances_connues(region: str) -> SeancesConnues:
    """Ce que la base sait des séances publiques d'une région, passées et annulées comprises. Une requête."""
    toutes = [_annoncee(seance) for seance in Seance.objects.publiees(region)]
    return SeancesConnues(
        reelles=tuple(s for s in toutes if not s.fictive), fictives=tuple(s for s in toutes if s.fictive)
    )


def _annoncee(seance: Seance) -> SeanceAnnoncee:
    instance = seance.instance
    return SeanceAnnoncee(
        date=seance.date,
        instance=instance.instance_edition,
        sigle=instance.sigle,
        nom=instance.nom,
        source=Source(
            document=seance.source_document,
            passage=seance.source_passage or "passage non précisé",
            date=seance.source_date,
            document_date=not seance.source_date_de_lecture,
            url=seance.source_url,
            interprete=seance.source_interpretee,
            note=seance.source_note,
        ),
        heure=seance.heure,
        lieu=seance.lieu,
        a_distance=seance.a_distance,
        depot_avant=seance.depot_avant,
        departement=instance.departement.nom if instance.departement else "",
        capacite=seance.capacite,
        annulee=seance.etat == EtatDeSeance.ANNULEE,
        fictive=seance.fictive,
        uid=f"seance-{seance.pk}",
    )


# --- Ce qu'un membre voit ------------------------------------------------------------------------------


def points_visibles(compte: Any) -> PointQuerySet:
    """Les points dont ce membre voit le dossier : convoqué à la séance, mandat en cours aujourd'hui, sans déport.

    Le déport l'emporte sur tout ; l'ancien mandat, celui qu'on n'a pas convoqué, la séance annulée ne voient rien. Un
    intérêt que personne n'a encore constaté (membre de l'équipe, même RPPS, accompagnateur) écarte aussi, sauf si le
    secrétariat a annulé ce déport. Une requête.
    """
    if not isinstance(compte, Compte) or not compte.is_active:
        return Point.objects.none()
    mandats = MandatDeSiege.objects.en_cours().filter(compte=compte, siege=OuterRef("siege"))
    convocations = Convocation.objects.filter(
        Exists(mandats), seance=OuterRef("seance"), compte=compte, envoyee_le__isnull=False, retiree_le=None
    )
    return (
        Point.objects.exclude(issue=Issue.RETIRE)
        .exclude(seance__etat=EtatDeSeance.ANNULEE)
        .filter(Exists(convocations))
        .exclude(ecarte(compte))
    )


def points_consultes(compte: Any, instance: Instance) -> Q:
    """Les points d'une instance dont ce compte lit l'équipe dans l'espace des commissions, sans y siéger.

    Qui la prépare : tous. Un agent, un administrateur : ceux de son périmètre. Jamais ceux dont il est écarté.
    """
    territoire = Q() if peut_preparer(compte, instance) else perimetre(compte, LECTEURS).filtre(IMPLANTATION)
    return territoire & ~ecarte(compte)
