"""Pandoc, appelé à part : sans réseau ni fichier, en temps et en mémoire bornés."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from esperluette.documents.erreurs import ProductionImpossible

DELAI = 60  # secondes
_MEMOIRE = "1g"


def lire(page: str) -> dict[str, Any]:
    """L'arbre de la page HTML."""
    sortie = _appeler(["--from=html", "--to=json"], page.encode())
    arbre: dict[str, Any] = json.loads(sortie)
    return arbre


def ecrire(arbre: dict[str, Any], format: str, *, reference: Path) -> bytes:
    """Le document bureautique de cet arbre, avec les styles de `reference`, sans date."""
    arguments = ["--from=json", f"--to={format}", f"--reference-doc={reference}", "--output=-"]
    return _appeler(arguments, json.dumps(arbre).encode())


def _appeler(arguments: list[str], entree: bytes) -> bytes:
    commande = [_chemin(), "--sandbox", *arguments, "+RTS", f"-M{_MEMOIRE}", "-RTS"]
    try:
        fini = subprocess.run(  # noqa: S603 — programme du paquet pypandoc, aucun argument saisi
            commande,
            input=entree,
            capture_output=True,
            timeout=DELAI,
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
