"""`esperluette referentiel …` : vérifier, sceller, comparer, ouvrir des éditions. Sans base de données."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from esperluette.referentiel import sous_commandes_editions  # noqa: F401 — s'inscrit à l'import
from esperluette.referentiel.sous_commandes import SOUS_COMMANDES


class Command(BaseCommand):
    help = "Les éditions du référentiel : vérifier, sceller, comparer, ouvrir."
    # `verifier` dit lui-même ce qui ne va pas : le contrôle système l'arrêterait avant.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        choix = parser.add_subparsers(dest="sous_commande", required=True, metavar="sous-commande")
        for sous_commande in SOUS_COMMANDES.values():
            sous_commande.arguments(choix.add_parser(sous_commande.nom, help=sous_commande.aide))

    def handle(self, *args: Any, **options: Any) -> None:
        code = SOUS_COMMANDES[options["sous_commande"]].executer(options, self.stdout, self.stderr)
        if code:
            sys.exit(code)
