"""`esperluette diagnostic CODE…` : les chiffres officiels d'un territoire, et d'où ils viennent."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.documents.contextes import en_contexte
from esperluette.documents.moteur import ProductionImpossible, produire
from esperluette.indicateurs.choroplethes import cartes_du_territoire
from esperluette.indicateurs.diagnostic import instantane
from esperluette.indicateurs.document import GABARIT, contexte_de
from esperluette.indicateurs.fiche import fiche
from esperluette.indicateurs.instantane import Instantane
from esperluette.territoires.lectures import codes_inconnus

FORMATS = ("pdf", "docx", "odt")
SORTIE_STANDARD = "-"
NOM = "diagnostic"
CODE = re.compile(r"\d[\dAB]\d{3}", re.IGNORECASE)


class Command(BaseCommand):
    help = (
        "Les chiffres officiels de ces communes, face à l'intercommunalité, au département, à la région, à la France."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="codes INSEE de communes")
        formats = parser.add_mutually_exclusive_group()
        formats.add_argument("--json", action="store_true", help="réponse stable, pour un programme")
        for format in FORMATS:
            formats.add_argument(
                f"--{format}",
                nargs="?",
                const="",
                metavar="FICHIER",
                help=f"un document {format.upper()}, dans ce fichier (par défaut : {NOM}.{format})",
            )
        parser.add_argument(
            "-o",
            "--sortie",
            default="",
            help="le fichier du document, dit autrement ; « - » : la sortie",
        )
        parser.add_argument("--nom", default="", help="comment le document appelle ce territoire")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = list(options["codes"])
        format = next((f for f in FORMATS if options[f] is not None), "")
        fichier = options[format] if format else ""
        if CODE.fullmatch(fichier):  # « --pdf 22136 » : un code, pas un nom de fichier
            codes, fichier = [*codes, fichier], ""
        if not codes:
            raise CommandError("Donnez au moins un code de commune.", returncode=2)
        lu = instantane(codes)
        if not lu.communes:
            raise CommandError("Aucun de ces codes n'est celui d'une commune.", returncode=2)
        if inconnus := codes_inconnus(codes):
            self.stderr.write(f"Codes inconnus, laissés de côté : {', '.join(inconnus)}.")
        if options["json"]:
            self.stdout.write(json.dumps(lu.model_dump(mode="json"), ensure_ascii=False, indent=2))
        elif format:
            self._ecrire(lu, format, sortie=fichier or options["sortie"], nom=options["nom"])
        else:
            self._dire(lu)

    def _ecrire(self, lu: Instantane, format: str, *, sortie: str, nom: str) -> None:
        """Le document, d'un bloc : en cas d'échec, rien n'est écrit ni remplacé."""
        if sortie == SORTIE_STANDARD and sys.stdout.isatty():
            raise CommandError("La sortie standard reçoit le document : dirigez-la vers un fichier.", returncode=2)
        chemin = Path(sortie or f"{NOM}.{format}")
        if sortie != SORTIE_STANDARD and not chemin.parent.is_dir():
            raise CommandError(f"Le dossier « {chemin.parent} » n’existe pas.", returncode=2)
        cartes = cartes_du_territoire(lu)
        try:
            octets = produire(GABARIT, en_contexte(contexte_de(lu, nom=nom, cartes=cartes)), format)
        except ProductionImpossible as erreur:
            raise CommandError(str(erreur)) from erreur
        if sortie == SORTIE_STANDARD:
            sys.stdout.buffer.write(octets)
            return
        try:
            chemin.write_bytes(octets)
        except OSError as erreur:
            raise CommandError(f"« {chemin} » ne s’écrit pas : {erreur.strerror or erreur}.", returncode=2) from erreur
        self.stdout.write(f"{chemin} ({len(octets)} octets)")

    def _dire(self, lu: Instantane) -> None:
        lue = fiche(lu, avec_dessins=False)
        self.stdout.write(", ".join(lue.communes))
        for theme in lue.themes:
            self.stdout.write(f"\n{theme.titre}")
            for ligne in theme.lignes:
                autres = [f"{nom} {cellule}" for nom, cellule in zip(lue.entetes[2:], ligne.cellules[1:], strict=True)]
                unite = f" {ligne.unite}" if ligne.unite else ""
                face = "" if ligne.absent else f" ({' ; '.join(autres)})"
                self.stdout.write(f"  {ligne.libelle} : {ligne.cellules[0]}{'' if ligne.absent else unite}{face}")
        for genre, constats in lue.constats:
            self.stdout.write(f"\n{genre}")
            for constat in constats:
                self.stdout.write(f"  {constat.phrase}")
        for jeu, commande in lue.non_charges.items():
            self.stdout.write(f"\n{jeu} n'est pas chargé : {commande}")
