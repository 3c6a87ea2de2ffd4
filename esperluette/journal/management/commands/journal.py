"""`esperluette journal verifier` : le journal est-il intact ?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from esperluette.journal.lectures import verifier
from esperluette.journal.models import Chaine


class Command(BaseCommand):
    help = "Vérifie que le journal n’a pas été changé. Sortie : 0 intact, 1 anomalie, 2 entrée fausse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, metavar="verifier")
        geste = gestes.add_parser("verifier", help="refait toutes les empreintes")
        geste.add_argument("--chaine", default="", help="une seule chaîne, par exemple dossiers.dossier:12")
        geste.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *, chaine: str, **options: Any) -> None:
        if chaine and not Chaine.objects.filter(cle=chaine).exists():
            raise CommandError(f"Aucune chaîne « {chaine} » dans le journal.", returncode=2)
        rapport = verifier(chaine)
        if options["json"]:
            reponse = {
                "intact": rapport.intact,
                "chaines": rapport.chaines,
                "evenements": rapport.evenements,
                "anomalies": rapport.anomalies,
            }
            self.stdout.write(json.dumps(reponse, ensure_ascii=False))
        else:
            for anomalie in rapport.anomalies:
                self.stdout.write(f"✗ {anomalie}")
            etat = "Journal intact" if rapport.intact else f"{len(rapport.anomalies)} anomalie(s)"
            self.stdout.write(f"{etat} : {rapport.chaines} chaînes, {rapport.evenements} événements.")
        if not rapport.intact:
            sys.exit(1)
