"""Le calendrier public d'une région : le même à l'écran, en ligne de commande et dans les agendas."""

import datetime

from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Seance
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
