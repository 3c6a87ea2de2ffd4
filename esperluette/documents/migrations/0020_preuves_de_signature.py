import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("documents", "0010_sceau"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PreuveDeSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("faits", models.JSONField(verbose_name="faits constatés")),
                ("connexion", models.JSONField(verbose_name="connexion")),
                ("chaine", models.CharField(max_length=80, verbose_name="chaîne du journal")),
                ("numero", models.PositiveIntegerField(verbose_name="numéro de l'acte au journal")),
                ("maillon", models.CharField(max_length=64, verbose_name="empreinte de l'acte au journal")),
                ("empreinte", models.CharField(max_length=64, verbose_name="empreinte de la preuve")),
                ("prise_le", models.DateTimeField(default=django.utils.timezone.now, verbose_name="prise le")),
            ],
            options={
                "verbose_name": "preuve de signature",
                "verbose_name_plural": "preuves de signature",
            },
        ),
        migrations.AlterField(
            model_name="signature",
            name="methode",
            field=models.CharField(
                choices=[("code_courriel", "Code reçu par courriel")], max_length=20, verbose_name="méthode"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("methode__in", ["code_courriel"])),
                name="signature_electronique",
                violation_error_message="Une page signée à la main n’est pas une signature électronique.",
            ),
        ),
        migrations.AddField(
            model_name="preuvedesignature",
            name="signature",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="preuve",
                to="documents.signature",
                verbose_name="signature",
            ),
        ),
        migrations.AddConstraint(
            model_name="preuvedesignature",
            constraint=models.UniqueConstraint(fields=("chaine", "numero"), name="preuve_un_acte"),
        ),
        migrations.AddConstraint(
            model_name="preuvedesignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("maillon", ""), _negated=True),
                    models.Q(("empreinte", ""), _negated=True),
                    models.Q(("chaine", ""), _negated=True),
                ),
                name="preuve_ancree",
                violation_error_message="Une preuve nomme l’acte du journal qui la porte.",
            ),
        ),
    ]
