"""`esperluette dossiers [--json]` : la liste des dossiers, triée par référence."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from esperluette.dossiers.models import Dossier

CLES = ("reference", "equipe", "region", "demarche", "etat")


class Command(BaseCommand):
    help = "Liste les dossiers : référence, équipe, région, démarche, état."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="sortie JSON stable")

    def handle(self, *args: Any, **options: Any) -> None:
        lignes = [
            dict(zip(CLES, ligne, strict=True))
            for ligne in Dossier.objects.order_by("reference").values_list(
                "reference", "equipe__nom", "region", "demarche", "etat"
            )
        ]
        if options["json"]:
            self.stdout.write(json.dumps(lignes, ensure_ascii=False, indent=2))
        elif not lignes:
            self.stdout.write("Aucun dossier.")
        else:
            for ligne in lignes:
                self.stdout.write("  ".join(ligne[cle] for cle in CLES))
