"""Le journal est en ajout seul : la base elle-même refuse de changer, d'effacer ou d'écraser un événement.

Posés après chaque `migrate`. Ce que la base admet, et rien d'autre :

- ajouter le maillon suivant d'une chaîne, accroché à sa tête ; avancer la tête sur ce maillon ;
- effacer le nom et le sel de l'auteur d'un maillon, quand une ligne-tombe de la chaîne le dit déjà.

`JOURNAL_DECLENCHEURS = False` les retire (essais) : le journal reste vérifiable par ses empreintes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from esperluette.journal.models import Chaine, Evenement

MOTIF = "Le journal est en ajout seul : un événement ne se change ni ne s''efface."
MOTIF_TETE = "Le journal est en ajout seul : la tête d''une chaîne avance d''un maillon à la fois."
MOTIF_SUITE = "Le journal est en ajout seul : un maillon s''accroche à la tête de sa chaîne."

_EVENEMENT, _CHAINE = Evenement._meta.db_table, Chaine._meta.db_table
EFFACABLES = ("acteur_nom", "acteur_sel")


def poser_ou_retirer(using: str = "default", **_signal: Any) -> None:
    """Met la base en accord avec le réglage ; rejouable."""
    connexion = connections[using]
    retirer(connexion)
    if settings.JOURNAL_DECLENCHEURS:
        poser(connexion)


def lever_pour_migrer(using: str = "default", plan: Sequence[Any] = (), **_signal: Any) -> None:
    """SQLite refait une table pour la changer, et refuse si un déclencheur d'une autre table la nomme."""
    connexion = connections[using]
    if connexion.vendor == "sqlite" and any(migration.app_label == "journal" for migration, _ in plan):
        retirer(connexion)


@contextmanager
def leves(using: str = "default") -> Iterator[None]:
    """Le temps de recharger un journal entier dans une base vide (une restauration) ; le vérifier ensuite."""
    retirer(connections[using])
    try:
        yield
    finally:
        poser_ou_retirer(using)


def poser(connexion: BaseDatabaseWrapper) -> None:
    """Interdit tout ce qui n'est pas un ajout."""
    _executer(connexion, _poser_sqlite() if connexion.vendor == "sqlite" else _poser_postgresql())


def retirer(connexion: BaseDatabaseWrapper) -> None:
    """Lève l'interdiction ; ne se plaint pas si elle n'y était pas, ni si les tables n'existent pas encore."""
    presentes = connexion.introspection.table_names()
    if connexion.vendor == "sqlite":
        ordres = [f"DROP TRIGGER IF EXISTS {nom}" for nom in (*_NOMS_SQLITE, *_ANCIENS_SQLITE)]
    else:
        ordres = [f"DROP TRIGGER IF EXISTS {nom} ON {t}" for t, nom in _NOMS_POSTGRESQL if t in presentes]
    _executer(connexion, ordres)


def _executer(connexion: BaseDatabaseWrapper, ordres: list[str]) -> None:
    with connexion.cursor() as curseur:
        for ordre in ordres:
            curseur.execute(ordre)


def _gardees() -> list[str]:
    """Les colonnes d'un événement qui ne changent jamais ; une colonne nouvelle en est d'office."""
    return [str(c.column) for c in Evenement._meta.concrete_fields if c.column not in EFFACABLES]


# --- SQLite -------------------------------------------------------------------------------------------

_ANCIENS_SQLITE = ("journal_sans_update", "journal_sans_delete")
_NOMS_SQLITE = (
    "journal_evenement_suite", "journal_evenement_fige", "journal_evenement_garde",
    "journal_chaine_neuve", "journal_chaine_avance", "journal_chaine_garde",
)  # fmt: skip


_TOMBE_SQLITE = (
    "EXISTS (SELECT 1 FROM journal_evenement t, json_each(t.donnees, '$.numeros') n WHERE t.chaine_id = OLD.chaine_id "
    "AND t.sorte = 'nom_efface' AND t.numero > OLD.numero AND n.value = OLD.numero)"
)
_SUITE_SQLITE = (
    "NOT EXISTS (SELECT 1 FROM journal_evenement e WHERE e.id = NEW.id) AND EXISTS (SELECT 1 FROM journal_chaine c "
    "WHERE c.cle = NEW.chaine_id AND c.longueur = NEW.numero - 1 AND c.tete = NEW.precedente)"
)
_AVANCE = (
    "((NEW.longueur = OLD.longueur AND NEW.tete = OLD.tete) OR (NEW.longueur = OLD.longueur + 1 AND EXISTS ("
    "SELECT 1 FROM journal_evenement e WHERE e.chaine_id = NEW.cle AND e.numero = NEW.longueur "
    "AND e.empreinte = NEW.tete)))"
)
_NEUVE = "NEW.longueur = 0 AND NEW.tete = ''"
_INCONNUE_SQLITE = "NOT EXISTS (SELECT 1 FROM journal_chaine c WHERE c.cle = NEW.cle)"


