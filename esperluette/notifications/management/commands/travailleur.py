"""`esperluette travailleur` : exécute la file de tâches de fond (courriels, documents)."""

import logging
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils.crypto import get_random_string
from django_tasks import task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.utils import is_locked_database_exception

from esperluette.notifications.battement import battre_en_continu
from esperluette.notifications.entretien import programmer_entretien

journal = logging.getLogger(__name__)


class Travailleur(Worker):
    """Le travailleur de django-tasks-db, qui survit à une base longtemps occupée et parle français."""

    def run(self) -> None:
        while self.running:
            try:
                super().run()
                return
            except OperationalError as erreur:
                if not is_locked_database_exception(erreur):
                    raise
                journal.warning("La base est occupée ; nouvel essai dans %s s.", self.interval)
                connection.close()
                time.sleep(self.interval)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        if self.running:
            journal.warning("Le travailleur s’arrête, sa tâche en cours finie.")
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
        super().shutdown(signum, frame)


class Command(BaseCommand):
    help = "Exécute la file de tâches de fond : courriels, documents. Ctrl-C l’arrête proprement."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--intervalle",
            type=float,
            default=1.0,
            help="secondes d’attente quand la file est vide (1 par défaut)",
        )
        parser.add_argument("--vider", action="store_true", help="exécute ce qui attend, puis s’arrête")

    def handle(self, *, intervalle: float, vider: bool, **options: Any) -> None:
        if not isinstance(task_backends["default"], DatabaseBackend):
            raise CommandError("La file de tâches n’est pas en base (réglage TASKS) : rien à exécuter.", returncode=2)
        if not 0.05 <= intervalle <= 60:
            raise CommandError("L’intervalle va de 0,05 à 60 secondes.", returncode=2)
        programmer_entretien()
        travailleur = Travailleur(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=intervalle,
            batch=vider,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        if not vider:
            travailleur.configure_signals()
            battre_en_continu()
            self.stdout.write("Le travailleur attend des tâches ; Ctrl-C l’arrête.")
            self.stdout.flush()
        travailleur.run()
