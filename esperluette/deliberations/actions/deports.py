"""Se déporter : le dossier disparaît pour la personne, sa lecture et sa voix ne comptent plus."""

from django.db import transaction

from esperluette.commissions.droits import peut_se_deporter
from esperluette.commissions.models import Deport, Point
from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions.commun import exiger, relire, texte_propre
from esperluette.deliberations.droits import peut_saisir
from esperluette.deliberations.models import AvisRendu, Voix
from esperluette.deliberations.table import table_de
from esperluette.journal.actions import consigner


@transaction.atomic
def se_deporter(point: Point, *, acteur: Compte, motif: str) -> Deport:
    """Le membre se déporte lui-même, en disant pourquoi (le motif n'est pas au procès-verbal). Rejoué, sans effet."""
    point = relire(point)
    exiger(peut_se_deporter(acteur, point))
    if not texte_propre(motif):
        raise ErreurMetier("Dites en un mot pourquoi vous vous déportez ; le procès-verbal n’en dira rien.")
    return _deporter(point, acteur, motif=motif, acteur=acteur)


@transaction.atomic
def deporter_en_seance(point: Point, compte: Compte, *, acteur: Compte, motif: str) -> Deport:
    """Qui mène la séance note un déport annoncé en séance : la personne quitte la salle pour ce point."""
    point = relire(point)
    exiger(peut_saisir(acteur, point.seance))
    return _deporter(point, compte, motif=motif or "Déclaré en séance", acteur=acteur)


def suivre_le_deport(deport: Deport) -> None:
    """Un déport posé hors du cockpit, séance ouverte : même règle, sa voix tombe. Inscrite auprès des commissions."""
    _avant_l_avis(deport.point)
    _oter_sa_voix(deport.point, deport.compte)


def _avant_l_avis(point: Point) -> None:
    if AvisRendu.objects.filter(point=point, rendu_le__isnull=False).exists():
        raise ErreurMetier("L’avis sur ce point est rendu. Reprenez le point avant d’y noter un déport.")


def _deporter(point: Point, compte: Compte, *, motif: str, acteur: Compte) -> Deport:
    _avant_l_avis(point)
    deport, neuf = Deport.objects.get_or_create(
        point=point, compte=compte, annule_le=None,
        defaults={"motif": texte_propre(motif), "declare_par": acteur},
    )  # fmt: skip
    if neuf:
        _oter_sa_voix(point, compte)
        if point.rapporteur_id == compte.pk:
            point.rapporteur = None
            point.save(update_fields=["rapporteur"])
        dossier = point.dossier.reference
        consigner("deport_declare", point.seance, acteur=acteur, point=point.pk, compte=compte.pk, dossier=dossier)
    return deport


def _oter_sa_voix(point: Point, compte: Compte) -> None:
    """Sa voix sur ce point tombe, et celle du mandat qu'il portait ; son suppléant présent garde le siège."""
    voix = Voix.objects.filter(point=point)
    table = table_de(point.seance)
    if table.ecrite:
        voix.filter(compte=compte).delete()
        return
    siens = {p.siege.pk for p in table.participants if p.compte.pk == compte.pk}
    siens |= {p.de_id for p in table.pouvoirs if p.a_id in siens}
    votent = {siege for siege, _ in table.quorum_du_point(point).voix}
    voix.filter(siege__in=siens - votent).delete()
