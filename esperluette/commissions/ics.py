"""Les invitations d'agenda (RFC 5545 et 5546) : une séance pour un membre, un créneau pour un porteur.

Le même UID à chaque envoi, une SEQUENCE qui monte à chaque changement : l'agenda déplace ou efface le rendez-vous.
"""

import datetime
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.utils import timezone

PARIS = ZoneInfo("Europe/Paris")
DOMAINE = "esperluette.example"
DUREE_PAR_DEFAUT = datetime.timedelta(hours=2)
REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True, slots=True)
class Invite:
    """Celui que le rendez-vous concerne."""

    courriel: str
    nom: str


@dataclass(frozen=True, slots=True)
class RendezVous:
    """Ce que porte une invitation. `debut` sans heure : toute la journée."""

    uid: str
    sequence: int
    titre: str
    debut: datetime.datetime | datetime.date
    duree: datetime.timedelta
    lieu: str
    lien: str
    description: str
    invite: Invite


def ecrire(rendez_vous: RendezVous, methode: str = REQUEST) -> bytes:
    """Le fichier .ics à joindre : METHOD:REQUEST pour inviter ou déplacer, METHOD:CANCEL pour effacer."""
    agenda = icalendar.Calendar()
    agenda.add("prodid", "-//Esperluette//Convocations//FR")
    agenda.add("version", "2.0")
    agenda.add("calscale", "GREGORIAN")
    agenda.add("method", methode)
    if isinstance(rendez_vous.debut, datetime.datetime):
        jour = rendez_vous.debut.date()
        agenda.add_component(
            icalendar.Timezone.from_tzid("Europe/Paris", first_date=jour - datetime.timedelta(days=400))
        )
    agenda.add_component(_evenement(rendez_vous, methode))
    return bytes(agenda.to_ical())


def _evenement(rdv: RendezVous, methode: str) -> icalendar.Event:
    evenement = icalendar.Event()
    champs: dict[str, Any] = {
        "uid": f"{rdv.uid}@{DOMAINE}",
        "sequence": rdv.sequence,
        "dtstamp": timezone.now().astimezone(datetime.UTC),
        "summary": rdv.titre,
        "description": rdv.description,
        "status": "CANCELLED" if methode == CANCEL else "CONFIRMED",
        "transp": "OPAQUE",
    }
    for nom, valeur in champs.items():
        evenement.add(nom, valeur)
    if isinstance(rdv.debut, datetime.datetime):
        debut = rdv.debut.astimezone(PARIS)
        evenement.add("dtstart", debut)
        evenement.add("dtend", debut + rdv.duree)
    else:
        evenement.add("dtstart", rdv.debut)
        evenement.add("dtend", rdv.debut + datetime.timedelta(days=1))
    if rdv.lieu:
        evenement.add("location", rdv.lieu)
    if rdv.lien:
        evenement.add("url", rdv.lien)
    evenement.add("organizer", _organisateur())
    evenement.add("attendee", _participant(rdv.invite), encode=0)
    return evenement


def _organisateur() -> icalendar.vCalAddress:
    adresse = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip("> ")
    organisateur = icalendar.vCalAddress(f"MAILTO:{adresse}")
    organisateur.params["CN"] = icalendar.vText(settings.SERVICE)
    return organisateur


def _participant(invite: Invite) -> icalendar.vCalAddress:
    participant = icalendar.vCalAddress(f"MAILTO:{invite.courriel}")
    participant.params["CN"] = icalendar.vText(invite.nom)
    participant.params["ROLE"] = icalendar.vText("REQ-PARTICIPANT")
    participant.params["PARTSTAT"] = icalendar.vText("NEEDS-ACTION")
    participant.params["RSVP"] = icalendar.vText("FALSE")  # on répond sur la page de convocation
    return participant
