"""`esperluette sante` : les mêmes contrôles que `/sante/`, sans passer par le service web."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from esperluette.commun.sante import Etat
from esperluette.config.sante import bilan

SIGNES = {Etat.OK: "✓", Etat.ATTENTION: "!", Etat.KO: "✗"}


class Command(BaseCommand):
    help = "Dit si le service est rendu. Sortie : 0 s’il l’est, 1 sinon."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        trouve = bilan()
        if options["json"]:
            self.stdout.write(json.dumps(trouve.en_json(), ensure_ascii=False))
        else:
            for nom, constat in trouve.constats.items():
                self.stdout.write(f"{SIGNES[constat.etat]} {nom} : {constat.dit}")
        if trouve.etat is Etat.KO:
            sys.exit(1)
