"""A certificate may take the place of another one, which is dead from then on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import tie


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0008_registrys_own_pdf'),
        ('requests', '0010_in_the_place_of_another'),
        ('tenants', '0003_language_and_roster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='certificate',
            name='certificate_issued_has_number',
        ),
        migrations.AddField(
            model_name='certificate',
            name='replaces',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certificates.certificate'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='superseded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='publicrecord',
            name='replaced_by',
            field=models.CharField(blank=True, max_length=21),
        ),
        migrations.AddField(
            model_name='publicrecord',
            name='replaces',
            field=models.CharField(blank=True, max_length=21),
        ),
        migrations.AddField(
            model_name='publicrecord',
            name='superseded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='status',
            field=models.CharField(choices=[('pending', 'Approved'), ('issuing', 'Being published'), ('needs_attention', 'Needs attention'), ('issued', 'Issued'), ('cancelled', 'Cancelled'), ('superseded', 'Replaced'), ('abandoned', 'Not issued')], default='pending', max_length=20),
        ),
        migrations.AlterField(
            model_name='publicrecord',
            name='status',
            field=models.CharField(choices=[('pending', 'Approved'), ('issuing', 'Being published'), ('needs_attention', 'Needs attention'), ('issued', 'Issued'), ('cancelled', 'Cancelled'), ('superseded', 'Replaced'), ('abandoned', 'Not issued')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['issued', 'cancelled', 'superseded']), _negated=True), models.Q(('issued_at__isnull', False), ('number__isnull', False)), _connector='OR'), name='certificate_issued_has_number'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'abandoned'), _negated=True), fields=('certifier', 'replaces'), name='certificate_replaced_once'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'superseded'), _negated=True), ('superseded_at__isnull', False), _connector='OR'), name='certificate_superseded_when'),
        ),
            migrations.RunSQL(
            tie("certificates_certificate", "replaces_id", "certificates_certificate")
            + "; "
            + tie("requests_certificaterequest", "replaces_id", "certificates_certificate"),
            migrations.RunSQL.noop,
        ),
        # In whose place it is belongs to what was approved.
        migrations.RunSQL(
            "CREATE FUNCTION certificate_place_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            "  IF NEW.replaces_id IS DISTINCT FROM OLD.replaces_id OR NEW.replaces_id = NEW.id"
            "     OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)"
            "  THEN RAISE EXCEPTION 'in whose place a certificate is was approved with it'; END IF;"
            "  RETURN NEW; END $$;"
            " CREATE TRIGGER place_frozen BEFORE UPDATE ON certificates_certificate FOR EACH ROW"
            " EXECUTE FUNCTION certificate_place_frozen()",
            migrations.RunSQL.noop,
        ),
    ]
