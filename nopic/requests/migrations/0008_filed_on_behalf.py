"""Who of the staff fills in a request for its exporter, and who of the exporter confirmed it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):

    dependencies = [
        ('requests', '0007_copies_and_templates'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OnBehalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_by', models.CharField(max_length=200)),
                ('means', models.CharField(choices=[('phone', 'By phone'), ('email', 'By e-mail'), ('paper', 'On paper'), ('form', 'In a Word or PDF form')], max_length=10)),
                ('asked_on', models.DateField()),
                ('reason', models.CharField(max_length=500)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('asked_to_confirm_at', models.DateTimeField(null=True)),
                ('times_asked', models.PositiveSmallIntegerField(default=0)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('certifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='on_behalf', to='requests.certificaterequest')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('staff')), _negated=True), _connector='OR'), name='confirmed_by_somebody_else')],
            },
        ),
        Isolate("requests_onbehalf", {"request_id": "requests_certificaterequest"}),
    ]
