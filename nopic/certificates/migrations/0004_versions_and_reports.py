"""A number has versions, each asked for and decided; what is owed to the registry may come several times."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0003_what_is_noted_beside_a_certificate'),
        ('tenants', '0002_policy_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('requested', 'To decide'), ('approved', 'Being published'), ('published', 'Published'), ('refused', 'Refused'), ('withdrawn', 'Not needed any more')], default='requested', max_length=10)),
                ('net_kg', models.DecimalField(decimal_places=3, max_digits=14)),
                ('lots', models.JSONField()),
                ('remarks', models.TextField(blank=True)),
                ('why', models.TextField()),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.TextField(blank=True)),
                ('data', models.JSONField(null=True)),
                ('before', models.JSONField(null=True)),
                ('before_file', models.CharField(blank=True, max_length=64)),
                ('published_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='registryoperation',
            name='operation_kind_once',
        ),
        migrations.AddField(
            model_name='certificate',
            name='actual_kg',
            field=models.DecimalField(decimal_places=3, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='revised_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='version',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='certificate',
            name='weights_reported_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='publicrecord',
            name='revised_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='publicrecord',
            name='version',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='registryoperation',
            name='generation',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name='registryoperation',
            name='kind',
            field=models.CharField(choices=[('issue', 'Issue'), ('cancel', 'Cancel'), ('revise', 'Revise'), ('weights', 'Report weights')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='registryoperation',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'superseded'), _negated=True), fields=('certifier', 'certificate', 'kind', 'generation'), name='operation_kind_once'),
        ),
        migrations.AddField(
            model_name='revision',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revision',
            name='certificate',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='certificates.certificate'),
        ),
        migrations.AddField(
            model_name='revision',
            name='certifier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.certifier'),
        ),
        migrations.AddField(
            model_name='revision',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(fields=['certifier', 'status', 'id'], name='revision_by_status'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['requested', 'approved'])), fields=('certifier', 'certificate'), name='revision_one_open'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['approved', 'published'])), fields=('certifier', 'certificate', 'version'), name='revision_version_once'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('net_kg__gt', 0), ('version__gte', 2)), name='revision_has_weight'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['approved', 'published', 'refused']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='revision_says_who_decided'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['approved', 'published']), _negated=True), ('data__isnull', False), _connector='OR'), name='revision_approved_is_frozen'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), models.Q(('before__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='revision_published_keeps_what_was'),
        ),
        Isolate("certificates_revision", {"certificate_id": "certificates_certificate"}),
        # What was approved is frozen; only a published revision changes it, as the next version.
        migrations.RunSQL(
            "CREATE OR REPLACE FUNCTION certificate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            "  IF ((NEW.data IS DISTINCT FROM OLD.data OR NEW.data_sha256 <> OLD.data_sha256"
            "       OR NEW.template_version <> OLD.template_version OR NEW.page_size <> OLD.page_size)"
            "      AND NEW.version <> OLD.version + 1)"
            "     OR NEW.version NOT IN (OLD.version, OLD.version + 1)"
            "     OR NEW.verification_key <> OLD.verification_key OR NEW.line_id <> OLD.line_id"
            "     OR NEW.certifier_id <> OLD.certifier_id"
            "     OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)"
            "  THEN RAISE EXCEPTION 'what was approved is frozen'; END IF;"
            "  RETURN NEW; END $$;"
            " CREATE FUNCTION revision_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            "  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a revision is never deleted'; END IF;"
            "  IF (OLD.data IS NOT NULL AND NEW.data IS DISTINCT FROM OLD.data)"
            "     OR (OLD.before IS NOT NULL AND NEW.before IS DISTINCT FROM OLD.before)"
            "     OR NEW.version <> OLD.version OR NEW.net_kg <> OLD.net_kg OR NEW.lots IS DISTINCT FROM OLD.lots"
            "     OR NEW.remarks <> OLD.remarks OR NEW.why <> OLD.why OR NEW.certificate_id <> OLD.certificate_id"
            "     OR OLD.status IN ('published', 'refused', 'withdrawn')"
            "  THEN RAISE EXCEPTION 'what was asked for and decided is frozen'; END IF;"
            "  RETURN NEW; END $$;"
            " CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON certificates_revision FOR EACH ROW"
            " EXECUTE FUNCTION revision_frozen()",
            migrations.RunSQL.noop,
        ),
    ]
