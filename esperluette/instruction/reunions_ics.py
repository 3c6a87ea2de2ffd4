"""L'invitation d'agenda d'une réunion sur site (RFC 5545) : elle remplace la précédente, et l'annulation l'efface."""

import datetime

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from esperluette.instruction.models_fiche import ReunionSurSite
from esperluette.interlocuteurs.ics import DOMAINE, PARIS, UN_JOUR
from esperluette.notifications.actions import PieceJointe

DUREE = datetime.timedelta(hours=2)


def invitation(reunion: ReunionSurSite) -> str:
    """Le contenu du fichier .ics ; l'heure est celle de Paris, la journée entière si aucune n'est dite."""
    dossier = reunion.dossier
    agenda = icalendar.Calendar()
    for nom, valeur in (
        ("prodid", "-//Esperluette//Réunion sur site//FR"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
    ):
        agenda.add(nom, valeur)
    agenda.add_component(icalendar.Timezone.from_tzid("Europe/Paris", first_date=reunion.prevue_le - 400 * UN_JOUR))
    evenement = icalendar.Event()
    evenement.add("uid", f"reunion-{reunion.pk}@{DOMAINE}")
    evenement.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    evenement.add("sequence", reunion.sequence)
    evenement.add("summary", f"Réunion sur site, {dossier.equipe.nom}")
    evenement.add("status", "CANCELLED" if reunion.annulee_le else "CONFIRMED")
    evenement.add("location", reunion.lieu)
    page = settings.ADRESSE_PUBLIQUE + reverse("preparation:reunion", args=[dossier.reference])
    evenement.add("description", f"Dossier {dossier.reference}.\n{page}")
    if reunion.heure:
        debut = datetime.datetime.combine(reunion.prevue_le, reunion.heure, tzinfo=PARIS)
        evenement.add("dtstart", debut)
        evenement.add("dtend", debut + DUREE)
    else:
        evenement.add("dtstart", reunion.prevue_le)
        evenement.add("dtend", reunion.prevue_le + UN_JOUR)
    agenda.add_component(evenement)
    return str(agenda.to_ical(), "utf-8")


def piece_d_agenda(reunion: ReunionSurSite) -> PieceJointe:
    """L'invitation, jointe au courriel qui l'annonce, la déplace ou l'annule."""
    nom = f"reunion-{reunion.dossier.reference}.ics"
    return PieceJointe(nom, "text/calendar; method=PUBLISH", invitation(reunion).encode())
