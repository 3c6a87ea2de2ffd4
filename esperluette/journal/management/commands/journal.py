"""`esperluette journal verifier` : le journal est-il intact ? Sinon, à quel maillon ?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from esperluette.journal.lectures import Rapport, retrouver, verifier
from esperluette.journal.models import Chaine


class Command(BaseCommand):
    help = "Vérifie que le journal n’a pas été changé. Sortie : 0 intact, 1 anomalie, 2 entrée fausse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, metavar="verifier")
        geste = gestes.add_parser("verifier", help="refait toutes les empreintes")
        geste.add_argument("cle", nargs="?", default="", metavar="CHAINE", help="une seule, comme dossiers.dossier:12")
        geste.add_argument("--chaine", default="", help="la même chose, en option")
        geste.add_argument("--tete", default="", help="une tête de chaîne imprimée sur un accusé : la retrouver")
        geste.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *, cle: str, chaine: str, tete: str, **options: Any) -> None:
        cle = cle or chaine
        if cle and not Chaine.objects.filter(cle=cle).exists():
            raise CommandError(f"Aucune chaîne « {cle} » dans le journal.", returncode=2)
        reponse: dict[str, Any] = {}
        if tete:
            rapport, reponse["tete"] = self._retrouver(tete)
        else:
            rapport = verifier(cle)
        intact = rapport.intact and reponse.get("tete") != {}
        if options["json"]:
            self.stdout.write(json.dumps({"intact": intact, **_en_json(rapport), **reponse}, ensure_ascii=False))
        else:
            self._dire(rapport, reponse.get("tete"))
        if not intact:
            sys.exit(1)

    def _retrouver(self, tete: str) -> tuple[Rapport, dict[str, Any]]:
        if len(tete.strip()) != 64:
            raise CommandError("Une tête de chaîne a 64 caractères : recopiez-la en entier.", returncode=2)
        trouvee = retrouver(tete)
        if trouvee is None:
            return Rapport(), {}
        evenement, rapport = trouvee
        return rapport, {"chaine": evenement.chaine_id, "numero": evenement.numero, "le": evenement.le.isoformat()}

    def _dire(self, rapport: Rapport, tete: dict[str, Any] | None) -> None:
        if tete == {}:
            self.stdout.write("✗ Aucun événement ne porte cette tête : la chaîne a été réécrite, ou l’accusé vient ")
            self.stdout.write("  d’un autre service.")
            return
        if tete:
            self.stdout.write(f"Cette tête est celle de l’événement n° {tete['numero']} de {tete['chaine']}.")
        for anomalie in rapport.anomalies:
            self.stdout.write(f"✗ {anomalie}")
        etat = "Journal intact" if rapport.intact else f"{len(rapport.anomalies)} anomalie(s)"
        self.stdout.write(f"{etat} : {rapport.chaines} chaînes, {rapport.evenements} événements.")


def _en_json(rapport: Rapport) -> dict[str, Any]:
    return {
        "chaines": rapport.chaines,
        "evenements": rapport.evenements,
        "anomalies": rapport.anomalies,
        "maillons": [{"chaine": m.chaine, "numero": m.numero, "cause": m.cause} for m in rapport.maillons],
    }
