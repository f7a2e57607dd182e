"""Two different people may have to stand behind any version, if the policy says so when it is asked for."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0010_slips_corrected'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_checked_with_note',
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_correction_by_two_people',
        ),
        migrations.AddField(
            model_name='revision',
            name='two_people',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None), ('usda_note', ''), ('usda_told_on', None)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), models.Q(models.Q(('corrects', ''), ('two_people', True), ('usda_note', ''), ('usda_told_on', None)), models.Q(models.Q(('corrects', ''), _negated=True), models.Q(('usda_note', ''), _negated=True), ('usda_told_on__isnull', False)), _connector='OR')), _connector='OR'), name='revision_checked_whole'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects', ''), ('two_people', False)), models.Q(('status__in', ['approved', 'published']), _negated=True), models.Q(('checked_by__isnull', False), models.Q(('checked_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='revision_by_two_people'),
        ),
        # As before; and whether two people are needed is decided when it is asked for.
        migrations.RunSQL(
            "CREATE OR REPLACE FUNCTION correction_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            "  IF (NEW.corrects, NEW.corrected_to, NEW.first_sent_at, NEW.left_on, NEW.gross_kg, NEW.packages, NEW.two_people)"
            "       IS DISTINCT FROM"
            "     (OLD.corrects, OLD.corrected_to, OLD.first_sent_at, OLD.left_on, OLD.gross_kg, OLD.packages, OLD.two_people)"
            "     OR (OLD.checked_at IS NOT NULL"
            "         AND (NEW.checked_at, NEW.checked_by_id, NEW.usda_note, NEW.usda_told_on) IS DISTINCT FROM"
            "             (OLD.checked_at, OLD.checked_by_id, OLD.usda_note, OLD.usda_told_on))"
            "  THEN RAISE EXCEPTION 'what was asked for and checked is frozen'; END IF;"
            "  RETURN NEW; END $$",
            migrations.RunSQL.noop,
        ),
    ]
