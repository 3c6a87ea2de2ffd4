"""La reconnaissance a changé d'app : sa table et l'histoire de ses corrections l'ont suivie."""

import importlib

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from esperluette.reconnaissances.models import Reconnaissance
from tests.fabriques.reconnaissances import ReconnaissanceFabrique


def test_la_table_garde_son_nom():
    assert Reconnaissance._meta.db_table == "instruction_reconnaissance"
    assert not apps.get_app_config("instruction").models.get("reconnaissance")


@pytest.mark.django_db
def test_l_histoire_suit_la_reconnaissance_dans_les_deux_sens():
    """Le type de contenu est le même, sous son nouveau nom d'app : rien n'est recopié."""
    migration = importlib.import_module("esperluette.reconnaissances.migrations.0001_initial")
    ReconnaissanceFabrique()
    sorte = ContentType.objects.get_for_model(Reconnaissance)
    migration.revenir(apps, None)
    sorte.refresh_from_db()
    assert sorte.app_label == "instruction"
    migration.suivre(apps, None)
    sorte.refresh_from_db()
    assert sorte.app_label == "reconnaissances"
    ContentType.objects.clear_cache()
    assert ContentType.objects.get_for_model(Reconnaissance) == sorte
