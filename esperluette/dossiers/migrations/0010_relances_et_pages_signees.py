import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0007_avenants_et_reprises"),
        ("equipes", "0020_delegations_de_depot"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RelanceDeSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("jour", models.DateField(verbose_name="jour")),
                ("le", models.DateTimeField(default=django.utils.timezone.now, verbose_name="partie le")),
                (
                    "depot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relances",
                        to="dossiers.depot",
                        verbose_name="dépôt",
                    ),
                ),
                (
                    "membre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="equipes.membre",
                        verbose_name="membre",
                    ),
                ),
                (
                    "par",
                    models.ForeignKey(
                        blank=True,
                        help_text="Vide : un rappel automatique.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandée par",
                    ),
                ),
            ],
            options={
                "verbose_name": "relance de signature",
                "verbose_name_plural": "relances de signature",
                "ordering": ["-le", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("depot", "membre", "jour"),
                        name="relance_une_par_jour",
                        violation_error_message="Cette personne a déjà reçu un rappel aujourd’hui.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureManuscrite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nom", models.CharField(max_length=200, verbose_name="nom du signataire")),
                ("qualite", models.CharField(blank=True, max_length=200, verbose_name="qualité")),
                ("signee_le", models.DateField(verbose_name="signée le")),
                ("jointe_le", models.DateTimeField(default=django.utils.timezone.now, verbose_name="jointe le")),
                (
                    "jointe_jour",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="jour où elle a été jointe"
                    ),
                ),
                ("retiree_le", models.DateTimeField(blank=True, null=True, verbose_name="retirée le")),
                ("retrait_motif", models.CharField(blank=True, max_length=300, verbose_name="motif du retrait")),
                (
                    "depot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manuscrites",
                        to="dossiers.depot",
                        verbose_name="dépôt repris",
                    ),
                ),
                (
                    "jointe_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="jointe par",
                    ),
                ),
                (
                    "membre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="equipes.membre",
                        verbose_name="membre",
                    ),
                ),
                (
                    "retiree_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="retirée par",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dossiers.piecejointe",
                        verbose_name="page numérisée",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature manuscrite numérisée",
                "verbose_name_plural": "signatures manuscrites numérisées",
                "ordering": ["signee_le", "nom", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("nom", ""), _negated=True),
                        name="manuscrite_nommee",
                        violation_error_message="Dites qui a signé.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signee_le__lte", models.F("jointe_jour"))),
                        name="manuscrite_signee_avant_d_etre_jointe",
                        violation_error_message="Une page est signée avant d’être numérisée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retiree_le", None), ("retiree_par", None), ("retrait_motif", "")),
                            models.Q(
                                ("retiree_le__isnull", False),
                                ("retiree_par__isnull", False),
                                models.Q(("retrait_motif", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="manuscrite_retrait_motive",
                        violation_error_message="Une signature retirée dit par qui et pourquoi.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retiree_le", None)),
                        fields=("depot", "nom"),
                        name="manuscrite_une_par_personne",
                        violation_error_message="La signature de cette personne est déjà jointe.",
                    ),
                ],
            },
        ),
    ]
