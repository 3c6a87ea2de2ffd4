import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("equipes", "0003_sorte_de_declaration"),
    ]

    operations = [
        migrations.CreateModel(
            name="DelegationDeDepot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("debut", models.DateField(default=django.utils.timezone.localdate, verbose_name="depuis le")),
                ("fin", models.DateField(verbose_name="jusqu’au")),
                ("donnee_le", models.DateTimeField(default=django.utils.timezone.now, verbose_name="donnée le")),
                ("finie_le", models.DateTimeField(blank=True, null=True, verbose_name="finie le")),
                (
                    "fin_motif",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("revoquee", "Retirée par le porteur"),
                            ("remplacee", "Remplacée par une autre"),
                            ("depart", "La personne a quitté l’équipe"),
                            ("portage", "L’équipe a changé de porteur"),
                        ],
                        max_length=10,
                        verbose_name="raison de la fin",
                    ),
                ),
                (
                    "delegant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="equipes.membre",
                        verbose_name="donnée par",
                    ),
                ),
                (
                    "delegataire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="equipes.membre",
                        verbose_name="confiée à",
                    ),
                ),
                (
                    "equipe",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="equipes.equipe",
                        verbose_name="équipe",
                    ),
                ),
            ],
            options={
                "verbose_name": "délégation de dépôt",
                "verbose_name_plural": "délégations de dépôt",
                "ordering": ["equipe", "-donnee_le", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fin__gte", models.F("debut"))), name="delegation_dates_dans_l_ordre"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("delegant", models.F("delegataire")), _negated=True),
                        name="delegation_a_un_autre",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fin_motif", ""), ("finie_le", None)),
                            models.Q(("finie_le__isnull", False), models.Q(("fin_motif", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="delegation_finie_dit_pourquoi",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("finie_le", None)),
                        fields=("delegataire",),
                        name="delegation_une_seule_ouverte",
                        violation_error_message="Cette personne a déjà une délégation.",
                    ),
                ],
            },
        ),
    ]
