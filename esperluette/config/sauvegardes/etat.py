"""Ce qu'une base dit d'elle-même : ses migrations, ses lignes, si quelqu'un s'en sert, si ce code sait la lire."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from esperluette.config.sauvegardes.archive import SauvegardeImpossible

COPIE = "copie"  # la base d'une sauvegarde, ouverte à côté de celle de l'installation
Migrations = list[list[str]]


@contextmanager
def copie_ouverte(chemin: Path) -> Iterator[str]:
    """Le nom sous lequel Django connaît, le temps du bloc, cette base SQLite."""
    reglages: dict[str, Any] = {
        **connections[DEFAULT_DB_ALIAS].settings_dict,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(chemin),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
    }
    connections.settings[COPIE] = reglages
    try:
        yield COPIE
    finally:
        connections[COPIE].close()
        del connections[COPIE]
        del connections.settings[COPIE]


def migrations_de(using: str) -> Migrations:
    """Les migrations passées dans cette base : [app, nom], triées. Vide pour une base neuve."""
    return sorted([app, nom] for app, nom in MigrationRecorder(connections[using]).applied_migrations())


def manquantes(passees: Migrations) -> int:
    """Combien de migrations de ce code cette base n'a pas reçues ; lève `SauvegardeImpossible` si elle vient d'un code
    plus récent.
    """
    # Les migrations d'ici, et celles qu'elles remplacent.
    chargeur = MigrationLoader(None)
    remplacees = {cle for migration in chargeur.disk_migrations.values() for cle in migration.replaces}
    connues = set(chargeur.disk_migrations) | remplacees
    apps_d_ici = {app for app, _ in connues}
    deja = {(app, nom) for app, nom in passees}
    inconnues = sorted(f"{app}.{nom}" for app, nom in deja - connues)
    if inconnues:
        ou = (
            "une app que ce code n’a pas"
            if inconnues[0].split(".")[0] not in apps_d_ici
            else "une version plus récente"
        )
        raise SauvegardeImpossible(
            f"La base vient d’{ou} : elle a reçu {len(inconnues)} migration(s) inconnue(s) d’ici ({inconnues[0]}…). "
            "Installez d’abord la version qui l’a écrite, ou une plus récente."
        )
    return len(set(chargeur.graph.nodes) - deja)


def lignes_de(using: str) -> dict[str, int]:
    """Le nombre de lignes de chaque table, par modèle."""
    modeles = (m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy)
    return {m._meta.label_lower: m._base_manager.using(using).count() for m in modeles}


def est_vide() -> bool:
    """Personne n'a de compte dans cette installation ; le découpage et les fiches des régions n'y font rien."""
    connexion = connections[DEFAULT_DB_ALIAS]
    if connexion.vendor == "sqlite" and not Path(str(connexion.settings_dict["NAME"])).exists():
        return True  # l'ouvrir la créerait
    compte = get_user_model()
    return compte._meta.db_table not in connexion.introspection.table_names() or not compte._base_manager.exists()


def mettre_a_jour(using: str) -> None:
    """Passe les migrations qui manquent à cette base, et repose ses contraintes."""
    call_command("migrate", database=using, interactive=False, verbosity=0)


def oublier_les_sessions() -> None:
    """Personne ne reste connecté d'avant la sauvegarde : quelqu'un a pu se déconnecter depuis."""
    ContentType.objects.clear_cache()
    Session.objects.all().delete()
    cache.clear()
