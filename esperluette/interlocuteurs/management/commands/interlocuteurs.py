"""`esperluette interlocuteurs charger` : pose contacts, structures d'appui, instances et séances des éditions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.interlocuteurs.actions.fiches import Geste, TerritoireInconnu, charger_depuis_editions
from esperluette.referentiel.lecture import EditionInvalide


class Command(BaseCommand):
    help = "Charge les fiches des éditions (contacts, structures, séances). Rejouable ; n'écrase pas une correction."

    def add_arguments(self, parser: CommandParser) -> None:
        sous = parser.add_subparsers(dest="geste", required=True, metavar="charger")
        charger = sous.add_parser("charger", help="pose les valeurs de départ des éditions en vigueur")
        charger.add_argument("--region", action="append", default=[], help="clé (bretagne) ; peut se répéter")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rendu = charger_depuis_editions(regions_choisies=options["region"])
        except (TerritoireInconnu, EditionInvalide) as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        self.stdout.write(f"Fiches des régions : {rendu.resume}.")
        for ligne in rendu.lignes:
            if ligne.geste not in (Geste.CREEE, Geste.INCHANGEE):
                champs = f" [{', '.join(ligne.differences)}]" if ligne.differences else ""
                self.stdout.write(f"  {ligne.region} — {ligne.fiche} : {ligne.geste.value}{champs}")
