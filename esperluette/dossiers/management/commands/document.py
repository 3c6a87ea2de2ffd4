"""`esperluette document REF --format pdf|docx|odt -o fichier` : le document d'un dossier."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.dossiers.documents import FORMATS, exporter
from esperluette.dossiers.models import Dossier


class Command(BaseCommand):
    help = "Écrit le document d'un dossier : la dernière version déposée ou figée, sinon le brouillon."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference")
        parser.add_argument("--format", choices=FORMATS, default="pdf")
        parser.add_argument("-o", "--sortie", type=Path, help="fichier à écrire (par défaut : REFERENCE.FORMAT)")

    def handle(self, *args: Any, **options: Any) -> None:
        dossier = Dossier.objects.filter(reference=options["reference"]).first()
        if dossier is None:
            raise CommandError(f"Aucun dossier ne porte la référence « {options['reference']} ».", returncode=2)
        sortie: Path = options["sortie"] or Path(f"{dossier.reference}.{options['format']}")
        if not sortie.parent.is_dir():
            raise CommandError(f"Le dossier « {sortie.parent} » n’existe pas.", returncode=2)
        octets = exporter(dossier, options["format"])
        sortie.write_bytes(octets)
        self.stdout.write(f"{sortie} ({len(octets)} octets)")
