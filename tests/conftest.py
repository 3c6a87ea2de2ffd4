"""Réglages communs aux essais."""

import pytest
from django.template import engines
from hypothesis import settings

from esperluette.indicateurs.lectures import vider_memoire
from tests.gabarits_stricts import VariableIndefinie

# Un cas tiré au hasard n'a pas de délai : une machine chargée ne fait pas un essai rouge.
settings.register_profile("esperluette", deadline=None)
settings.load_profile("esperluette")


@pytest.fixture(scope="session", autouse=True)
def _variables_de_gabarit_strictes() -> None:
    engines["django"].engine.string_if_invalid = VariableIndefinie()


@pytest.fixture(autouse=True)
def _chiffres_oublies() -> None:
    """Une base d'essai réemploie ses numéros : ce que la mémoire en gardait n'est plus vrai."""
    vider_memoire()
