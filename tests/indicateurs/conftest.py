"""Seize communes bretonnes, leur découpage, et des fichiers de format officiel fabriqués ici."""

import pytest
from django.utils import timezone

from esperluette.territoires.models import Decoupage
from tests.fixtures_territoires import _decoupage_du_module, bretagne, decoupage

__all__ = ["_decoupage_du_module", "bretagne", "decoupage"]


def noter_le_decoupage():
    """Un import refuse de se faire sans découpage : celui-ci suffit aux essais."""
    commun = {"version": "essai", "producteur": "essai", "licence": "essai", "empreinte": "0" * 64}
    Decoupage.objects.get_or_create(millesime=2026, defaults=commun | {"charge_le": timezone.now()})


@pytest.fixture
def territoire(bretagne):
    """Les communes, et un découpage noté."""
    noter_le_decoupage()
    return bretagne
