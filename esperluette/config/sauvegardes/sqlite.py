"""La base SQLite : copiée pendant qu'on y écrit, remise en une seule fois."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, Error, connections

from esperluette.config.sauvegardes.archive import SauvegardeImpossible
from esperluette.config.sauvegardes.etat import copie_ouverte


def chemin_de_la_base() -> Path:
    """Le fichier de la base de cette installation."""
    return Path(str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]))


def copier(vers: Path) -> None:
    """La base telle qu'à cet instant, écritures en cours exclues, par l'API de sauvegarde en ligne : nul n'attend."""
    chemin = chemin_de_la_base()
    if not chemin.exists():
        raise SauvegardeImpossible(f"Il n’y a pas de base à sauvegarder ({chemin}).")
    try:
        with (
            closing(sqlite3.connect(f"{chemin.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as source,
            closing(sqlite3.connect(vers)) as copie,
        ):
            source.backup(copie)
            # Un seul fichier, sans journal à côté de lui.
            copie.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as erreur:
        raise SauvegardeImpossible(f"La base ne s’est pas laissé copier : {erreur}.") from erreur


def verifier(copie: Path) -> None:
    """Lève `SauvegardeImpossible` si cette base n'en est pas une, ou si elle est abîmée."""
    try:
        # Par Django : les contraintes de nos tables se servent de fonctions qu'il apporte.
        with copie_ouverte(copie) as nom, connections[nom].cursor() as curseur:
            (constat,) = curseur.execute("PRAGMA integrity_check(1)").fetchone()
            orphelines = curseur.execute("PRAGMA foreign_key_check").fetchone()
    except Error as erreur:
        raise SauvegardeImpossible(f"La base de la sauvegarde ne s’ouvre pas : {erreur}.") from erreur
    if constat != "ok" or orphelines:
        raise SauvegardeImpossible(
            f"La base de la sauvegarde est incohérente : {constat if constat != 'ok' else orphelines}."
        )


def remettre(copie: Path) -> None:
    """Remplace la base de l'installation par cette copie, en une transaction : tout, ou rien."""
    chemin = chemin_de_la_base()
    chemin.parent.mkdir(parents=True, exist_ok=True)
    connections[DEFAULT_DB_ALIAS].close()
    neuve = not chemin.exists()
    try:
        with (
            closing(sqlite3.connect(copie)) as source,
            closing(sqlite3.connect(chemin, timeout=20)) as base,
        ):
            source.backup(base)
            base.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as erreur:
        if neuve:
            chemin.unlink(missing_ok=True)
        raise SauvegardeImpossible(
            f"La base ne s’est pas laissé remplacer ({erreur}) : elle est restée telle quelle. "
            "Arrêtez le service et le travailleur, puis recommencez."
        ) from erreur
