"""La base PostgreSQL : par les outils de PostgreSQL (pg_dump, pg_restore, psql), un instantané, une transaction."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from esperluette.config.sauvegardes.archive import BLOC, SauvegardeImpossible

# Ce que les réglages Django appellent ainsi, et l'environnement des outils autrement.
_CONNEXION = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
_OPTIONS = {
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE", "service": "PGSERVICE", "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip
ATTENTE = "30s"  # pour prendre la base à qui s'en sert encore
# Vider le schéma de ce qui nous appartient, sans toucher aux extensions ; dans la même transaction que la suite.
_VIDER = """
SET lock_timeout = '{attente}';
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT format('%I.%I', current_schema(), c.relname) AS nom FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS
    (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  LOOP EXECUTE 'DROP TABLE IF EXISTS ' || r.nom || ' CASCADE'; END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS nom FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS
    (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || r.nom || ' CASCADE'; END LOOP;
END $$;
"""


def version_du_serveur() -> int:
    """La version majeure du serveur."""
    connexion = connections[DEFAULT_DB_ALIAS]
    connexion.ensure_connection()
    return int(connexion.connection.info.server_version) // 10_000


def majeure(version: str) -> int:
    """La version majeure que dit un outil : 15 pour « pg_dump (PostgreSQL) 15.18 » ; 0 s'il n'en dit pas."""
    trouvee = re.search(r"\d+", version)
    return int(trouvee[0]) if trouvee else 0


def outil(nom: str, *, au_moins: int) -> tuple[str, str]:
    """Le chemin d'un outil de PostgreSQL et ce qu'il dit de sa version.

    Lève `SauvegardeImpossible` s'il manque ou s'il est trop ancien.
    """
    chemin = shutil.which(nom)
    if chemin is None:
        raise SauvegardeImpossible(
            f"Le programme « {nom} » manque : installez les outils clients de PostgreSQL {au_moins} "
            "(paquet postgresql-client)."
        )
    dite = subprocess.run([chemin, "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    if majeure(dite) < au_moins:
        raise SauvegardeImpossible(
            f"« {chemin} » est trop ancien ({dite or 'version inconnue'}) : il faut la version {au_moins} au moins."
        )
    return chemin, dite


@contextmanager
def instantane() -> Iterator[str]:
    """Un instantané : ce qu'on lit dans le bloc, et ce que pg_dump lit avec cet identifiant, est du même instant."""
    connexion = connections[DEFAULT_DB_ALIAS]
    connexion.close()  # une transaction neuve : le niveau d'isolation se dit en premier
    with transaction.atomic(), connexion.cursor() as curseur:
        curseur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        curseur.execute("SELECT pg_export_snapshot()")
        yield curseur.fetchone()[0]


def exporter(vers: Path, identifiant: str) -> str:
    """Écrit la base dans `vers` (format « custom » de pg_dump) ; rend la version de l'outil."""
    chemin, version = outil("pg_dump", au_moins=version_du_serveur())
    arguments = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={identifiant}"]
    fait = _lancer([chemin, *arguments, f"--file={vers}"])
    if fait.returncode:
        raise SauvegardeImpossible(f"pg_dump a échoué : {_plainte(fait.stderr)}")
    return version


def verifier(copie: Path, *, serveur_d_origine: int, ecrite_par: int) -> None:
    """Lit toute la sauvegarde sans rien écrire ; lève `SauvegardeImpossible` si elle ne se relit pas d'ici."""
    serveur = version_du_serveur()
    if serveur < serveur_d_origine:
        raise SauvegardeImpossible(
            f"La sauvegarde vient de PostgreSQL {serveur_d_origine}, et ce serveur est en version {serveur} : "
            "PostgreSQL ne sait pas revenir en arrière."
        )
    chemin, _ = outil("pg_restore", au_moins=ecrite_par)
    outil("psql", au_moins=1)
    fait = _lancer([chemin, f"--file={os.devnull}", str(copie)])
    if fait.returncode:
        raise SauvegardeImpossible(f"La base de la sauvegarde ne se relit pas : {_plainte(fait.stderr)}")
    if autres := tables_inconnues():
        raise SauvegardeImpossible(
            f"La base porte {len(autres)} table(s) qui ne sont pas d’ici ({', '.join(autres[:3])}…) : elles seraient "
            "perdues. Restaurez dans une base vide."
        )


def tables_inconnues() -> list[str]:
    """Les tables du schéma qui ne sont pas de cette version du logiciel."""
    connexion = connections[DEFAULT_DB_ALIAS]
    connues = {m._meta.db_table for m in apps.get_models(include_auto_created=True)}
    connues |= {"django_migrations", str(settings.CACHES["default"].get("LOCATION", ""))}
    with connexion.cursor() as curseur:
        curseur.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d"
            " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"
        )
        return sorted(nom for (nom,) in curseur.fetchall() if nom not in connues)


def remettre(copie: Path) -> None:
    """Remplace la base par cette copie, en une transaction ; « COMMIT » n'est dit qu'une fois tout lu."""
    connections[DEFAULT_DB_ALIAS].close()
    pg_restore, psql = shutil.which("pg_restore") or "pg_restore", shutil.which("psql") or "psql"
    lecture = [pg_restore, "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(copie)]
    ecriture = [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output", os.devnull]
    with (
        subprocess.Popen(ecriture, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environnement()) as ecrivain,  # noqa: S603
        subprocess.Popen(lecture, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environnement()) as lecteur,  # noqa: S603
    ):
        # Lire les plaintes à part : un tube plein bloquerait les deux.
        plaintes = [_ecouter(ecrivain.stderr), _ecouter(lecteur.stderr)]
        try:
            _verser(lecteur, ecrivain)
        except BaseException:
            ecrivain.kill()
            lecteur.kill()
            raise
    if ecrivain.returncode or lecteur.returncode:
        raise SauvegardeImpossible(
            "La base ne s’est pas laissé remplacer ; elle est restée telle quelle. "
            f"{_plainte(plaintes[0]() + plaintes[1]())} Arrêtez le service et le travailleur, puis recommencez."
        )


def _verser(lecteur: "subprocess.Popen[bytes]", ecrivain: "subprocess.Popen[bytes]") -> None:
    assert lecteur.stdout is not None  # noqa: S101 — un tube demandé plus haut
    assert ecrivain.stdin is not None  # noqa: S101 — de même
    try:
        ecrivain.stdin.write(b"BEGIN;\n" + _VIDER.format(attente=ATTENTE).encode())
        while bloc := lecteur.stdout.read(BLOC):
            ecrivain.stdin.write(bloc)
        if lecteur.wait() == 0:
            ecrivain.stdin.write(b"\nCOMMIT;\n")
        ecrivain.stdin.close()
    except BrokenPipeError:  # psql s'est arrêté à une erreur : sa plainte la dit
        lecteur.kill()
        with suppress(BrokenPipeError):
            ecrivain.stdin.close()


def _ecouter(flux: IO[bytes] | None) -> Any:
    recus: list[bytes] = []
    fil = threading.Thread(target=lambda: recus.extend((flux.read(),) if flux else ()), daemon=True)
    fil.start()

    def rendre() -> str:
        fil.join(5)
        return b"".join(recus).decode("utf-8", "replace")

    return rendre


def environnement() -> dict[str, str]:
    """La connexion de Django, dite aux outils ; le mot de passe n'est jamais sur une ligne de commande."""
    reglages = connections[DEFAULT_DB_ALIAS].settings_dict
    dits = {variable: reglages.get(cle) for cle, variable in _CONNEXION.items()}
    dits |= {variable: reglages.get("OPTIONS", {}).get(cle) for cle, variable in _OPTIONS.items()}
    # LC_MESSAGES : les messages se lisent de la même façon partout.
    return {**os.environ, "LC_MESSAGES": "C", **{v: str(valeur) for v, valeur in dits.items() if valeur}}


def _lancer(arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(arguments, env=environnement(), capture_output=True, text=True, check=False)  # noqa: S603


def _plainte(texte: str) -> str:
    """La première erreur que dit un outil."""
    lignes = [ligne.strip() for ligne in texte.splitlines() if ligne.strip()]
    return next(
        (ligne for ligne in lignes if "error" in ligne.lower()), lignes[-1] if lignes else "sans dire pourquoi."
    )
