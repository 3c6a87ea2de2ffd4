"""Le signe de vie du travailleur : un travailleur sans rien à faire se distingue d'un travailleur arrêté."""

import logging
import threading
import time

from django.core.cache import cache
from django.db import DatabaseError, connection

CLE = "travailleur.battement"
PERIODE = 30  # secondes
# Au-delà, il ne bat plus : trois battements manqués.
SILENCE = 3 * PERIODE
journal = logging.getLogger(__name__)


def battre() -> None:
    """Note que le travailleur est là."""
    cache.set(CLE, time.time(), timeout=24 * 3600)


def silence() -> float | None:
    """Depuis combien de secondes aucun travailleur n'a fait signe ; `None` si aucun n'en a fait depuis un jour."""
    vu = cache.get(CLE)
    return None if vu is None else max(0.0, time.time() - float(vu))


def battre_en_continu() -> None:
    """Bat jusqu'à la fin du processus, dans un fil à part : une longue tâche ne passe pas pour une panne."""
    threading.Thread(target=_battre_toujours, name="battement", daemon=True).start()


def _battre_toujours() -> None:
    while True:
        try:
            battre()
        except DatabaseError as erreur:
            journal.warning("Le travailleur n’a pas pu faire signe : %s", erreur)
        finally:
            connection.close()
        time.sleep(PERIODE)
