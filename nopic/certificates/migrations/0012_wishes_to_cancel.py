"""An exporter may ask that a certificate be cancelled; staff answer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):

    dependencies = [
        ("certificates", "0011_two_people_behind_a_version"),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CancelWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goods', models.CharField(choices=[('stay', 'They have not left and will not leave under this certificate'), ('left', 'They have left'), ('back', 'They came back, or are on their way back'), ('elsewhere', 'They go to another buyer or another country'), ('lost', 'They were lost or destroyed')], max_length=10)),
                ('why', models.CharField(max_length=1000)),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('cancelled', 'Cancelled'), ('declined', 'Not cancelled')], max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('certificate', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cancel_wishes', to='certificates.certificate')),
                ('certifier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('certifier', 'certificate'), name='cancel_wish_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('outcome', '')), models.Q(('answered_at__gte', models.F('asked_at')), ('answered_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='cancel_wish_answered_completely'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'declined'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='cancel_wish_declined_says_why')],
            },
        ),
        Isolate("certificates_cancelwish", {"certificate_id": "certificates_certificate"}),
    ]
