"""De vraies installations, chacune avec sa base et ses fichiers, menées par la ligne de commande."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

RACINE = Path(__file__).resolve().parents[2]
PATIENCE = 600  # secondes : une machine chargée met longtemps
ADRESSE = os.environ.get("DATABASE_URL", "")
SUR_POSTGRESQL = ADRESSE.startswith(("postgres://", "postgresql://"))
MOTEUR = "postgresql" if SUR_POSTGRESQL else "sqlite"


@dataclass
class Installation:
    """Une installation : son dossier de données, et l'adresse de sa base PostgreSQL si elle en a une."""

    var: Path
    base: str = ""

    def environnement(self, **autres):
        propre = {c: v for c, v in os.environ.items() if not c.startswith(("ESPERLUETTE_", "DJANGO_"))}
        propre.pop("DATABASE_URL", None)
        propre |= {"ESPERLUETTE_VAR": str(self.var), "PYTHONPATH": str(RACINE), "PYTHONUNBUFFERED": "1"}
        return propre | ({"DATABASE_URL": self.base} if self.base else {}) | autres

    def lancer(self, *arguments, **environnement):
        """Le résultat d'une sous-commande, quel que soit son code."""
        return subprocess.run(
            [sys.executable, "-m", "esperluette", *map(str, arguments)],
            env=self.environnement(**environnement),
            cwd=self.var.parent,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def reussir(self, *arguments, **environnement):
        """Ce que dit une sous-commande qui doit réussir."""
        resultat = self.lancer(*arguments, **environnement)
        assert resultat.returncode == 0, resultat.stdout + resultat.stderr
        return resultat.stdout

    def repondre(self, *arguments):
        """La réponse JSON d'une sous-commande qui doit réussir."""
        return json.loads(self.reussir(*arguments, "--json"))

    def demarrer(self, *arguments, sortie=subprocess.DEVNULL):
        """Une sous-commande qu'on n'attend pas."""
        return subprocess.Popen(
            [sys.executable, "-m", "esperluette", *map(str, arguments)],
            env=self.environnement(),
            cwd=self.var.parent,
            stdout=sortie,
            stderr=subprocess.DEVNULL,
        )

    def portrait(self):
        """Ce qu'on voit d'une installation : comptes, journal, empreintes, pages de plusieurs personnes."""
        resultat = subprocess.run(
            [sys.executable, "-m", "tests.config.portrait"],
            env=self.environnement(ESPERLUETTE_DEMONSTRATION="1"),
            cwd=RACINE,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert resultat.returncode == 0, resultat.stderr
        return json.loads(resultat.stdout.splitlines()[-1])

    def ouvrir(self):
        """Une connexion à la base, hors de Django."""
        if self.base:
            return psycopg.connect(self.base, autocommit=True)
        return closing(sqlite3.connect(self.var / "esperluette.sqlite3", timeout=20, isolation_level=None))


def base_neuve(nom):
    """L'adresse d'une base PostgreSQL vide de ce nom ; rien si les essais passent sur SQLite."""
    if not SUR_POSTGRESQL:
        return ""
    nom = f"essai_{os.getpid()}_{nom}"
    with psycopg.connect(ADRESSE, autocommit=True) as connexion:
        for ordre in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
            connexion.execute(sql.SQL(ordre).format(sql.Identifier(nom)))
    lieu = urlsplit(ADRESSE)
    return lieu._replace(path=f"/{quote(nom)}").geturl()


def base_oubliee(adresse):
    """Retire une base d'essai."""
    if adresse:
        with psycopg.connect(ADRESSE, autocommit=True) as connexion:
            nom = sql.Identifier(urlsplit(adresse).path[1:])
            connexion.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(nom))


def finir(processus):
    """Attend la fin d'un processus lancé ; rend son code et la mémoire qu'il a prise, en octets."""
    _, etat, usage = os.wait4(processus.pid, 0)
    processus.returncode = os.waitstatus_to_exitcode(etat)
    return processus.returncode, usage.ru_maxrss * 1024
