"""Produire une fois, regarder souvent."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as reglages

from esperluette.documents import sceau
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


class Discret(bytes):
    """Des octets qu'un essai qui échoue n'imprime pas."""

    def __repr__(self):
        return f"<{len(self)} octets>"


@pytest.fixture(scope="session")
def _scelle(document, _autorite_d_essai):
    avant, reglages.VAR = reglages.VAR, _autorite_d_essai
    try:
        return Discret(sceau.sceller(document("accuse", "pdf"), motif="Accusé"))
    finally:
        reglages.VAR = avant


@pytest.fixture
def scelle(_scelle, sceau_d_essai):
    """Un PDF scellé par l'autorité d'essai, qui n'est pas dans la base."""
    return _scelle
