"""Se déporter, constater un déport, en annuler un ; et déduire ceux que personne n'a dits."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commissions.actions.outils import exiger, exiger_un_motif
from esperluette.commissions.conflits import interets
from esperluette.commissions.contributions import DEPORTS
from esperluette.commissions.droits import peut_deporter, peut_se_deporter
from esperluette.commissions.models import Convocation, Deport, MandatDeSiege, Point, Seance
from esperluette.comptes.models import Compte
from esperluette.journal.actions import consigner


@transaction.atomic
def deporter(point: Point, compte: Compte, *, acteur: Any, motif: str) -> Deport:
    """Écarte un membre d'un point, à sa demande ou par le secrétariat. Rejoué, rend le déport en vigueur.

    Lève Refus, ChampRefuse (sans motif), ou ErreurMetier si l'avis est déjà rendu.
    """
    point = _relire(point)
    exiger(peut_se_deporter(acteur, point) if acteur == compte else peut_deporter(acteur, point))
    motif = exiger_un_motif(
        motif, "Dites en quoi cette personne est intéressée à l’affaire ; le procès-verbal n’en dira rien."
    )
    return _poser(point, compte, motif, acteur)


@transaction.atomic
def annuler_deport(deport: Deport, *, acteur: Any, motif: str) -> Deport:
    """Rend un membre à un point, avant la séance close ; le motif est gardé. Rejoué, sans effet."""
    point = _relire(deport.point)
    exiger(peut_deporter(acteur, point))
    motif = exiger_un_motif(motif, "Dites pourquoi ce déport tombe : ce sera au journal.")
    deport = Deport.objects.select_for_update(of=("self",)).get(pk=deport.pk)
    if deport.annule_le is not None:
        return deport
    deport.annule_le, deport.annule_par, deport.motif_annulation = timezone.now(), acteur, motif
    deport.save(update_fields=["annule_le", "annule_par", "motif_annulation"])
    consigner("deport_annule", point.seance, acteur=acteur, point=point.pk, compte=deport.compte_id, deport=deport.pk)
    return deport


def deduire_les_deports(seance: Seance, *, points: Iterable[Point] | None = None) -> list[Deport]:
    """Pose les déports que les données imposent aux membres, convoqués ou en mandat ce jour-là ; ceux que le
    secrétariat a annulés restent annulés. Dans la transaction de l'appelant ; le nombre de requêtes ne dépend pas du
    nombre de membres.
    """
    comptes = membres_de(seance)
    retenus = list(points if points is not None else seance.points.a_l_ordre_du_jour().select_related("dossier"))
    if not comptes or not retenus:
        return []
    connus = set(Deport.objects.filter(point__in=retenus).values_list("point_id", "compte_id"))
    trouves = interets(comptes, {p.dossier.equipe_id for p in retenus})
    poses = []
    for point in retenus:
        for compte_id, motif in trouves[point.dossier.equipe_id].items():
            if (point.pk, compte_id) not in connus:
                poses.append(_poser(point, comptes[compte_id], motif, None))
    return poses


def reprendre_les_deports(point: Point) -> None:
    """Le dossier repasse devant la même commission : les déports déclarés la dernière fois valent encore, jusqu'à ce
    que le secrétariat les annule. Ceux qu'imposent les données se déduisent de nouveau. Dans une transaction.
    """
    avant = Point.objects.filter(dossier=point.dossier_id, seance__instance=point.seance.instance_id)
    dernier = avant.exclude(pk=point.pk).order_by("-pk").first()
    if dernier is None:
        return
    for deport in dernier.deports.filter(annule_le=None, deduit=False).select_related("compte", "declare_par"):
        _poser(point, deport.compte, deport.motif, deport.declare_par, repris=True)


def membres_de(seance: Seance) -> dict[int, Compte]:
    """Ceux qui siègent à cette séance, par clé : convoqués, ou en mandat ce jour-là. Deux requêtes."""
    convoques = Convocation.objects.filter(seance=seance, retiree_le=None).select_related("compte")
    mandats = MandatDeSiege.objects.en_cours(seance.date).filter(siege__instance=seance.instance_id)
    lignes = [*convoques, *mandats.select_related("compte")]
    return {ligne.compte_id: ligne.compte for ligne in lignes}


def _poser(point: Point, compte: Compte, motif: str, acteur: Any, *, repris: bool = False) -> Deport:
    try:
        with transaction.atomic():
            deport = Deport.objects.create(
                point=point, compte=compte, motif=motif, deduit=acteur is None, declare_par=acteur
            )
    except IntegrityError:  # déjà déporté : un second clic, ou deux personnes le même jour
        return Deport.objects.en_vigueur().get(point=point, compte=compte)
    if point.rapporteur_id == compte.pk:
        point.rapporteur = None
        point.save(update_fields=["rapporteur"])
    for suite in DEPORTS:
        suite(deport)
    sorte = "deport_repris" if repris else "deport_deduit" if acteur is None else "deport_declare"
    consigner(
        sorte,
        point.seance,
        acteur=None if repris else acteur,
        point=point.pk,
        compte=compte.pk,
        dossier=point.dossier.reference,
    )
    return deport


def _relire(point: Point) -> Point:
    points = Point.objects.select_related("seance__instance__region", "seance__instance__departement", "dossier")
    return points.get(pk=point.pk)
