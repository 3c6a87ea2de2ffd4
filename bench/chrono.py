"""Mesurer : durée médiane et nombre de requêtes."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Mesure:
    """Durées en millisecondes ; `requetes` vaut None quand la base n'est pas en jeu."""

    nom: str
    mediane: float
    minimum: float
    maximum: float
    requetes: int | None = None
    detail: str = ""

    def ligne(self) -> str:
        requetes = "—" if self.requetes is None else str(self.requetes)
        durees = f"{self.mediane:>10.2f} {self.minimum:>10.2f} {self.maximum:>10.2f}"
        return f"{self.nom:<44} {durees} {requetes:>9}  {self.detail}"


ENTETE = f"{'mesure':<44} {'médiane ms':>10} {'min':>10} {'max':>10} {'requêtes':>9}"


def mesurer(nom: str, geste: Callable[[], Any], *, fois: int, base: bool = True, detail: str = "") -> Mesure:
    """Un tour à blanc, puis `fois` tours. Les requêtes sont comptées à part, pour ne pas fausser les durées."""
    geste()
    requetes = None
    if base:
        with CaptureQueriesContext(connection) as contexte:
            geste()
        requetes = len([r for r in contexte.captured_queries if not r["sql"].startswith(("SAVEPOINT", "RELEASE"))])
    durees = []
    for _ in range(fois):
        depart = time.perf_counter()
        geste()
        durees.append((time.perf_counter() - depart) * 1000)
    return Mesure(nom, statistics.median(durees), min(durees), max(durees), requetes, detail)
