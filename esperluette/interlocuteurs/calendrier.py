"""Le calendrier des commissions, tel que l'édition le connaît : séances à venir, ou auprès de qui le confirmer.

Rien ne vient de la base : tant que les séances ne vivent pas dans `commissions`, l'édition fait foi.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from esperluette.commun.erreurs import ErreurMetier
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.modele import AConfirmer, Edition, Seance, Source

LONGUEUR_DE_LIGNE = 75  # octets, RFC 5545 § 3.1


class RegionInconnue(ErreurMetier):
    """Aucune édition pour cette région."""


@dataclass(frozen=True, slots=True)
class SeanceAnnoncee:
    """Une séance publiée, avec le nom de son instance."""

    date: datetime.date
    instance: str
    sigle: str
    nom: str
    source: Source

    def en_json(self) -> dict[str, Any]:
        """La forme publiée par la ligne de commande."""
        return {
            "date": self.date.isoformat(),
            "instance": self.instance,
            "sigle": self.sigle,
            "nom": self.nom,
            "source": self.source.en_json(),
        }


@dataclass(frozen=True, slots=True)
class Calendrier:
    """Les séances d'une région vues d'un jour donné. `derniere` : la dernière passée que l'on connaisse."""

    region: str
    nom: str
    edition: str
    le: datetime.date
    a_venir: tuple[SeanceAnnoncee, ...]
    derniere: SeanceAnnoncee | None
    a_confirmer: AConfirmer | None

    @property
    def aupres_de(self) -> str:
        """Auprès de qui confirmer les dates."""
        return self.a_confirmer.texte if self.a_confirmer else f"l'ARS {self.nom}"

    @property
    def phrase(self) -> str:
        """La prochaine séance, ou pourquoi on n'en annonce pas."""
        if self.a_venir:
            prochaine = self.a_venir[0]
            return f"Prochaine séance : {prochaine.sigle}, le {_jour(prochaine.date)}."
        if self.derniere:
            return (
                f"Aucune séance à venir n'est connue : la dernière date publiée est passée, c'était le "
                f"{_jour(self.derniere.date)} ({self.derniere.sigle}). Dates à confirmer auprès de {self.aupres_de}."
            )
        return f"Aucune date de séance n'est publiée. À confirmer auprès de {self.aupres_de}."

    def en_json(self) -> dict[str, Any]:
        """La forme publiée par la ligne de commande."""
        return {
            "region": self.region,
            "edition": self.edition,
            "le": self.le.isoformat(),
            "seances": [seance.en_json() for seance in self.a_venir],
            "derniere_seance_connue": self.derniere.en_json() if self.derniere else None,
            "a_confirmer_aupres_de": None if self.a_venir else self.aupres_de,
            "a_confirmer_url": (self.a_confirmer.url or None) if self.a_confirmer else None,
            "message": self.phrase,
        }

    def en_ics(self) -> str:
        """Un calendrier iCalendar (RFC 5545), lisible même sans séance : la description dit alors pourquoi."""
        lignes = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Esperluette//Calendrier des commissions//FR",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            f"X-WR-CALNAME:{_texte_ics(f'Commissions, {self.nom}')}",
            f"X-WR-CALDESC:{_texte_ics(self.phrase)}",
            *_FUSEAU,  # la norme demande au moins un composant, même sans séance
            *(ligne for seance in self.a_venir for ligne in _evenement(self.region, seance)),
            "END:VCALENDAR",
        ]
        return "".join(f"{_plier(ligne)}\r\n" for ligne in lignes)


def calendrier_de(region: str, le: datetime.date | None = None) -> Calendrier:
    """Le calendrier d'une région (clé : « bretagne ») vu de ce jour. Lève RegionInconnue, avec la liste."""
    jour = le or timezone.localdate()
    edition = edition_en_vigueur(region, jour) if region in regions() else None
    if edition is None:
        raise RegionInconnue(
            f"Aucune édition en vigueur pour la région « {region} ». Régions connues : {', '.join(regions())}."
        )
    return Calendrier(
        region=edition.region,
        nom=edition.entete.region.nom,
        edition=edition.numero,
        le=jour,
        a_venir=tuple(_annoncee(edition, s) for s in edition.local.seances_a_venir(jour)),
        derniere=next((_annoncee(edition, s) for s in _passees(edition, jour)), None),
        a_confirmer=edition.local.a_confirmer,
    )


def _passees(edition: Edition, jour: datetime.date) -> list[Seance]:
    return sorted((s for s in edition.local.seances if s.date < jour), key=lambda s: s.date, reverse=True)


def _annoncee(edition: Edition, seance: Seance) -> SeanceAnnoncee:
    instance = edition.instance(seance.instance)
    return SeanceAnnoncee(
        date=seance.date, instance=instance.id, sigle=instance.sigle, nom=instance.nom, source=seance.source
    )


def _jour(date: datetime.date) -> str:
    return date_format(date, "j F Y")


# --- iCalendar ------------------------------------------------------------------------------------------------

_FUSEAU = (
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Paris",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


def _evenement(region: str, seance: SeanceAnnoncee) -> list[str]:
    lendemain = seance.date + datetime.timedelta(days=1)
    source = f"{seance.source.document}, {seance.source.passage} ({_jour(seance.source.date)})"
    return [
        "BEGIN:VEVENT",
        f"UID:{region}-{seance.instance}-{seance.date:%Y%m%d}@esperluette.example",
        f"DTSTAMP:{timezone.now().astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{seance.date:%Y%m%d}",
        f"DTEND;VALUE=DATE:{lendemain:%Y%m%d}",
        f"SUMMARY:{_texte_ics(f'{seance.sigle} : {seance.nom}')}",
        f"DESCRIPTION:{_texte_ics(f'Source : {source}')}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _texte_ics(texte: str) -> str:
    for brut, echappe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\n", "\\n")):
        texte = texte.replace(brut, echappe)
    return texte


def _plier(ligne: str) -> str:
    """Coupe à 75 octets au plus, sans couper un caractère ; la suite commence par une espace."""
    morceaux: list[str] = []
    courant, taille = "", 0
    for caractere in ligne:
        poids = len(caractere.encode())
        if taille + poids > LONGUEUR_DE_LIGNE:
            morceaux.append(courant)
            courant, taille = " ", 1
        courant, taille = courant + caractere, taille + poids
    return "\r\n".join([*morceaux, courant])
