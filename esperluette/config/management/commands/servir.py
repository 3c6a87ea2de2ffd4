"""`esperluette servir` : sert le site, avec ou sans le travailleur."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from esperluette.config.service import (
    Service,
    ServiceImpossible,
    verifier_base,
    verifier_port,
    verifier_statiques,
)


class Command(BaseCommand):
    help = "Sert le site ; refuse, en disant pourquoi, si la base n'est pas prête ou si le port est pris."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hote", default="127.0.0.1", help="adresse d'écoute (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port d'écoute (8000)")
        parser.add_argument("--processus", type=int, default=1, help="processus web (1 ; plus avec PostgreSQL)")
        parser.add_argument("--avec-travailleur", action="store_true", help="traite aussi les tâches")

    def handle(self, *args: Any, **options: Any) -> None:
        hote, port = options["hote"], options["port"]
        try:
            verifier_base()
            verifier_statiques()
            verifier_port(hote, port)
        except ServiceImpossible as erreur:
            self.stderr.write(str(erreur))
            sys.exit(2)
        service = Service(
            hote,
            port,
            processus=options["processus"],
            travailleur=options["avec_travailleur"],
            dire=self._dire,
        )
        sys.exit(service.servir())

    def _dire(self, phrase: str) -> None:
        self.stdout.write(phrase)
        self.stdout.flush()
