"""`esperluette sauvegarder` : l'installation entière dans un seul fichier, pendant qu'elle sert."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from esperluette.config.sauvegardes.actions import Sauvegarde, sauvegarder
from esperluette.config.sauvegardes.archive import SORTIE_STANDARD, SauvegardeImpossible
from esperluette.config.service import s_arreter_proprement
from esperluette.territoires.avancement import Barre


class Command(BaseCommand):
    help = (
        "Sauvegarde la base et les fichiers dans une archive. Sortie : 0, 1 s’il manque des fichiers, 2 si impossible."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-o", "--sortie", default="", help="le fichier à écrire (.tar.gz, ou .tar) ; « - » : la sortie"
        )
        parser.add_argument("--sans-fichiers", action="store_true", help="la base seule")
        parser.add_argument(
            "--avec-secrets",
            action="store_true",
            help="joint la clé secrète et le certificat de service : gardez alors le fichier comme eux",
        )
        parser.add_argument("--json", action="store_true", help="réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        sortie = options["sortie"] or f"esperluette-{timezone.localtime():%Y-%m-%d-%Hh%M}.tar.gz"
        if sortie == SORTIE_STANDARD and (options["json"] or sys.stdout.isatty()):
            raise CommandError(
                "La sortie standard reçoit l’archive : dirigez-la vers un programme, sans --json.", returncode=2
            )
        s_arreter_proprement()
        try:
            faite = sauvegarder(
                sortie,
                avec_fichiers=not options["sans_fichiers"],
                avec_secrets=options["avec_secrets"],
                avancement=Barre(sys.stderr),
            )
        except SauvegardeImpossible as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        except OSError as erreur:
            raise CommandError(
                f"« {sortie} » ne s’écrit pas : {erreur.strerror or erreur}. Rien n’est gardé.", returncode=2
            ) from erreur
        if options["json"]:
            self.stdout.write(json.dumps(en_json(faite), ensure_ascii=False))
        else:
            self._dire(faite)
        if faite.manquants or faite.changes:
            sys.exit(1)

    def _dire(self, faite: Sauvegarde) -> None:
        fichiers, secrets = faite.manifeste["fichiers"], faite.manifeste["secrets"]
        ecrire = self.stderr.write if faite.fichier == SORTIE_STANDARD else self.stdout.write
        quoi = f"{fichiers['nombre']} fichiers" if fichiers["compris"] else "sans les fichiers"
        ecrire(f"Sauvegardé dans {faite.fichier} : la base ({faite.manifeste['moteur']}), {quoi}.")
        ecrire(f"Secrets joints : {', '.join(secrets)}." if secrets else "Sans secret : gardez la clé secrète à part.")
        for nom in faite.manquants:
            ecrire(f"✗ Cité par la base, absent du stockage : {nom}")
        for nom in faite.changes:
            ecrire(f"✗ N’a plus l’empreinte notée à son arrivée : {nom}")


def en_json(faite: Sauvegarde) -> dict[str, Any]:
    """La réponse de `--json`."""
    m = faite.manifeste
    return {
        "fichier": faite.fichier,
        "octets": faite.octets,
        "le": m["le"],
        "version": m["version"],
        "moteur": m["moteur"],
        "moteur_version": m["moteur_version"],
        "migrations": len(m["migrations"]),
        "base_octets": m["base"]["octets"],
        "fichiers": {cle: m["fichiers"][cle] for cle in ("compris", "nombre", "octets", "manquants", "changes")},
        "secrets": m["secrets"],
    }
