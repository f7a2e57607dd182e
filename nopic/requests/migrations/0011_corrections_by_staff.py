"""Staff correct a sent request for its exporter, who confirms or rejects it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):

    dependencies = [
        ('requests', '0010_in_the_place_of_another'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_by', models.CharField(max_length=200)),
                ('means', models.CharField(choices=[('phone', 'By phone'), ('email', 'By e-mail'), ('paper', 'On paper'), ('form', 'In a Word or PDF form')], max_length=10)),
                ('asked_on', models.DateField()),
                ('reason', models.CharField(max_length=500)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('asked_to_confirm_at', models.DateTimeField(null=True)),
                ('turn', models.PositiveSmallIntegerField()),
                ('before', models.JSONField()),
                ('boxes', models.JSONField(default=list)),
                ('due_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, max_length=200)),
                ('outcome', models.CharField(blank=True, choices=[('confirmed', 'Confirmed'), ('rejected', 'Rejected'), ('taken_back', 'Taken back'), ('withdrawn', 'The request was withdrawn')], max_length=20)),
                ('answer', models.CharField(blank=True, max_length=1000)),
                ('certifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='requests.certificaterequest')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('certifier', 'request'), name='correction_one_open'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('staff')), _negated=True), _connector='OR'), name='correction_confirmed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(('closed_at__gte', models.F('started_at')), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='correction_closed_completely'), models.CheckConstraint(condition=models.Q(models.Q(('asked_to_confirm_at', None), ('due_at', None)), models.Q(('asked_to_confirm_at__isnull', False), ('due_at__isnull', False)), _connector='OR'), name='correction_asked_until_a_day')],
            },
        ),
        Isolate("requests_correction", {"request_id": "requests_certificaterequest"}),
    ]
