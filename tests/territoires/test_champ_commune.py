"""Le champ « commune » d'un formulaire, sans navigateur."""

import pytest
from django import forms
from django.http import QueryDict

from esperluette.territoires.champs import ChampCommune, ChampCommunes
from tests.fabriques.territoires import petite_bretagne

pytestmark = pytest.mark.django_db


class LieuForm(forms.Form):
    lieu = ChampCommune(label="Commune d’implantation")


class LieuxForm(forms.Form):
    lieux = ChampCommunes(label="Territoire")


@pytest.mark.parametrize(
    ("donnees", "attendu"),
    [
        ({"lieu": "Loudéac"}, "22136"),
        ({"lieu": "loudeac"}, "22136"),
        ({"lieu": "22136"}, "22136"),
        ({"lieu": "35300"}, "35115"),
        ({"lieu": "Loudéac (22)", "lieu_code": "22136"}, "22136"),
        ({"lieu": "", "lieu_code": "56260"}, "56260"),
        ({"lieu": "St Brieuc"}, "22278"),
        ({"lieu": "Rennes", "lieu_code": "22136"}, "35238"),
    ],
)
def test_une_saisie_claire_designe_une_commune(donnees, attendu):
    petite_bretagne()
    form = LieuForm(donnees)
    assert form.errors == {}
    assert form.cleaned_data["lieu"].pk == attendu


def test_plusieurs_communes_se_gardent_et_s_ajoutent():
    petite_bretagne()
    form = LieuxForm(QueryDict("lieux=22136&lieux=22219&lieux_ajout=rostrenen, vannes"))
    assert form.errors == {}
    assert [c.pk for c in form.cleaned_data["lieux"]] == ["22136", "22219", "22266", "56260"]
