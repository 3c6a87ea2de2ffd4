"""L'ordre du jour : inscrire un dossier, le retirer, ordonner, dire qui rapporte et combien de temps."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from esperluette.commissions import courriels
from esperluette.commissions.actions.deports import deduire_les_deports, reprendre_les_deports
from esperluette.commissions.actions.invitations import (
    annuler_l_invitation,
    inviter_le_porteur,
    mettre_a_jour_les_creneaux,
)
from esperluette.commissions.actions.outils import ChampRefuse, exiger, exiger_un_motif
from esperluette.commissions.conflits import ecartes
from esperluette.commissions.cycle import verrouiller
from esperluette.commissions.droits import peut_preparer
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.inscriptions import affaire_de, hors_delai, mauvaise_instance, places_restantes
from esperluette.commissions.models import Convocation, MandatDeSiege, Point, Seance
from esperluette.commissions.regles import regles_de
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import franchir, poser_echeance
from esperluette.dossiers.enums import NatureEcheance
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner

DUREES = (1, 480)


@transaction.atomic
def inscrire(
    dossier: Dossier,
    seance: Seance,
    *,
    acteur: Any,
    motif_hors_delai: str = "",
    rapporteur: Compte | None = None,
    porteur_invite: bool | None = None,
) -> Point:
    """Met un dossier à l'ordre du jour, le fait passer à « inscrit », pose son échéance et prévient l'équipe.

    Rejoué pour la même séance, rend le point en place. Lève `ChampRefuse` (déposé après la date limite, sans motif),
    `ErreurMetier` (autre instance, séance close, pleine quand l'instance s'y tient), `Refus`, `TransitionImpossible`.
    """
    seance = verrouiller(seance)
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation").get(pk=dossier.pk)
    deja = Point.objects.filter(dossier=dossier, issue=Issue.A_EXAMINER).select_related("seance__instance").first()
    if deja is not None:
        if deja.seance_id == seance.pk:
            return deja
        raise Conflit(f"Ce dossier est déjà à l’ordre du jour d’une autre séance : {deja.seance}.")
    _verifier(dossier, seance)
    if hors_delai(dossier, seance):
        message = "Ce dossier a été déposé après la date limite : dites pourquoi il passe quand même."
        motif_hors_delai = exiger_un_motif(motif_hors_delai, message, "motif_hors_delai")
    else:
        motif_hors_delai = ""
    dossier = franchir(dossier, "inscrire", acteur=acteur, seance=seance.pk, le=seance.date.isoformat())
    poser_echeance(dossier, seance.date, NatureEcheance.SEANCE)
    affaire = affaire_de(dossier)
    regles = regles_de(seance.instance, seance.date)
    point = Point.objects.create(
        seance=seance,
        dossier=dossier,
        ordre=(seance.points.aggregate(n=Max("ordre"))["n"] or 0) + 1,
        affaire=affaire.id if affaire else "",
        affaire_libelle=affaire.libelle if affaire else "",
        rapporteur=rapporteur,
        porteur_invite=regles.porteurs_presentent if porteur_invite is None else porteur_invite,
        inscrit_par=acteur,
        motif_hors_delai=motif_hors_delai,
    )
    consigner("point_inscrit", seance, acteur=acteur, point=point.pk, dossier=dossier.reference)
    reprendre_les_deports(point)
    deduire_les_deports(seance, points=[point])
    courriels.a_l_equipe(dossier, "dossier_inscrit", seance)
    if seance.etat == EtatDeSeance.CONVOQUEE:
        if point.porteur_invite:
            inviter_le_porteur(point)
        prevenir_les_convoques(seance)
    return point


def _verifier(dossier: Dossier, seance: Seance) -> None:
    if not seance.en_preparation:
        raise ErreurMetier(f"Cette séance est {seance.etat_enum.label.lower()} : son ordre du jour ne change plus.")
    if seance.date < timezone.localdate():
        raise ErreurMetier("La date de cette séance est passée.")
    if raison := mauvaise_instance(dossier, seance.instance):
        raise ErreurMetier(raison)
    reste = places_restantes(seance)
    if reste is not None and reste <= 0 and regles_de(seance.instance, seance.date).capacite_stricte:
        raise ErreurMetier(f"Cette séance est pleine : {seance.capacite} dossiers, et cette commission s’y tient.")


def prevenir_les_convoques(seance: Seance) -> None:
    """L'ordre du jour d'une séance convoquée a changé : les convoqués relisent."""
    convocations = Convocation.objects.filter(seance=seance, retiree_le=None).select_related(
        "compte", "seance__instance"
    )
    courriels.ordre_du_jour_change(convocations)


@transaction.atomic
def desinscrire(point: Point, *, acteur: Any, motif: str) -> Point:
    """Retire un dossier de l'ordre du jour, avec un motif ; il revient à l'instruction. Rejoué, sans effet."""
    seance = verrouiller(point.seance)
    point = Point.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=point.pk)
    if point.issue == Issue.RETIRE:
        return point
    motif = exiger_un_motif(motif, "Dites pourquoi ce dossier ne passe plus : l’équipe le lira.")
    if point.issue != Issue.A_EXAMINER:
        raise Conflit(f"Ce point n’est plus à examiner : « {point.issue_enum.label} ».")
    if not seance.en_preparation:
        raise ErreurMetier("La séance est ouverte : ajournez ce dossier plutôt que de le retirer.")
    dossier = franchir(point.dossier, "desinscrire", acteur=acteur, motif=motif, seance=seance.pk)
    point = retirer(point, motif, acteur=acteur)
    courriels.a_l_equipe(dossier, "dossier_retire_de_seance", seance)
    if seance.etat == EtatDeSeance.CONVOQUEE:
        prevenir_les_convoques(seance)
    return point


def retirer(point: Point, motif: str, *, acteur: Any) -> Point:
    """Marque un point retiré et resserre l'ordre ; le dossier, lui, a déjà changé d'état. Dans une transaction."""
    point.issue, point.retire_le, point.motif_retrait = Issue.RETIRE, timezone.now(), motif
    point.save(update_fields=["issue", "retire_le", "motif_retrait"])
    annuler_l_invitation(point)
    _renumeroter(list(point.seance.points.a_l_ordre_du_jour()))
    consigner("point_retire", point.seance, acteur=acteur, point=point.pk, dossier=point.dossier.reference)
    return point


def suivre_le_dossier(dossier: Dossier, acteur: Any) -> None:
    """Un dossier retiré par son équipe, ou classé, quitte l'ordre du jour. Inscrite auprès du cycle des dossiers."""
    point = Point.objects.a_examiner().filter(dossier=dossier).select_related("seance__instance", "dossier").first()
    if point is not None:
        retirer(point, f"Dossier {dossier.etat_enum.label.lower()}.", acteur=acteur)


