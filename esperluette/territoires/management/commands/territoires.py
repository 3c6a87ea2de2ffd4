"""`esperluette territoires charger` : met la base au découpage embarqué."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.territoires.actions import charger
from esperluette.territoires.decoupage import DecoupageIllisible


class Command(BaseCommand):
    help = "Charge le découpage (régions, départements, intercommunalités, communes). Rejouable."

    def add_arguments(self, parser: CommandParser) -> None:
        sous = parser.add_subparsers(dest="geste", required=True, metavar="charger")
        charge = sous.add_parser("charger", help="met la base au découpage embarqué dans le paquet")
        charge.add_argument("--fichier", type=Path, help="un autre fichier produit par outils/decoupage.py")
        charge.add_argument("--forcer", action="store_true", help="recharge même si la base a déjà ce découpage")

    def handle(self, *args: Any, **options: Any) -> None:
        debut = time.perf_counter()
        try:
            bilan = charger(options["fichier"], forcer=options["forcer"])
        except DecoupageIllisible as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        if bilan.inchange:
            self.stdout.write(f"Découpage {bilan.millesime} déjà en place ({bilan.communes} communes).")
            return
        self.stdout.write(
            f"Découpage {bilan.millesime} chargé : {bilan.communes} communes et arrondissements municipaux, "
            f"{bilan.ajoutees} ajoutés, {bilan.desactivees} désactivés, en {time.perf_counter() - debut:.1f} s."
        )
