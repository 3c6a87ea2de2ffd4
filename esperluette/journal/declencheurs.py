"""Le journal est en ajout seul : la base elle-même refuse de changer ou d'effacer un événement.

Posés après chaque `migrate`. `JOURNAL_DECLENCHEURS = False` les retire (essais, ou purge décidée) : le
journal reste vérifiable par ses empreintes.
"""

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from esperluette.journal.models import Evenement

MOTIF = "Le journal est en ajout seul : un événement ne se change ni ne s''efface."


def poser_ou_retirer(using: str = "default", **_signal: Any) -> None:
    """Met la base en accord avec le réglage ; rejouable."""
    connexion = connections[using]
    retirer(connexion)
    if settings.JOURNAL_DECLENCHEURS:
        poser(connexion)


def poser(connexion: BaseDatabaseWrapper) -> None:
    """Interdit UPDATE et DELETE (et TRUNCATE sur PostgreSQL) sur les événements."""
    _executer(connexion, _POSER[connexion.vendor])


def retirer(connexion: BaseDatabaseWrapper) -> None:
    """Lève l'interdiction ; ne se plaint pas si elle n'y était pas."""
    _executer(connexion, _RETIRER[connexion.vendor])


def _executer(connexion: BaseDatabaseWrapper, ordres: list[str]) -> None:
    with connexion.cursor() as curseur:
        for ordre in ordres:
            curseur.execute(ordre)


_TABLE = Evenement._meta.db_table
_POSER = {
    "sqlite": [
        f"CREATE TRIGGER journal_sans_{nom} BEFORE {nom.upper()} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{MOTIF}'); END"
        for nom in ("update", "delete")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION journal_refuser() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{MOTIF}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER journal_sans_changement BEFORE UPDATE OR DELETE ON {_TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION journal_refuser()",
        f"CREATE TRIGGER journal_sans_vidage BEFORE TRUNCATE ON {_TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuser()",
    ],
}
_RETIRER = {
    "sqlite": [f"DROP TRIGGER IF EXISTS journal_sans_{nom}" for nom in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER IF EXISTS journal_sans_{nom} ON {_TABLE}" for nom in ("changement", "vidage")],
}
