"""Which open requests are low risk and all green."""

import django.db.models.deletion
from django.db import migrations, models

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):

    dependencies = [
        ("requests", "0007_copies_and_templates"),
        ("review", "0002_questions_notes_second_check"),
        ('tenants', '0002_policy_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestRisk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.PositiveSmallIntegerField()),
                ('revision', models.PositiveIntegerField()),
                ('is_low', models.BooleanField()),
                ('weighed_at', models.DateTimeField()),
                ('certifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier')),
                ('request', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='risk', to='requests.certificaterequest')),
            ],
            options={
                'abstract': False,
            },
        ),
        Isolate("review_requestrisk", {"request_id": "requests_certificaterequest"}),
    ]
