from django.db import migrations
from django.db.models import F


def reprendre(apps, schema_editor):
    """Qui instruit un dossier est celui à qui il revient."""
    dossiers = apps.get_model("dossiers", "Dossier").objects
    dossiers.filter(affecte_a=None, instruit_par__isnull=False).update(affecte_a=F("instruit_par"))


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_passages_et_echeances'),
        ('instruction', '0010_agents_et_lots'),
    ]

    operations = [migrations.RunPython(reprendre, migrations.RunPython.noop)]
