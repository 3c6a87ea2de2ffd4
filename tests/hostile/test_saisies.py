"""Ce qu'un champ caché ou une date mal tapée peut contenir, là où une comparaison tomberait."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from esperluette.commissions.models import Instance
from esperluette.commissions.valeurs import instance_nommee
from esperluette.commissions.views.outils import instant
from esperluette.complements.forms import BrouillonForm
from tests.hostile.valeurs import VALEURS


@pytest.mark.django_db
@pytest.mark.parametrize("nom", ["²", "٣", "9" * 30, "-1", "", "a\x00b"[:1], "x" * 500])
def test_une_instance_qui_n_existe_pas_est_absente_quel_que_soit_son_nom(nom):
    with pytest.raises(Instance.DoesNotExist):
        instance_nommee("53", nom)


@pytest.mark.parametrize("lu", [*VALEURS.values(), "2026-01-01", "2026-01-01T10:00:00"])
def test_un_instant_illisible_ou_sans_fuseau_n_est_pas_un_instant(lu):
    assert instant(lu) is None


def test_un_instant_lu_se_compare_a_ceux_de_la_base():
    assert instant("2026-01-01T10:00:00+00:00") == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert instant("0001-01-01T00:00:00+14:00") < timezone.now()


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "2026-02-30", "²", "1e9"])
def test_une_date_limite_invraisemblable_est_refusee_et_le_message_reste(date):
    form = BrouillonForm({"message": "Il manque une carte.", "avant_le": date})
    assert not form.is_valid()
    assert "avant_le" in form.errors
    assert form["message"].value() == "Il manque une carte."


@pytest.mark.parametrize(("ecrite", "lue"), [("2026-10-30", "2026-10-30"), ("30/10/2026", "2026-10-30"), ("", "None")])
def test_une_date_limite_s_ecrit_des_deux_facons(ecrite, lue):
    form = BrouillonForm({"message": "", "avant_le": ecrite})
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["avant_le"]) == lue
