"""La démonstration sur une base vide : refusée en production, et chaque équipe tout ou rien."""

from io import StringIO

import pytest
from django.core.management import call_command

from esperluette.comptes.models import Compte
from esperluette.equipes.models import Equipe
from esperluette.portail.demonstration import actions
from tests.portail.test_demonstration import equipes_jouees, jouer, poser_les_communes


def test_en_production_elle_refuse(db, settings):
    settings.PRODUCTION = True
    erreurs = StringIO()
    with pytest.raises(SystemExit) as fin:
        call_command("demo", stderr=erreurs)
    assert fin.value.code == 2
    assert "ne se charge pas en production" in erreurs.getvalue()
    assert not Compte.objects.exists()


def test_une_equipe_se_cree_en_entier_ou_pas_du_tout(charges, monkeypatch):
    poser_les_communes()
    vrai = actions.deposer
    monkeypatch.setattr(actions, "deposer", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jouer()
    assert set(Equipe.objects.values_list("nom", flat=True)) == {"ESP du Lié"}
    monkeypatch.setattr(actions, "deposer", vrai)
    jouer()
    assert Equipe.objects.count() == len(equipes_jouees())
