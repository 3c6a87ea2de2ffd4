"""Quand et où : l'heure de la séance, puis celle de chaque point, les durées s'ajoutant ; le lieu en mots. Pur."""

import datetime
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from esperluette.commissions.models import Point, Seance

PARIS = ZoneInfo("Europe/Paris")


def debut_de(seance: Seance) -> datetime.datetime | datetime.date:
    """Le début de la séance ; sa date seule, si l'heure n'est pas fixée."""
    return datetime.datetime.combine(seance.date, seance.heure, tzinfo=PARIS) if seance.heure else seance.date


def duree_totale(points: Iterable[Point]) -> datetime.timedelta:
    """La somme des durées prévues."""
    return datetime.timedelta(minutes=sum(p.duree_minutes for p in points))


def heures_de_passage(seance: Seance, points: Iterable[Point]) -> dict[int, datetime.datetime]:
    """Par point (sa clé), l'heure prévue ; vide tant que la séance n'a pas d'heure."""
    debut = debut_de(seance)
    heures: dict[int, datetime.datetime] = {}
    if isinstance(debut, datetime.datetime):
        for point in points:
            heures[point.pk] = debut
            debut += datetime.timedelta(minutes=point.duree_minutes)
    return heures


def en_mots(duree: datetime.timedelta) -> str:
    """« 45 min », « 2 h », « 2 h 15 »."""
    heures, minutes = divmod(int(duree.total_seconds()) // 60, 60)
    if not heures:
        return f"{minutes} min"
    return f"{heures} h {minutes:02d}" if minutes else f"{heures} h"


def ou(seance: Seance) -> str:
    """Où l'on se réunit, en mots ; le lien de visioconférence n'y est jamais."""
    if seance.modalite == "ecrite":
        return "Consultation écrite"
    a_distance = seance.modalite == "visio" or seance.a_distance
    return " ; ".join(filter(None, [seance.lieu, "en visioconférence" if a_distance else ""]))
