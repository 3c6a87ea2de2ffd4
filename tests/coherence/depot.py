"""Ce que les essais de cohérence regardent : les fichiers du dépôt, ses modules, ses gabarits, ses modèles."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.core.management import get_commands
from django.db.models import Model

RACINE = Path(__file__).resolve().parents[2]
PAQUET = RACINE / "esperluette"


@cache
def fichiers() -> list[Path]:
    """Les fichiers suivis (ou prêts à l'être) ; hors d'un dépôt git, tout ce qui n'est pas engendré."""
    liste = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=RACINE,
        capture_output=True,
        check=False,
    )
    if liste.returncode == 0:
        trouves = [RACINE / nom.decode() for nom in liste.stdout.split(b"\0") if nom]
    else:
        ecartes = {".venv", "var", "dist", "build", "__pycache__"}
        trouves = [chemin for chemin in RACINE.rglob("*") if not ecartes & set(chemin.parts)]
    return sorted(chemin for chemin in trouves if chemin.is_file())


@cache
def modules() -> list[Path]:
    """Le Python écrit à la main : les migrations sont engendrées."""
    return [chemin for chemin in fichiers() if chemin.suffix == ".py" and "migrations" not in chemin.parts]


@cache
def arbre(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), filename=str(module))


@cache
def gabarits() -> dict[str, Path]:
    """Nom (`commun/base.html`) → fichier, pour tous les gabarits Django de la maison."""
    dossiers = [dossier for dossier in PAQUET.glob("*/templates") if dossier.is_dir()]
    return {
        chemin.relative_to(dossier).as_posix(): chemin
        for dossier in sorted(dossiers)
        for chemin in sorted(dossier.rglob("*"))
        if chemin.is_file()
    }


def modeles() -> list[type[Model]]:
    return [
        modele for app in apps.get_app_configs() if app.name.startswith("esperluette.") for modele in app.get_models()
    ]


def commandes() -> list[str]:
    """Les sous-commandes de `esperluette` écrites dans ce dépôt."""
    return sorted(nom for nom, app in get_commands().items() if str(app).startswith("esperluette."))


def relatif(chemin: Path) -> str:
    return chemin.relative_to(RACINE).as_posix()


def chaines(arbre_: ast.Module) -> Iterator[str]:
    """Toutes les chaînes d'un module, morceaux de f-chaînes compris."""
    for noeud in ast.walk(arbre_):
        if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str):
            yield noeud.value
