"""`esperluette restaurer` : remet une installation dans l'état d'une sauvegarde, ou la vérifie seulement."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.config.sauvegardes.actions import Restauration, restaurer
from esperluette.config.sauvegardes.archive import SauvegardeImpossible
from esperluette.config.service import s_arreter_proprement
from esperluette.territoires.avancement import Barre


class Command(BaseCommand):
    help = (
        "Restaure une sauvegarde. Sortie : 0 fidèle, 1 une différence constatée ensuite, 2 refusée sans rien écrire."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path, help="le fichier qu’a écrit « esperluette sauvegarder »")
        parser.add_argument("--oui", action="store_true", help="remplace une base qui a déjà des comptes")
        parser.add_argument("--verifier", action="store_true", help="vérifie tout le fichier, sans rien écrire")
        parser.add_argument(
            "--avec-secrets", action="store_true", help="remet aussi les secrets que porte la sauvegarde"
        )
        parser.add_argument("--json", action="store_true", help="réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        s_arreter_proprement()
        try:
            faite = restaurer(
                options["fichier"],
                ecraser=options["oui"],
                verifier_seulement=options["verifier"],
                avec_secrets=options["avec_secrets"],
                avancement=Barre(sys.stderr),
            )
        except SauvegardeImpossible as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        except OSError as erreur:
            raise CommandError(f"La restauration s’arrête : {erreur.strerror or erreur}.", returncode=2) from erreur
        if options["json"]:
            self.stdout.write(json.dumps(en_json(faite), ensure_ascii=False))
        else:
            self._dire(faite)
        if not faite.fidele:
            sys.exit(1)

    def _dire(self, faite: Restauration) -> None:
        m = faite.manifeste
        self.stdout.write(f"Sauvegarde du {m['le']}, par Esperluette {m['version']} ({m['moteur']}) : intacte.")
        for avertissement in faite.avertissements:
            self.stdout.write(f"! {avertissement}")
        if not faite.ecrite or faite.journal is None:
            self.stdout.write(f"Rien n’a été écrit. Migrations à passer si on la restaure : {faite.migrations}.")
            return
        self.stdout.write(
            f"Base remise ({m['lignes']['comptes.compte']} comptes, {faite.migrations} migration(s) passée(s)) ; "
            f"{faite.fichiers_poses} fichiers posés, {faite.fichiers_deja_la} déjà là. Chacun doit se reconnecter."
        )
        etat = "intact" if faite.journal.intact else f"{len(faite.journal.anomalies)} anomalie(s)"
        self.stdout.write(
            f"Journal : {etat} ({faite.journal.chaines} chaînes, {faite.journal.evenements} événements)."
        )
        for anomalie in faite.journal.anomalies:
            self.stdout.write(f"✗ {anomalie}")
        for nom in faite.fichiers_abimes:
            self.stdout.write(f"✗ N’a pas l’empreinte attendue : {nom}")
        for modele, (avant, apres) in faite.lignes_perdues.items():
            self.stdout.write(f"✗ {modele} : {avant} lignes sauvegardées, {apres} restaurées")


def en_json(faite: Restauration) -> dict[str, Any]:
    """La réponse de `--json`."""
    journal = faite.journal
    return {
        "sauvegardee_le": faite.manifeste["le"],
        "version": faite.manifeste["version"],
        "moteur": faite.manifeste["moteur"],
        "ecrite": faite.ecrite,
        "fidele": faite.fidele,
        "migrations": faite.migrations,
        "fichiers": {
            "poses": faite.fichiers_poses,
            "deja_la": faite.fichiers_deja_la,
            "abimes": faite.fichiers_abimes,
        },
        "journal": journal
        and {
            "intact": journal.intact,
            "chaines": journal.chaines,
            "evenements": journal.evenements,
            "anomalies": journal.anomalies,
        },
        "lignes_perdues": faite.lignes_perdues,
        "avertissements": faite.avertissements,
    }
