"""`esperluette reprises importer f.csv --par courriel [--json]` : contrôler, puis reprendre tout ou rien."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.reprises.actions.reprise import reprendre
from esperluette.reprises.controle import controler
from esperluette.reprises.tableur import lire


class Command(BaseCommand):
    help = "Reprend les équipes d'un tableur, au nom d'un agent ; rien n'est repris si une ligne est fautive."

    def add_arguments(self, parser: CommandParser) -> None:
        sous = parser.add_subparsers(dest="geste", required=True)
        importer = sous.add_parser("importer", help="contrôle un tableur CSV ou XLSX, puis le reprend")
        importer.add_argument("fichier", type=Path)
        importer.add_argument("--par", required=True, help="le courriel de l'agent au nom de qui l'on reprend")
        importer.add_argument("--controler", action="store_true", help="contrôle seulement, sans rien écrire")
        importer.add_argument("--inviter", action="store_true", help="envoie à chaque porteur son courriel")
        importer.add_argument("--json", action="store_true", help="rend le compte rendu en JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Code de sortie 2 si le tableur est fautif."""
        acteur = Compte.objects.filter(courriel__iexact=options["par"], is_active=True).first()
        if acteur is None:
            raise CommandError(f"Aucun compte pour {options['par']}.", returncode=2)
        try:
            controle = controler(lire(options["fichier"].name, options["fichier"].read_bytes()), acteur=acteur)
            faites = []
            if controle.bon and not options["controler"]:
                faites = reprendre(controle.valides, acteur=acteur, importee=True, inviter=options["inviter"])
        except (ErreurMetier, OSError) as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        rendu = {
            "valides": len(controle.valides),
            "deja_reprises": [{"ligne": ligne, "cle": cle} for ligne, cle in controle.deja],
            "reprises": [{"cle": r.cle, "equipe": r.equipe_id} for r in faites],
            "erreurs": [erreur.en_json() for erreur in controle.erreurs],
        }
        if options["json"]:
            self.stdout.write(json.dumps(rendu, ensure_ascii=False, indent=1))
        else:
            for e in controle.erreurs:
                self.stdout.write(f"ligne {e.ligne}, {e.colonne} « {e.valeur} » : {e.cause} {e.remede}")
            self.stdout.write(f"{len(faites)} équipes reprises, {len(controle.deja)} l’étaient déjà.")
        if controle.erreurs:
            raise CommandError(f"{len(controle.erreurs)} erreurs : rien n’a été repris.", returncode=2)
