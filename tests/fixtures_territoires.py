"""Fixtures du découpage, à importer dans un conftest (voir tests/territoires/conftest.py)."""

from collections.abc import Iterator
from typing import Any

import pytest

from esperluette.journal.models import Chaine, Evenement
from esperluette.territoires.actions import Bilan, charger
from esperluette.territoires.models import (
    AncienneCommune,
    CleDeRecherche,
    Commune,
    Decoupage,
    Departement,
    Epci,
    Region,
)
from tests.fabriques.territoires import PetiteBretagne, petite_bretagne

_DU_BAS_VERS_LE_HAUT = (
    CleDeRecherche,
    AncienneCommune,
    Commune,
    Epci,
    Departement,
    Region,
    Decoupage,
    Evenement,
    Chaine,
)


@pytest.fixture
def bretagne(db: None) -> PetiteBretagne:
    """Seize communes bretonnes réelles, quatre d'ailleurs, et tout ce dont elles dépendent."""
    return petite_bretagne()


@pytest.fixture(scope="module")
def _decoupage_du_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Bilan]:
    # Validé pour le module puis retiré : l'ordre des essais, tiré au hasard, ne change rien pour les autres modules.
    with django_db_blocker.unblock():
        bilan = charger()
    yield bilan
    with django_db_blocker.unblock():
        for modele in _DU_BAS_VERS_LE_HAUT:
            modele._default_manager.all()._raw_delete("default")  # type: ignore[attr-defined]


@pytest.fixture
def decoupage(_decoupage_du_module: Bilan, db: None) -> Bilan:
    """Le découpage réel entier (35 014 communes et arrondissements), chargé une fois par module d'essais."""
    return _decoupage_du_module
