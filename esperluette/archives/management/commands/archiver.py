"""`esperluette archiver REF -o dossier.zip` : tout un dossier dans une archive qui se vérifie seule."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.archives.fabrication import Bilan, ecrire
from esperluette.documents.emport import Public, Regard
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner


class Command(BaseCommand):
    help = (
        "Écrit l’archive d’un dossier : la part de l’équipe (par défaut) ou celle de l’ARS. "
        "Sortie : 0, ou 1 si une pièce manque ou a changé (l’archive est écrite et le dit)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="la référence du dossier")
        parser.add_argument("-o", "--sortie", type=Path, help="le fichier à écrire (par défaut : REFERENCE-PART.zip)")
        parser.add_argument("--pour", choices=[str(p) for p in Public], default=str(Public.EQUIPE), help="quelle part")
        parser.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *, reference: str, pour: str, **options: Any) -> None:
        dossier = Dossier.objects.select_related("equipe__implantation").filter(reference=reference).first()
        if dossier is None:
            raise CommandError(f"Aucun dossier ne porte la référence « {reference} ».", returncode=2)
        if pour == Public.ARS and dossier.depose_le is None:
            raise CommandError("Ce dossier n’a jamais été déposé : l’ARS n’en a rien reçu.", returncode=2)
        sortie: Path = options["sortie"] or Path(f"{reference}-{pour}.zip")
        if not sortie.parent.is_dir():
            raise CommandError(f"Le dossier « {sortie.parent} » n’existe pas.", returncode=2)
        bilan = _ecrire(dossier, Regard(Public(pour)), sortie)
        with sortie.open("rb") as fichier:
            empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()
        consigner("dossier_emporte", dossier.equipe, acteur=None, dossier=reference, pour=pour, empreinte=empreinte)
        self._dire(sortie, bilan, empreinte, en_json=options["json"], pour=pour, reference=reference)
        if bilan.alertes:
            sys.exit(1)

    def _dire(self, sortie: Path, bilan: Bilan, empreinte: str, *, en_json: bool, pour: str, reference: str) -> None:
        if en_json:
            reponse = {
                "fichier": str(sortie), "reference": reference, "pour": pour, "empreinte": empreinte,
                "taille": sortie.stat().st_size, "fichiers": len(bilan.lignes),
                "alertes": [{"piece": piece, "raison": raison} for piece, raison in bilan.alertes],
            }  # fmt: skip
            self.stdout.write(json.dumps(reponse, ensure_ascii=False))
            return
        for piece, raison in bilan.alertes:
            self.stdout.write(f"✗ {piece} : {raison}")
        self.stdout.write(f"{sortie} ({len(bilan.lignes)} fichiers, {sortie.stat().st_size} octets)")
        self.stdout.write(f"SHA-256 : {empreinte}")


def _ecrire(dossier: Dossier, regard: Regard, sortie: Path) -> Bilan:
    """À côté d'abord : une panne ne laisse pas une archive tronquée sous le nom attendu."""
    with tempfile.NamedTemporaryFile(dir=sortie.parent, prefix=f".{sortie.name}-", delete=False) as flux:
        provisoire = Path(flux.name)
        try:
            bilan = ecrire(dossier, regard, flux)
        except BaseException:
            provisoire.unlink(missing_ok=True)
            raise
    provisoire.replace(sortie)
    return bilan
