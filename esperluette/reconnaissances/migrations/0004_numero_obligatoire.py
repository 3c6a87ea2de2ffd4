from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconnaissances", "0003_numeroter")]

    operations = [
        migrations.AlterField(
            model_name="reconnaissance",
            name="numero",
            field=models.CharField(editable=False, max_length=30, unique=True, verbose_name="numéro"),
        ),
    ]
