"""Le service web et, s'il le faut, le travailleur à ses côtés : ils démarrent et s'arrêtent ensemble."""

import errno
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import granian._signals
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from granian._granian import WorkerSignal
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

CIBLE = "esperluette.config.wsgi:application"
PATIENCE = 10  # secondes laissées à une requête ou à une tâche en cours avant d'être interrompue

CAUSES = {
    errno.EADDRINUSE: "un autre service occupe déjà ce port ; choisissez-en un autre avec --port",
    errno.EADDRNOTAVAIL: "cette adresse n'est pas à cette machine ; choisissez-en une autre avec --hote",
    errno.EACCES: "ce port est réservé à l'administrateur de la machine ; choisissez-en un autre avec --port",
}


class ServiceImpossible(Exception):
    """Le service ne peut pas démarrer ; le message dit pourquoi et que faire."""


def verifier_base() -> None:
    """Lève `ServiceImpossible` si la base est absente ou n'a pas reçu toutes les migrations."""
    remede = "Lancez « make installer », ou « esperluette installer »."
    nom = str(connection.settings_dict["NAME"])
    # Ouvrir une base SQLite absente la créerait, vide.
    if connection.vendor == "sqlite" and not (nom.startswith("file:") or Path(nom).exists()):
        raise ServiceImpossible(f"La base de données n'existe pas encore ({nom}). {remede}")
    try:
        executeur = MigrationExecutor(connection)
        reste = executeur.migration_plan(executeur.loader.graph.leaf_nodes())
    except OperationalError as erreur:
        raise ServiceImpossible(f"La base de données ne répond pas : {str(erreur).strip()}") from erreur
    finally:
        connections.close_all()
    if reste:
        raise ServiceImpossible(f"La base de données n'est pas à jour : {len(reste)} migration(s) à passer. {remede}")


def verifier_statiques() -> None:
    """Lève `ServiceImpossible` si, en production, les fichiers statiques n'ont pas été rassemblés."""
    if isinstance(staticfiles_storage, ManifestFilesMixin) and not staticfiles_storage.hashed_files:
        raise ServiceImpossible("Les fichiers statiques manquent. Lancez « esperluette collectstatic --noinput ».")


def verifier_port(hote: str, port: int) -> None:
    """Lève `ServiceImpossible` si l'adresse est déjà prise ou n'est pas à cette machine."""
    famille = socket.AF_INET6 if ":" in hote else socket.AF_INET
    with socket.socket(famille, socket.SOCK_STREAM) as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind((hote, port))
        except (OSError, OverflowError) as erreur:
            cause = CAUSES.get(getattr(erreur, "errno", None) or 0, str(erreur))
            raise ServiceImpossible(f"Impossible d'écouter sur {hote}:{port} : {cause}.") from erreur


def _processus_web(*arguments: Any) -> None:
    """Le processus web de granian. Le service seul l'arrête, par SIGTERM, une fois qu'il est prêt à l'entendre.

    Son gestionnaire de signal pose un `threading.Event` depuis le fil qui l'attend : reçu trop tôt, l'arrêt se perd ;
    au mauvais instant, le fil se bloque. Ici, un fil à part attend l'arrêt et le lui dit.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP, signal.SIGTERM})
    granian._signals.set_sync_signals = _ecouter_l_arret
    Server._spawn_wsgi_worker(*arguments)


def _ecouter_l_arret() -> WorkerSignal:
    arret = WorkerSignal()
    threading.Thread(target=_dire_l_arret, args=(arret,), daemon=True).start()
    return arret


def _dire_l_arret(arret: WorkerSignal) -> None:
    signal.sigwait({signal.SIGTERM})
    while True:  # granian n'écoute peut-être pas encore
        arret.set()
        time.sleep(0.2)


def _retenir_l_arret() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _relacher_l_arret() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


class Service:
    """Granian, et un travailleur facultatif dans le même groupe de processus."""

    def __init__(self, hote: str, port: int, *, processus: int, travailleur: bool, dire: Callable[[str], object]):
        self.avec_travailleur = travailleur
        self.dire = dire
        self.travailleur: subprocess.Popen[bytes] | None = None
        self.signal_recu: int | None = None
        self.arret = threading.Event()
        self.panne = False
        self.serveur = Server(
            CIBLE,
            address=hote,
            port=port,
            interface=Interfaces.WSGI,
            workers=processus,
            blocking_threads=min(8, 2 * multiprocessing.cpu_count() + 1),
            workers_kill_timeout=PATIENCE,
            websockets=False,
            log_level=LogLevels.warning,
        )
        self.serveur.on_startup(self._demarrer)

    def servir(self) -> int:
        """Sert jusqu'à un signal d'arrêt ; rend le code de sortie. Ne laisse aucun processus derrière lui."""
        # Un processus naît avec nos gestionnaires : un arrêt reçu aussitôt attend qu'il soit prêt.
        os.register_at_fork(before=_retenir_l_arret, after_in_parent=_relacher_l_arret)
        try:
            self.serveur.serve(spawn_target=_processus_web)
        finally:
            self._arreter_travailleur()
        return 1 if self.panne else 0

    def _demarrer(self) -> None:
        # Appelé par granian une fois l'adresse prise et ses propres signaux posés.
        for numero in (signal.SIGINT, signal.SIGTERM):
            signal.signal(numero, self._sur_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._sur_signal)  # terminal fermé : on s'arrête
        if self.avec_travailleur:
            commande = [sys.executable, "-m", "esperluette", "travailleur"]
            self.travailleur = subprocess.Popen(commande)  # noqa: S603 — notre propre programme
            threading.Thread(target=self._surveiller, args=(self.travailleur,), daemon=True).start()
        hote = self.serveur.bind_addr
        adresse = "localhost" if hote in {"127.0.0.1", "0.0.0.0", "::", "::1"} else hote  # noqa: S104 — affichage
        self.dire(f"Esperluette est servie sur http://{adresse}:{self.serveur.bind_port} (Ctrl-C pour arrêter).")

    def _sur_signal(self, numero: int, cadre: FrameType | None) -> None:
        # Le premier suffit : un second, reçu pendant que le premier réveille le fil principal, le bloquerait.
        if self.signal_recu is None:
            self.signal_recu = numero
            self.arret.set()
            self._interrompre()

    def _interrompre(self) -> None:
        self.serveur.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _surveiller(self, travailleur: subprocess.Popen[bytes]) -> None:
        code = travailleur.wait()
        # Une seconde pour apprendre que c'est Ctrl-C, arrivé au travailleur avant nous.
        if not self.arret.wait(1):
            self.dire(f"Le travailleur s'est arrêté (code {code}) : le service s'arrête aussi.")
            self.panne = True
            self._interrompre()

    def _arreter_travailleur(self) -> None:
        travailleur = self.travailleur
        self.arret.set()
        # Ctrl-C atteint aussi le travailleur : le laisser finir sans un second signal.
        if travailleur is None or (self.signal_recu == signal.SIGINT and _fini(travailleur, PATIENCE)):
            return
        travailleur.terminate()
        if not _fini(travailleur, PATIENCE):
            travailleur.kill()
            travailleur.wait()


def _fini(processus: subprocess.Popen[bytes], secondes: float) -> bool:
    try:
        processus.wait(secondes)
    except subprocess.TimeoutExpired:
        return False
    return True


def s_arreter_proprement() -> None:
    """Une demande d'arrêt se traite comme Ctrl-C : ce qui est commencé se défait, rien ne reste à moitié."""
    signal.signal(signal.SIGTERM, lambda numero, _cadre: sys.exit(128 + numero))