def _poser_sqlite() -> list[str]:
    """Un INSERT OR REPLACE efface sans déclencher DELETE : ce sont les gardes d'INSERT qui le refusent."""
    inchange = " AND ".join(f"NEW.{c} IS OLD.{c}" for c in _gardees())
    efface = f"NEW.acteur_nom = '' AND NEW.acteur_sel = '' AND {inchange} AND {_TOMBE_SQLITE}"
    gardes = (
        ("INSERT", _EVENEMENT, _SUITE_SQLITE, MOTIF_SUITE), ("UPDATE", _EVENEMENT, efface, MOTIF),
        ("DELETE", _EVENEMENT, "0", MOTIF), ("INSERT", _CHAINE, f"{_NEUVE} AND {_INCONNUE_SQLITE}", MOTIF_TETE),
        ("UPDATE", _CHAINE, f"NEW.cle IS OLD.cle AND {_AVANCE}", MOTIF_TETE), ("DELETE", _CHAINE, "0", MOTIF_TETE),
    )  # fmt: skip
    return [
        f"CREATE TRIGGER {nom} BEFORE {geste} ON {table} WHEN NOT ({admis}) BEGIN SELECT RAISE(ABORT, '{motif}'); END"
        for nom, (geste, table, admis, motif) in zip(_NOMS_SQLITE, gardes, strict=True)
    ]


# --- PostgreSQL ---------------------------------------------------------------------------------------

_NOMS_POSTGRESQL = (
    (_EVENEMENT, "journal_sans_changement"), (_EVENEMENT, "journal_sans_vidage"), (_EVENEMENT, "journal_suite"),
    (_CHAINE, "journal_tete_avance"), (_CHAINE, "journal_tete_sans_vidage"),
)  # fmt: skip


def _fonction(nom: str, admis: str, motif: str) -> str:
    refus = f"RAISE EXCEPTION '{motif}' USING ERRCODE = 'integrity_constraint_violation';"
    return f"CREATE OR REPLACE FUNCTION {nom}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {admis} {refus} END $$"


_TOMBE_POSTGRESQL = (
    "EXISTS (SELECT 1 FROM journal_evenement t WHERE t.chaine_id = OLD.chaine_id AND t.sorte = 'nom_efface' "
    "AND t.numero > OLD.numero AND t.donnees->'numeros' @> to_jsonb(OLD.numero))"
)
_SUITE_POSTGRESQL = (
    "IF EXISTS (SELECT 1 FROM journal_chaine c WHERE c.cle = NEW.chaine_id AND c.longueur = NEW.numero - 1 "
    "AND c.tete = NEW.precedente) THEN RETURN NEW; END IF;"
)


def _poser_postgresql() -> list[str]:
    inchange = " AND ".join(f"NEW.{c} IS NOT DISTINCT FROM OLD.{c}" for c in _gardees())
    efface = (
        f"IF TG_OP = 'UPDATE' THEN IF NEW.acteur_nom = '' AND NEW.acteur_sel = '' AND {inchange} "
        f"AND {_TOMBE_POSTGRESQL} THEN RETURN NEW; END IF; END IF;"
    )
    avance = (
        f"IF TG_OP = 'INSERT' THEN IF {_NEUVE} THEN RETURN NEW; END IF; "
        f"ELSIF TG_OP = 'UPDATE' THEN IF NEW.cle = OLD.cle AND {_AVANCE} THEN RETURN NEW; END IF; END IF;"
    )
    gardes = (
        ("UPDATE OR DELETE", "ROW", "journal_refuser"), ("TRUNCATE", "STATEMENT", "journal_refuser_de_vider"),
        ("INSERT", "ROW", "journal_garder_la_suite"), ("INSERT OR UPDATE OR DELETE", "ROW", "journal_garder_la_tete"),
        ("TRUNCATE", "STATEMENT", "journal_refuser_de_vider"),
    )  # fmt: skip
    ordres = [
        _fonction("journal_refuser", efface, MOTIF),
        _fonction("journal_refuser_de_vider", "", MOTIF),
        _fonction("journal_garder_la_suite", _SUITE_POSTGRESQL, MOTIF_SUITE),
        _fonction("journal_garder_la_tete", avance, MOTIF_TETE),
    ]
    for (table, nom), (gestes, grain, fonction) in zip(_NOMS_POSTGRESQL, gardes, strict=True):
        ordres.append(
            f"CREATE TRIGGER {nom} BEFORE {gestes} ON {table} FOR EACH {grain} EXECUTE FUNCTION {fonction}()"
        )
        # Sans ALWAYS, une session en mode « replica » passerait à côté.
        ordres.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {nom}")
    return ordres
