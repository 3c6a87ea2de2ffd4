"""Produire une fois, regarder souvent."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest

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
def document() -> Callable[[str, str], bytes]:
    """`document("final" | "brouillon" | "accuse", format)` : les octets, produits une seule fois par session."""
    return _document
