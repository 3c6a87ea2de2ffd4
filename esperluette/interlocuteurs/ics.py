"""Un calendrier de commissions au format iCalendar (RFC 5545), pour s'y abonner depuis son agenda."""

import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import icalendar
from django.utils import timezone

from esperluette.commun.dates import en_lettres

if TYPE_CHECKING:
    from esperluette.interlocuteurs.calendrier import Calendrier, SeanceAnnoncee

PARIS = ZoneInfo("Europe/Paris")
DOMAINE = "esperluette.example"
UN_JOUR = datetime.timedelta(days=1)


def ecrire(calendrier: "Calendrier") -> str:
    """Une séance par événement, et un événement de plus pour chaque date limite de dépôt. Une séance annulée reste,
    barrée, pour que les agendas abonnés l'effacent. Sans séance, la description dit pourquoi.
    """
    agenda = icalendar.Calendar()
    for nom, valeur in (
        ("prodid", "-//Esperluette//Calendrier des commissions//FR"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("x-wr-calname", f"Commissions, {calendrier.nom}"),
        ("x-wr-caldesc", calendrier.phrase),
    ):
        agenda.add(nom, valeur)
    # La norme demande au moins un composant, même sans séance.
    agenda.add_component(icalendar.Timezone.from_tzid("Europe/Paris", first_date=calendrier.le - 400 * UN_JOUR))
    for seance in (*calendrier.a_venir, *calendrier.annulees):
        agenda.add_component(_seance(seance))
        if seance.depot_avant and not seance.annulee:
            agenda.add_component(_date_limite(seance, seance.depot_avant))
    return str(agenda.to_ical(), "utf-8")


def _seance(seance: "SeanceAnnoncee") -> icalendar.Event:
    source = f"Source : {seance.source.document}, {seance.source.passage} ({_jour(seance.source.date)})"
    limite = f"Date limite de dépôt : {_jour(seance.depot_avant)}." if seance.depot_avant else ""
    evenement = _evenement(
        seance.uid,
        f"{'Annulée : ' if seance.annulee else ''}{seance.titre} : {seance.nom}",
        "\n".join(filter(None, [limite, source])),
    )
    evenement.add("status", "CANCELLED" if seance.annulee else "CONFIRMED")
    if seance.heure:
        evenement.add("dtstart", datetime.datetime.combine(seance.date, seance.heure, tzinfo=PARIS))
    else:
        _toute_la_journee(evenement, seance.date)
    if seance.ou:
        evenement.add("location", seance.ou)
    return evenement


def _date_limite(seance: "SeanceAnnoncee", jour: datetime.date) -> icalendar.Event:
    evenement = _evenement(
        f"{seance.uid}-depot",
        f"Date limite de dépôt, {seance.titre}",
        f"Dernier jour pour déposer un dossier en vue de la séance du {_jour(seance.date)}.",
    )
    _toute_la_journee(evenement, jour)
    return evenement


def _evenement(uid: str, resume: str, description: str) -> icalendar.Event:
    evenement = icalendar.Event()
    champs: dict[str, Any] = {
        "uid": f"{uid}@{DOMAINE}",
        "dtstamp": timezone.now().astimezone(datetime.UTC),
        "summary": resume,
        "description": description,
        "transp": "TRANSPARENT",
    }
    for nom, valeur in champs.items():
        evenement.add(nom, valeur)
    return evenement


def _toute_la_journee(evenement: icalendar.Event, jour: datetime.date) -> None:
    evenement.add("dtstart", jour)
    evenement.add("dtend", jour + UN_JOUR)


def _jour(date: datetime.date) -> str:
    return en_lettres(date)