@transaction.atomic
def ordonner(seance: Seance, points: Sequence[int], *, acteur: Any) -> None:
    """Met les points dans cet ordre (leurs clés). Conflit si la liste n'est plus celle de la séance."""
    seance = _preparer(seance, acteur)
    actuels = {p.pk: p for p in seance.points.a_l_ordre_du_jour()}
    if set(points) != set(actuels) or len(points) != len(actuels):
        raise Conflit("L’ordre du jour a changé depuis que vous l’avez ouvert : relisez-le, puis recommencez.")
    if _renumeroter([actuels[pk] for pk in points]):
        consigner("ordre_change", seance, acteur=acteur, points=list(points))
        mettre_a_jour_les_creneaux(seance)


@transaction.atomic
def deplacer(point: Point, *, acteur: Any, vers_le_haut: bool) -> None:
    """Monte ou descend un point d'un rang ; en bout de liste, sans effet."""
    seance = _preparer(point.seance, acteur)
    points = list(seance.points.a_l_ordre_du_jour())
    rang = next((i for i, p in enumerate(points) if p.pk == point.pk), None)
    if rang is None:
        raise Conflit("Ce dossier n’est plus à l’ordre du jour.")
    voisin = rang - 1 if vers_le_haut else rang + 1
    if 0 <= voisin < len(points):
        points[rang], points[voisin] = points[voisin], points[rang]
        _renumeroter(points)
        consigner("ordre_change", seance, acteur=acteur, points=[p.pk for p in points])
        mettre_a_jour_les_creneaux(seance)


def _preparer(seance: Seance, acteur: Any) -> Seance:
    seance = verrouiller(seance)
    exiger(peut_preparer(acteur, seance.instance))
    if seance.etat not in EtatDeSeance.ACTIVES:
        raise ErreurMetier(f"Cette séance est {seance.etat_enum.label.lower()} : son ordre du jour ne change plus.")
    return seance


