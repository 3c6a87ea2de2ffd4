"""`esperluette installer` : prépare la base. Rejouable ; ne détruit rien."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

# Ce qu'il faut avoir chargé pour servir : commande, arguments, ce qu'on en dit.
CHARGEMENTS = (
    ("territoires", ("charger",), "Découpage : régions, départements, intercommunalités, communes."),
    ("interlocuteurs", ("charger",), "Interlocuteurs, calendrier et structures d'appui des éditions."),
)


class Command(BaseCommand):
    help = "Crée ou met à jour la base, puis charge le découpage et les interlocuteurs. Rejouable."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        self.stdout.write("Base de données : migrations.")
        call_command("migrate", interactive=False, verbosity=0)
        for commande, arguments, phrase in CHARGEMENTS:
            self.stdout.write(phrase)
            call_command(commande, *arguments, stdout=self.stdout, stderr=self.stderr)
        if settings.DEMONSTRATION and not settings.PRODUCTION:
            call_command("sceau", "engendrer", stdout=self.stdout, stderr=self.stderr)
        self.stdout.write("La base est prête.")
