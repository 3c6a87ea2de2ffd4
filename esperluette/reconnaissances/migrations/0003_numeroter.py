"""Les reconnaissances déjà enregistrées reçoivent leur numéro, dans l'ordre de leurs dates."""

from collections import Counter

from django.db import migrations


def numeroter(apps, _schema_editor):
    rangs = Counter()
    anciennes = apps.get_model("reconnaissances", "Reconnaissance").objects.filter(numero=None)
    for reconnaissance in anciennes.select_related("region").order_by("debut", "pk"):
        ou = f"R-{reconnaissance.region.code}-{reconnaissance.debut:%Y}"
        rangs[ou] += 1
        reconnaissance.numero = f"{ou}-{rangs[ou]:04d}"
        reconnaissance.save(update_fields=["numero"])


class Migration(migrations.Migration):
    dependencies = [("reconnaissances", "0002_vie_d_une_reconnaissance")]

    operations = [migrations.RunPython(numeroter, migrations.RunPython.noop)]
