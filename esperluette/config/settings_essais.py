"""Réglages des essais : tâches immédiates, courriels en mémoire, données dans un dossier jetable."""

import tempfile
from pathlib import Path

from esperluette.config.settings import *  # noqa: F403
from esperluette.config.settings import DATABASES, STORAGES

VAR = Path(tempfile.mkdtemp(prefix="esperluette-essais-"))
if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    # Une base en fichier, comme en vrai : le site des essais de navigateur l'ouvre depuis d'autres fils.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "essais.sqlite3")}
SECRET_KEY = "essais"  # noqa: S105 — jamais servi
DEMONSTRATION = True
PRODUCTION = False
# Une vraie base fichier, en WAL : les essais à plusieurs écrivains y valent ce qu'ils valent en service.
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": VAR / "essais.sqlite3"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "fichiers"}},
}
CLAMD = ""  # chaque essai de l’antivirus donne le sien
STATIC_ROOT = VAR / "statique"
STATIC_ROOT.mkdir()  # whitenoise se plaint d'un dossier absent
# Sinon chaque navigateur d’essai (`Client`) relit les milliers de fichiers du DSFR à sa première requête.
WHITENOISE_AUTOREFRESH = True
# Les déclencheurs en ajout seul du journal gêneraient le vidage des tables ; essayés à part.
JOURNAL_DECLENCHEURS = False
