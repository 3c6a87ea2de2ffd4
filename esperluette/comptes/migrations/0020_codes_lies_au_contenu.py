from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0003_codes_et_contraintes"),
    ]

    operations = [
        migrations.AddField(
            model_name="codeconfirmation",
            name="envoye_a",
            field=models.EmailField(blank=True, max_length=254, verbose_name="envoyé à"),
        ),
        migrations.AddField(
            model_name="codeconfirmation",
            name="lie_a",
            field=models.CharField(blank=True, max_length=64, verbose_name="lié au contenu d'empreinte"),
        ),
    ]
