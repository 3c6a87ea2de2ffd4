"""`python -m bench [--tailles 100 1000 10000] [--documents]` : ce qui se mesure, imprimé, sans jugement.

Tout se fait dans un dossier jetable et une base SQLite neuve (ou la base de DATABASE_URL). Les temps
absolus dépendent de la machine : les rapports entre tailles et les nombres de requêtes, non.
"""

import argparse
import os
import sys
import tempfile

import django


def principal() -> None:
    """Prépare une installation jetable, puis mesure."""
    analyse = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    analyse.add_argument("--tailles", type=int, nargs="+", default=[100, 1000, 10000], help="nombres de dossiers")
    analyse.add_argument("--repetitions", type=int, default=15, help="mesures par page")
    analyse.add_argument("--documents", action="store_true", help="seulement les documents, face aux autres outils")
    options = analyse.parse_args()
    with tempfile.TemporaryDirectory(prefix="esperluette-bench-") as dossier:
        os.environ["ESPERLUETTE_VAR"] = dossier
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.reglages"
        django.setup()
        from bench import documents, mesures  # noqa: PLC0415 — après la configuration de Django

        if not options.documents:
            mesures.tout(options.tailles, options.repetitions, sys.stdout)
        documents.tout(options.repetitions, sys.stdout)


if __name__ == "__main__":
    principal()
