"""La reconnaissance vient de l'app `instruction` : sa table et son histoire la suivent, rien n'est recopié."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def suivre(apps, _schema_editor):
    """L'histoire des corrections désigne la reconnaissance par son type : le même, sous son nouveau nom d'app."""
    types = apps.get_model("contenttypes", "ContentType").objects
    types.filter(app_label="instruction", model="reconnaissance").update(app_label="reconnaissances")


def revenir(apps, _schema_editor):
    types = apps.get_model("contenttypes", "ContentType").objects
    types.filter(app_label="reconnaissances", model="reconnaissance").update(app_label="instruction")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('dossiers', '0001_initial'),
        ('equipes', '0001_initial'),
        ('instruction', '0030_reconnaissance_a_son_app'),
        ('territoires', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Reconnaissance',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('forme', models.CharField(choices=[('esp', 'Équipe de soins primaires (ESP)'), ('msp', 'Maison de santé pluriprofessionnelle (MSP)')], max_length=3, verbose_name='forme reconnue')),
                        ('debut', models.DateField(verbose_name='reconnue depuis le')),
                        ('fin', models.DateField(blank=True, null=True, verbose_name="jusqu'au")),
                        ('decision_texte', models.CharField(max_length=300, verbose_name='décision')),
                        ('fondement', models.CharField(blank=True, max_length=500, verbose_name='fondement')),
                        ('reprise', models.BooleanField(default=False, verbose_name="reprise d'une décision antérieure")),
                        ('publiee', models.BooleanField(default=True, verbose_name="à l'annuaire public")),
                        ('coordonnees_publiees', models.BooleanField(default=False, verbose_name="coordonnées publiées, au choix de l'équipe")),
                        ('enregistree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='enregistrée le')),
                        ('dossier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reconnaissances', to='dossiers.dossier', verbose_name='dossier')),
                        ('enregistree_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='enregistrée par')),
                        ('equipe', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reconnaissances', to='equipes.equipe', verbose_name='équipe')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reconnaissances', to='territoires.region', verbose_name='région')),
                    ],
                    options={
                        'verbose_name': 'reconnaissance',
                        'db_table': 'instruction_reconnaissance',
                        'ordering': ['equipe__nom', '-debut', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('fin', None), ('fin__gte', models.F('debut')), _connector='OR'), name='reconnaissance_dates_dans_l_ordre', violation_error_message='Une reconnaissance finit après avoir commencé.'), models.UniqueConstraint(condition=models.Q(('fin', None)), fields=('equipe', 'forme'), name='reconnaissance_une_seule_en_cours', violation_error_message='Cette équipe a déjà une reconnaissance en cours sous cette forme.')],
                    },
                ),
            ],
        ),
        migrations.RunPython(suivre, revenir),
    ]
