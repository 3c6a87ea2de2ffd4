"""`esperluette conservation etat|appliquer` : les durées, ce qu'elles désignent, leur application."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from esperluette.archives.conservation.purge import Resultat, appliquer, etat
from esperluette.comptes.durees import DureesInvalides


class Command(BaseCommand):
    help = "Dit ou applique les durées de conservation. Sortie : 0, ou 2 si le fichier des durées est faux."

    def add_arguments(self, parser: ArgumentParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, metavar="etat|appliquer")
        for nom, aide in (("etat", "ce que chaque durée désigne"), ("appliquer", "prévient, puis efface")):
            geste = gestes.add_parser(nom, help=aide)
            geste.add_argument("--json", action="store_true", help="réponse en JSON")
            if nom == "appliquer":
                geste.add_argument("--a-blanc", action="store_true", help="dit ce qui se ferait, sans rien écrire")

    def handle(self, *, geste: str, **options: Any) -> None:
        try:
            resultats = etat() if geste == "etat" else appliquer(a_blanc=options["a_blanc"])
        except DureesInvalides as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        a_blanc = geste == "etat" or options["a_blanc"]
        if options["json"]:
            reponse = {"a_blanc": a_blanc, "regles": [r.en_json() for r in resultats]}
            self.stdout.write(json.dumps(reponse, ensure_ascii=False))
            return
        for resultat in resultats:
            self._dire(resultat, a_blanc=a_blanc)

    def _dire(self, resultat: Resultat, *, a_blanc: bool) -> None:
        self.stdout.write(f"{resultat.libelle}")
        self.stdout.write(f"  {resultat.duree} ({resultat.statut})")
        if a_blanc:
            suite = f"{resultat.a_prevenir} à prévenir, {resultat.a_effacer} à effacer"
        else:
            suite = f"{resultat.prevenus} prévenus, {resultat.effaces} effacés"
        self.stdout.write(f"  {resultat.concernes} concernés : {suite}")
        for retenu in resultat.retenus:
            self.stdout.write(f"  gardé : {retenu}")
