"""Pandoc, appelé à part : sans réseau ni fichier, en temps et en mémoire bornés."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Literal

from esperluette.documents.erreurs import ProductionImpossible

DELAI = 60  # secondes
_MEMOIRE = "1g"
DELAI_DE_LECTURE = 20  # secondes, pour un document reçu
_MEMOIRE_DE_LECTURE = "512m"
ARBRE_MAXIMAL = 48 * 1024 * 1024  # octets


def lire(page: str) -> dict[str, Any]:
    """L'arbre de la page HTML."""
    sortie = _appeler(["--from=html", "--to=json"], page.encode())
    arbre: dict[str, Any] = json.loads(sortie)
    return arbre


def lire_bureautique(octets: bytes, format: Literal["docx", "odt"]) -> dict[str, Any]:
    """L'arbre d'un document reçu, déjà contrôlé. Les styles d'un DOCX y sont des blocs « custom-style »."""
    lecteur = {"docx": "docx+styles", "odt": "odt"}[format]
    sortie = _appeler([f"--from={lecteur}", "--to=json"], octets, delai=DELAI_DE_LECTURE, memoire=_MEMOIRE_DE_LECTURE)
    if len(sortie) > ARBRE_MAXIMAL:
        raise ProductionImpossible("Le document est trop long à lire.")
    try:
        arbre: dict[str, Any] = json.loads(sortie)
    except RecursionError as erreur:
        raise ProductionImpossible("Le document est trop compliqué à lire.") from erreur
    return arbre


def ecrire(arbre: dict[str, Any], format: str, *, reference: Path) -> bytes:
    """Le document bureautique de cet arbre, avec les styles de `reference`, sans date."""
    arguments = ["--from=json", f"--to={format}", f"--reference-doc={reference}", "--output=-"]
    return _appeler(arguments, json.dumps(arbre).encode())


def _appeler(arguments: list[str], entree: bytes, *, delai: float | None = None, memoire: str = _MEMOIRE) -> bytes:
    commande = [_chemin(), "--sandbox", *arguments, "+RTS", f"-M{memoire}", "-RTS"]
    try:
        fini = subprocess.run(  # noqa: S603 — programme du paquet pypandoc, aucun argument saisi
            commande,
            input=entree,
            capture_output=True,
            timeout=DELAI if delai is None else delai,
            check=True,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
    except subprocess.TimeoutExpired as erreur:
        raise ProductionImpossible("Le document est trop long à produire. Réessayez, ou allégez-le.") from erreur
    except (subprocess.CalledProcessError, OSError) as erreur:
        raise ProductionImpossible("Le document n'a pas pu être produit.") from erreur
    return fini.stdout


@cache
def _chemin() -> str:
    import pypandoc  # noqa: PLC0415 — import lent

    return str(pypandoc.get_pandoc_path())
