"""`esperluette interlocuteurs charger` : pose contacts et structures d'appui depuis les éditions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.interlocuteurs.actions import Geste, TerritoireInconnu, charger_depuis_editions
from esperluette.referentiel.lecture import EditionInvalide


class Command(BaseCommand):
    help = "Charge les contacts et les structures d'appui des éditions. Rejouable ; n'écrase pas une correction."

    def add_arguments(self, parser: CommandParser) -> None:
        sous = parser.add_subparsers(dest="geste", required=True, metavar="charger")
        sous.add_parser("charger", help="pose les valeurs de départ des éditions en vigueur")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rendu = charger_depuis_editions()
        except (TerritoireInconnu, EditionInvalide) as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        self.stdout.write(f"Interlocuteurs : {rendu.resume}.")
        for ligne in rendu.lignes:
            if ligne.geste not in (Geste.CREEE, Geste.INCHANGEE):
                champs = f" [{', '.join(ligne.differences)}]" if ligne.differences else ""
                self.stdout.write(f"  {ligne.region} — {ligne.fiche} : {ligne.geste.value}{champs}")
