"""Réglages communs aux essais."""

import pytest
from django.template import engines

from tests.gabarits_stricts import VariableIndefinie


@pytest.fixture(scope="session", autouse=True)
def _variables_de_gabarit_strictes() -> None:
    engines["django"].engine.string_if_invalid = VariableIndefinie()
