"""`esperluette demo` : charge la démonstration et rend la main. Rejouable ; ne détruit rien."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from esperluette.comptes.models import Compte


class Command(BaseCommand):
    help = "Charge des personnes, des équipes et des dossiers fictifs, puis dit sous quels comptes entrer."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            self.stderr.write(
                "La démonstration demande le réglage ESPERLUETTE_DEMONSTRATION=1 (« make demo » le pose)."
            )
            sys.exit(2)
        comptes = Compte.objects.filter(fictif=True).order_by("courriel")
        self.stdout.write("Comptes de démonstration (le code de connexion s'affiche sur la page /boite/) :")
        for compte in comptes:
            self.stdout.write(f"  {compte.courriel:<44} {compte.prenom} {compte.nom}")
