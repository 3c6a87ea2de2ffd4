"""La reconnaissance passe à l'app `reconnaissances` : l'état seul change, la table reste."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("instruction", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Reconnaissance")]),
    ]
