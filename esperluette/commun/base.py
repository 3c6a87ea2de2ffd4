"""La base de données est-elle là ? Certaines commandes répondent aussi sans elle."""

from pathlib import Path

from django.db import connection


def base_presente() -> bool:
    """Vrai si l'on peut interroger la base sans la créer : ouvrir une base SQLite absente la créerait, vide."""
    nom = str(connection.settings_dict["NAME"])
    return connection.vendor != "sqlite" or nom.startswith("file:") or nom == ":memory:" or Path(nom).exists()
