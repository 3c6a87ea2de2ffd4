"""Fixtures du découpage. À inscrire dans tests/conftest.py : `pytest_plugins = ["tests.fixtures_territoires"]`."""

import pytest

from tests.fabriques.territoires import PetiteBretagne, petite_bretagne


@pytest.fixture
def bretagne(db: None) -> PetiteBretagne:
    """Seize communes bretonnes réelles, quatre d'ailleurs, et tout ce dont elles dépendent."""
    return petite_bretagne()
