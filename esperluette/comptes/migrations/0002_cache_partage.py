"""La table du cache partagé, que `migrate` ne crée pas de lui-même : les limites de débit y vivent."""

from django.core.management import call_command
from django.db import migrations


def creer(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    dependencies = [("comptes", "0001_initial")]

    operations = [migrations.RunPython(creer, migrations.RunPython.noop, elidable=False)]
