"""Monthly statements as files: one row for each that was asked for."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):

    dependencies = [
        ('fees', '0001_initial'),
        ('tenants', '0002_policy_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(null=True)),
                ('certifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier')),
                ('exporter', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.exporter')),
            ],
        ),
        migrations.AddConstraint(
            model_name='statementfile',
            constraint=models.UniqueConstraint(fields=('certifier', 'exporter', 'month'), name='statement_file_once'),
        ),
        migrations.AddConstraint(
            model_name='statementfile',
            constraint=models.CheckConstraint(condition=Q(month__day=1), name='statement_file_of_a_month'),
        ),
        migrations.AddConstraint(
            model_name='statementfile',
            constraint=models.CheckConstraint(
                condition=Q(sha256='', size=0, made_at=None) | Q(size__gt=0, made_at__isnull=False) & ~Q(sha256=''),
                name='statement_file_made_or_not',
            ),
        ),
        Isolate("fees_statementfile", {"exporter_id": "tenants_exporter"}),
    ]
