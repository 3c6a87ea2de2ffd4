"""Ce que refusent les champs de date partagés."""

import pytest
from django.core.exceptions import ValidationError

from esperluette.commun.formulaires import Jour


@pytest.mark.parametrize("texte", ["9999-12-31", "0001-01-01", "1899-12-31", "3000-01-01", "01/01/0024"])
def test_une_annee_mal_tapee_se_refuse(texte):
    with pytest.raises(ValidationError, match="Vérifiez l’année"):
        Jour().clean(texte)


@pytest.mark.parametrize("texte", ["1900-01-01", "31/12/2999", "2026-11-22"])
def test_une_date_plausible_s_accepte(texte):
    assert Jour().clean(texte).isoformat()


def test_une_date_facultative_peut_manquer():
    assert Jour(required=False).clean("") is None
