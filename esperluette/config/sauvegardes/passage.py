"""D'une base SQLite à PostgreSQL, ligne à ligne : un essai ou un pilote passe en production sans rien ressaisir.

L'inverse n'existe pas : SQLite sert aux essais et à la démonstration.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, Error, connections, models, transaction

from esperluette.config.sauvegardes.archive import SauvegardeImpossible
from esperluette.journal import declencheurs

LOT = 500


def verser(depuis: str) -> None:
    """Remplace ce que porte la base PostgreSQL, déjà au bon schéma, par les lignes de `depuis` : tout, ou rien."""
    connexion = connections[DEFAULT_DB_ALIAS]
    modeles = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    modele: Any = None
    try:
        with transaction.atomic():
            declencheurs.retirer(connexion)
            with connexion.cursor() as curseur:
                tables = ", ".join(connexion.ops.quote_name(m._meta.db_table) for m in modeles)
                curseur.execute(f"TRUNCATE {tables} CASCADE")
            # Les clés étrangères se vérifient à la fin de la transaction : l'ordre des tables est libre.
            for modele in modeles:
                if modele is not Session:
                    _copier(modele, depuis)
            modele = None
            with connexion.cursor() as curseur:
                for ordre in connexion.ops.sequence_reset_sql(no_style(), modeles):
                    curseur.execute(ordre)
                curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
            declencheurs.poser_ou_retirer()
    except (Error, ValueError) as erreur:
        ou = f" ({modele._meta.verbose_name})" if modele else ""
        raise SauvegardeImpossible(
            f"PostgreSQL refuse une ligne que SQLite gardait{ou} : {str(erreur).splitlines()[0]}. Rien n’a changé."
        ) from erreur


def _copier(modele: type[models.Model], depuis: str) -> None:
    champs = modele._meta.local_concrete_fields
    lignes = modele._base_manager.using(depuis).order_by("pk").iterator(chunk_size=LOT)
    vers: Any = modele._base_manager.using(DEFAULT_DB_ALIAS).all()
    for lot in _lots(lignes):
        # `raw` : chaque valeur telle quelle, sans date ni identifiant posés au passage.
        vers._insert(lot, fields=champs, using=DEFAULT_DB_ALIAS, raw=True)


def _lots(lignes: Iterator[Any]) -> Iterator[list[Any]]:
    while lot := list(islice(lignes, LOT)):
        yield lot
