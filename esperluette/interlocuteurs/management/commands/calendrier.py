"""`esperluette calendrier --region R` : les séances à venir, ou auprès de qui les confirmer."""

import datetime
import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.commun.dates import en_lettres
from esperluette.interlocuteurs.calendrier import Calendrier, RegionInconnue, SeanceAnnoncee, calendrier_de
from esperluette.referentiel.lecture import EditionInvalide


def _date(brut: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(brut)
    except ValueError:
        raise ArgumentTypeError(f"« {brut} » n'est pas une date AAAA-MM-JJ") from None


class Command(BaseCommand):
    help = "Donne le calendrier des commissions d'une région. Sans base, répond d'après l'édition."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", required=True, help="clé de la région, par exemple bretagne")
        parser.add_argument("--le", type=_date, help="vu de ce jour (AAAA-MM-JJ) ; aujourd'hui par défaut")
        formes = parser.add_mutually_exclusive_group()
        formes.add_argument("--json", action="store_true", help="réponse en JSON")
        formes.add_argument("--ics", action="store_true", help="réponse au format iCalendar")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            calendrier = calendrier_de(options["region"], options["le"])
        except (RegionInconnue, EditionInvalide) as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        if options["ics"]:
            self.stdout.write(calendrier.en_ics(), ending="")
        elif options["json"]:
            self.stdout.write(json.dumps(calendrier.en_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_en_texte(calendrier))


def _en_texte(calendrier: Calendrier) -> str:
    lignes = [f"Commissions, {calendrier.nom} — {calendrier.phrase}"]
    lignes += [f"  {_seance(s)}" for s in calendrier.a_venir]
    lignes += [f"  {en_lettres(s.date, 'l j F Y')} : {s.titre}, annulée" for s in calendrier.annulees]
    if calendrier.a_confirmer and calendrier.a_confirmer.url:
        lignes.append(f"  {calendrier.a_confirmer.url}")
    return "\n".join(lignes)


def _seance(seance: SeanceAnnoncee) -> str:
    heure = f" à {seance.heure:%H h %M}" if seance.heure else ""
    details = [
        f"{seance.titre}, {seance.nom}",
        seance.ou,
        f"dossiers à déposer avant le {en_lettres(seance.depot_avant)}" if seance.depot_avant else "",
    ]
    return f"{en_lettres(seance.date, 'l j F Y')}{heure} : {' ; '.join(filter(None, details))}"
