
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_passages_et_echeances'),
        ('instruction', '0030_reconnaissance_a_son_app'),
        ('territoires', '0002_jeux_importes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Affectation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('motif', models.CharField(blank=True, max_length=500, verbose_name='motif')),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('ancien', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='à la place de')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affectations', to='dossiers.dossier', verbose_name='dossier')),
                ('par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
            ],
            options={
                'verbose_name': 'affectation',
                'ordering': ['-le', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('cle', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='clé')),
                ('geste', models.CharField(max_length=40, verbose_name='geste')),
                ('parametres', models.JSONField(default=dict, verbose_name='paramètres')),
                ('requete', models.CharField(blank=True, max_length=1000, verbose_name="filtres d'où l'on vient")),
                ('prepare_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='préparé le')),
                ('lance_le', models.DateTimeField(blank=True, null=True, verbose_name='lancé le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='compte')),
            ],
            options={
                'verbose_name': 'lot',
                'ordering': ['-prepare_le'],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debut', models.DateField(verbose_name='du')),
                ('fin', models.DateField(verbose_name='au')),
                ('posee_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='posée le')),
                ('annulee_le', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='agent absent')),
                ('posee_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posée par')),
                ('relais', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relais', to=settings.AUTH_USER_MODEL, verbose_name='relais')),
            ],
            options={
                'verbose_name': 'absence',
                'ordering': ['debut', 'pk'],
                'indexes': [models.Index(fields=['relais', 'fin'], name='absence_relais')],
                'constraints': [models.CheckConstraint(condition=models.Q(('fin__gte', models.F('debut'))), name='absence_dates_dans_l_ordre', violation_error_message='Une absence finit après avoir commencé.'), models.CheckConstraint(condition=models.Q(('relais', models.F('compte')), _negated=True), name='absence_relayee_par_un_autre', violation_error_message='On ne se relaie pas soi-même.')],
            },
        ),
        migrations.CreateModel(
            name='LigneDeLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resultat', models.CharField(choices=[('a_faire', 'À faire'), ('fait', 'Fait'), ('refuse', 'Refusé')], default='a_faire', max_length=10, verbose_name='résultat')),
                ('motif', models.CharField(blank=True, max_length=500, verbose_name='raison du refus')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dossiers.dossier', verbose_name='dossier')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lignes', to='instruction.lot', verbose_name='lot')),
            ],
            options={
                'verbose_name': "ligne d'un lot",
                'verbose_name_plural': "lignes d'un lot",
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('lot', 'dossier'), name='lot_dossier_unique')],
            },
        ),
        migrations.CreateModel(
            name='VueDeListe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom', models.CharField(blank=True, max_length=80, verbose_name='nom')),
                ('requete', models.CharField(blank=True, max_length=1000, verbose_name='filtres')),
                ('colonnes', models.CharField(blank=True, max_length=300, verbose_name='colonnes')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vues_de_liste', to=settings.AUTH_USER_MODEL, verbose_name='compte')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territoires.region', verbose_name='partagée en')),
            ],
            options={
                'verbose_name': 'vue de la liste',
                'verbose_name_plural': 'vues de la liste',
                'ordering': ['nom', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('compte', 'nom'), name='vue_nom_unique', violation_error_message='Vous avez déjà des filtres de ce nom.')],
            },
        ),
    ]
