"""A slip of the pen may be corrected after departure by two people; packages and gross weight are revised with the kilograms."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0009_in_the_place_of_another'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='revision',
            name='checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='checked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revision',
            name='corrected_to',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='revision',
            name='corrects',
            field=models.CharField(blank=True, choices=[('hts', 'Tariff code (HTS)'), ('importer', 'NOP ID of the importer')], max_length=10),
        ),
        migrations.AddField(
            model_name='revision',
            name='first_sent_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='gross_kg',
            field=models.DecimalField(decimal_places=3, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='left_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='packages',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='usda_note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='usda_told_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_to', ''), ('corrects', '')), models.Q(models.Q(('corrected_to', ''), _negated=True), ('corrects__in', ['hts', 'importer']), ('first_sent_at__isnull', False), ('left_on__isnull', False)), _connector='OR'), name='revision_correction_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None), ('usda_note', ''), ('usda_told_on', None)), models.Q(models.Q(('usda_note', ''), _negated=True), ('checked_at__isnull', False), ('checked_by__isnull', False), ('usda_told_on__isnull', False)), _connector='OR'), name='revision_checked_with_note'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('corrects', ''), models.Q(('status__in', ['approved', 'published']), _negated=True), models.Q(('checked_by__isnull', False), models.Q(('checked_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='revision_correction_by_two_people'),
        ),
        # Asked for: frozen from the start. Checked and told to USDA: once.
        migrations.RunSQL(
            "CREATE FUNCTION correction_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            "  IF (NEW.corrects, NEW.corrected_to, NEW.first_sent_at, NEW.left_on, NEW.gross_kg, NEW.packages)"
            "       IS DISTINCT FROM"
            "     (OLD.corrects, OLD.corrected_to, OLD.first_sent_at, OLD.left_on, OLD.gross_kg, OLD.packages)"
            "     OR (OLD.checked_at IS NOT NULL"
            "         AND (NEW.checked_at, NEW.checked_by_id, NEW.usda_note, NEW.usda_told_on) IS DISTINCT FROM"
            "             (OLD.checked_at, OLD.checked_by_id, OLD.usda_note, OLD.usda_told_on))"
            "  THEN RAISE EXCEPTION 'what was asked for and checked is frozen'; END IF;"
            "  RETURN NEW; END $$;"
            " CREATE TRIGGER correction_frozen BEFORE UPDATE ON certificates_revision FOR EACH ROW"
            " EXECUTE FUNCTION correction_frozen()",
            migrations.RunSQL.noop,
        ),
    ]
