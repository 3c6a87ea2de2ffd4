"""`esperluette document REF --format pdf|docx|odt -o fichier` : le document d'un dossier, ou une trame vierge."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from esperluette.dossiers.documents import FORMATS, exporter, trame_vierge
from esperluette.dossiers.models import Dossier
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.sources import suggestion


class Command(BaseCommand):
    help = "Écrit le document d'un dossier (version déposée ou figée, sinon le brouillon), ou une trame vierge."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", nargs="?", help="la référence du dossier")
        parser.add_argument(
            "--vierge", nargs=2, metavar=("REGION", "DEMARCHE"), help="la trame de cette démarche, à remplir"
        )
        parser.add_argument("--format", choices=FORMATS, default="pdf")
        parser.add_argument("-o", "--sortie", type=Path, help="fichier à écrire (par défaut : REFERENCE.FORMAT)")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["reference"]) == bool(options["vierge"]):
            raise CommandError("Donnez la référence d'un dossier, ou « --vierge REGION DEMARCHE ».", returncode=2)
        format = options["format"]
        nom = options["reference"] or "-".join(options["vierge"])
        sortie: Path = options["sortie"] or Path(f"{nom}.{format}")
        if not sortie.parent.is_dir():
            raise CommandError(f"Le dossier « {sortie.parent} » n’existe pas.", returncode=2)
        octets = _vierge(*options["vierge"], format) if options["vierge"] else _dossier(nom, format)
        sortie.write_bytes(octets)
        self.stdout.write(f"{sortie} ({len(octets)} octets)")


def _dossier(reference: str, format: str) -> bytes:
    dossier = Dossier.objects.filter(reference=reference).first()
    if dossier is None:
        raise CommandError(f"Aucun dossier ne porte la référence « {reference} ».", returncode=2)
    return exporter(dossier, format)


def _vierge(region: str, demarche: str, format: str) -> bytes:
    edition = edition_en_vigueur(region, timezone.localdate())
    if edition is None:
        raise CommandError(
            f"Aucune édition en vigueur pour « {region} » ; {suggestion(region, regions())}", returncode=2
        )
    en_ligne = {d.id: d for d in edition.demarches if d.en_ligne}
    if demarche not in en_ligne:
        raise CommandError(f"Aucune démarche en ligne « {demarche} » ; {suggestion(demarche, en_ligne)}", returncode=2)
    return trame_vierge(edition, en_ligne[demarche], format)
