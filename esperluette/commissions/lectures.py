"""Le calendrier public d'une région, et ce que chacun voit d'une séance."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.models import Convocation, Deport, MandatDeSiege, Point, PointQuerySet, Seance
from esperluette.comptes.models import Compte
from esperluette.equipes.models import AccesAccompagnateur, Membre
from esperluette.interlocuteurs.calendrier import Calendrier, SeanceAnnoncee, SeancesConnues, calendrier_de
from esperluette.referentiel.modele import Source


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
    deports = Deport.objects.filter(point=OuterRef("pk"), compte=compte)
    # Le dossier repassé depuis devant la commission, un déport d'alors vaut aussi pour ses passages d'avant.
    depuis = Deport.objects.en_vigueur().filter(
        point__dossier=OuterRef("dossier"), point__gte=OuterRef("pk"), compte=compte
    )
    return (
        Point.objects.exclude(issue=Issue.RETIRE)
        .exclude(seance__etat=EtatDeSeance.ANNULEE)
        .filter(Exists(convocations))
        .exclude(Exists(depuis))
        .exclude(interesse(compte) & ~Exists(deports.exclude(annule_le=None)))
    )


def interesse(compte: Compte) -> Q:
    """Les points dont l'équipe compte cette personne : membre, homonyme par le RPPS ou l'adresse, accompagnateur."""
    ses_rpps = Membre.objects.filter(compte=compte).exclude(rpps="").values("rpps")
    lies = Membre.objects.presents().filter(
        Q(compte=compte) | Q(courriel__iexact=compte.courriel) | Q(rpps__in=ses_rpps)
    )
    accompagnes = AccesAccompagnateur.objects.en_cours().de(compte)
    return Q(dossier__equipe__in=lies.values("equipe")) | Q(dossier__equipe__in=accompagnes.values("equipe"))
