"""A form that somebody of the exporter signed may stand for the click that confirms what staff entered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import tie


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_not_needed_for_what'),
        ('requests', '0011_corrections_by_staff'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='correction',
            name='signed_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='correction',
            name='signed_form',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
        ),
        migrations.AddField(
            model_name='correction',
            name='signed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='onbehalf',
            name='signed_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='onbehalf',
            name='signed_form',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
        ),
        migrations.AddField(
            model_name='onbehalf',
            name='signed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'confirmed'), _negated=True), ('confirmed_by__isnull', False), models.Q(('signed_form__isnull', False), ('signed_on__isnull', False), models.Q(('signed_by', ''), _negated=True)), _connector='OR'), name='correction_confirmed_completely'),
        ),
        migrations.AddConstraint(
            model_name='onbehalf',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at', None), ('confirmed_by__isnull', False), models.Q(('signed_form__isnull', False), ('signed_on__isnull', False), models.Q(('signed_by', ''), _negated=True)), _connector='OR'), name='filing_confirmed_completely'),
        ),
        migrations.RunSQL(
            [tie(f"requests_{table}", "signed_form_id", "documents_document") for table in ("onbehalf", "correction")],
            migrations.RunSQL.noop,
        ),
    ]
