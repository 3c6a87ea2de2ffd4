"""Les données de la matrice : créées une fois par module, dans une transaction qu'on défait à la fin."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.matrice.monde import Monde, monde


@pytest.fixture(scope="module")
def le_monde(django_db_setup: None, django_db_blocker: Any) -> Iterator[Monde]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield monde()
        transaction.set_rollback(True)