def _renumeroter(points: Sequence[Point]) -> bool:
    """Donne les rangs 1, 2, 3… ; vrai si quelque chose a bougé."""
    changes = []
    for ordre, point in enumerate(points, start=1):
        if point.ordre != ordre:
            point.ordre = ordre
            changes.append(point)
    Point.objects.bulk_update(changes, ["ordre"])
    return bool(changes)


@transaction.atomic
def regler_le_point(
    point: Point,
    *,
    acteur: Any,
    rapporteur: Compte | None,
    duree_minutes: int,
    porteur_invite: bool,
    note: str = "",
) -> Point:
    """Dit qui rapporte, combien de temps, et si le porteur vient présenter."""
    seance = _preparer(point.seance, acteur)
    point = Point.objects.select_for_update(of=("self",)).select_related("dossier__equipe").get(pk=point.pk)
    if point.issue == Issue.RETIRE:
        raise Conflit("Ce dossier n’est plus à l’ordre du jour.")
    if not DUREES[0] <= duree_minutes <= DUREES[1]:
        raise ChampRefuse(f"De {DUREES[0]} à {DUREES[1]} minutes.", "duree_minutes")
    if rapporteur is not None and rapporteur.pk not in rapporteurs_possibles(seance, point):
        raise ChampRefuse(
            "Cette personne ne siège pas à cette séance, ou s’est déportée sur ce dossier.", "rapporteur"
        )
    avant = (point.rapporteur_id, point.duree_minutes, point.porteur_invite, point.note)
    point.rapporteur, point.duree_minutes, point.porteur_invite = rapporteur, duree_minutes, porteur_invite
    point.note = note.replace("\x00", "").strip()[:2000]
    if avant == (point.rapporteur_id, point.duree_minutes, point.porteur_invite, point.note):
        return point
    point.save(update_fields=["rapporteur", "duree_minutes", "porteur_invite", "note"])
    consigner("point_regle", seance, acteur=acteur, point=point.pk, rapporteur=point.rapporteur_id)
    if seance.etat == EtatDeSeance.CONVOQUEE:
        if point.porteur_invite:
            inviter_le_porteur(point)
        else:
            annuler_l_invitation(point)
        mettre_a_jour_les_creneaux(seance)
    return point


def rapporteurs_possibles(seance: Seance, point: Point) -> dict[int, str]:
    """Qui peut rapporter ce point : les membres en mandat le jour de la séance, sans déportés ni intéressés."""
    mandats = list(
        MandatDeSiege.objects.en_cours(seance.date)
        .filter(siege__instance=seance.instance_id)
        .select_related("compte", "siege")
        .order_by("siege__ordre", "-titulaire", "pk")
    )
    exclus = {compte for _, compte in ecartes([point], {m.compte_id: m.compte for m in mandats})}
    return {m.compte_id: f"{m.compte} ({m.siege})" for m in mandats if m.compte_id not in exclus}


@transaction.atomic
def proposer_les_rapporteurs(seance: Seance, *, acteur: Any) -> int:
    """Donne un rapporteur aux points qui n'en ont pas : titulaires votants d'abord les moins chargés, jamais un
    déporté ni un intéressé. Ceux qu'on a choisis ne bougent pas. Rend le nombre de points pourvus.
    """
    seance = _preparer(seance, acteur)
    points = list(seance.points.a_l_ordre_du_jour().select_related("dossier"))
    mandats = MandatDeSiege.objects.en_cours(seance.date).filter(
        siege__instance=seance.instance_id, siege__votant=True, titulaire=True, president=False
    )
    comptes = {m.compte_id: m.compte for m in mandats.select_related("compte").order_by("siege__ordre", "pk")}
    membres = list(comptes)
    charge = {compte: sum(p.rapporteur_id == compte for p in points) for compte in membres}
    exclus = ecartes(points, comptes)
    pourvus = []
    for point in points:
        libres = [c for c in membres if (point.pk, c) not in exclus]
        if point.rapporteur_id is None and libres:
            choisi = min(libres, key=lambda c: (charge[c], membres.index(c)))
            point.rapporteur_id = choisi
            charge[choisi] += 1
            pourvus.append(point)
    Point.objects.bulk_update(pourvus, ["rapporteur"])
    if pourvus:
        consigner("rapporteurs_proposes", seance, acteur=acteur, points=[p.pk for p in pourvus])
    return len(pourvus)
