"""A request may be for a certificate in the place of another one; one such request at a time."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import tie


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_rulings_marking_templates'),
        ('requests', '0009_fees_tied'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='certificaterequest',
            name='replaces_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='certificaterequest',
            name='replaces_line',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests.requestline'),
        ),
        migrations.AddConstraint(
            model_name='certificaterequest',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'in_review', 'questions_open'])), fields=('certifier', 'replaces_id'), name='request_one_open_replacement'),
        ),
        migrations.AddConstraint(
            model_name='certificaterequest',
            constraint=models.CheckConstraint(condition=models.Q(('replaces_id', None), ('replaces_line__isnull', False), _connector='OR'), name='request_replaces_a_line'),
        ),
            migrations.RunSQL(
            tie("requests_certificaterequest", "replaces_line_id", "requests_requestline"), migrations.RunSQL.noop
        ),
    ]
