"""`esperluette demo` : charge la démonstration et rend la main. Rejouable ; ne détruit rien."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from esperluette.portail.demonstration.actions import jouer
from esperluette.portail.demonstration.lectures import Groupe, regions
from esperluette.portail.demonstration.scenario import scenarios


class Command(BaseCommand):
    help = "Charge des personnes, des équipes et des dossiers fictifs, puis dit sous quels comptes entrer."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            self.stderr.write("La démonstration ne se charge pas en production : ses personnes sont fictives.")
            sys.exit(2)
        # Avant les dossiers : leurs documents seront scellés, par un certificat d'essai.
        call_command("sceau", "engendrer", stdout=self.stdout, stderr=self.stderr)
        bilan = jouer(scenarios())
        if bilan.creees:
            self.stdout.write("Équipes fictives créées : " + " ; ".join(bilan.creees) + ".")
        if bilan.gardees:
            self.stdout.write("Déjà là, laissées telles quelles : " + " ; ".join(bilan.gardees) + ".")
        self._dire_les_comptes()

    def _dire_les_comptes(self) -> None:
        adresse = settings.ADRESSE_PUBLIQUE
        for region in regions():
            self.stdout.write(f"\n== {region.nom} ==")
            for groupe in region.groupes:
                self._dire_un_groupe(groupe)
        self.stdout.write(
            f"\nPour entrer : {adresse}/compte/connexion/ et l'une de ces adresses ; "
            f"le code arrive dans {adresse}/boite/."
            f"\nLa même liste, avec les liens : {adresse}/demonstration/"
        )
        if not settings.DEMONSTRATION:
            self.stdout.write(
                "La boîte et cette liste ne s'ouvrent qu'en servant avec ESPERLUETTE_DEMONSTRATION=1"
                " (« make demo » le pose)."
            )

    def _dire_un_groupe(self, groupe: Groupe) -> None:
        self.stdout.write(f"\n{groupe.titre} — {groupe.ici}")
        for personnage in groupe.personnages:
            self.stdout.write(f"  {personnage.courriel}\n      {personnage.nom}. {personnage.ici}")
