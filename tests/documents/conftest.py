"""Produire une fois, regarder souvent."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from esperluette.documents.autorite import engendrer
from esperluette.documents.moteur import produire
from tests.fabriques.documents import accuse, trame

LE = datetime(2026, 11, 21, 13, 32, tzinfo=UTC)
TRAME, ACCUSE = "documents/trame.html", "documents/accuse.html"


@cache
def _document(sorte: str, format: str) -> bytes:
    gabarit, contexte = {
        "final": (TRAME, lambda: trame(lignes=60)),
        "brouillon": (TRAME, lambda: trame(brouillon=True)),
        "accuse": (ACCUSE, accuse),
    }[sorte]
    return produire(gabarit, contexte(), format, le=LE)


@pytest.fixture(scope="session")
def _autorite_d_essai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dossier = tmp_path_factory.mktemp("var")
    engendrer(dossier / "sceau")
    return dossier


@pytest.fixture
def sceau_d_essai(_autorite_d_essai: Path, settings: Any) -> None:
    """Une installation qui scelle par son autorité d'essai, engendrée une fois pour toute la session."""
    settings.VAR = _autorite_d_essai


@pytest.fixture(scope="session")
def document() -> Callable[[str, str], bytes]:
    """`document("final" | "brouillon" | "accuse", format)` : les octets, produits une seule fois par session."""
    return _document
