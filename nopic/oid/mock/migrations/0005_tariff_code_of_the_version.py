"""A version says its own tariff code, which a correction may have changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mock_oid", "0004_versions_and_reports")]
    operations = [
        migrations.AddField("certificate", "hts", models.CharField(max_length=12, default=""), preserve_default=False),
        migrations.RunSQL(
            "UPDATE mock_oid_certificate SET hts = payload->>'hts'",
            migrations.RunSQL.noop,
        ),
    ]
