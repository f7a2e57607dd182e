"""A request says which one it began with; exporters keep answers to begin with under a name."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import Isolate, tie


class Migration(migrations.Migration):

    dependencies = [
        ('requests', '0006_questions_and_second_check'),
        ('tenants', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='certificaterequest',
            name='copied_from',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests.certificaterequest'),
        ),
        migrations.CreateModel(
            name='RequestTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('answers', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('certifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('exporter', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='templates', to='tenants.exporter')),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests.certificaterequest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('certifier', 'exporter', 'name'), name='template_once')],
            },
        ),
        migrations.RunSQL(
            tie("requests_certificaterequest", "copied_from_id", "requests_certificaterequest"),
            migrations.RunSQL.noop,
        ),
        Isolate(
            "requests_requesttemplate",
            {"exporter_id": "tenants_exporter", "source_id": "requests_certificaterequest"},
        ),
    ]
