"""A number has versions, and reports of actual weights have an order."""

from django.db import migrations, models

_KINDS = ["register", "replace", "replaced", "cancel", "weight", "revise"]


class Migration(migrations.Migration):
    dependencies = [("mock_oid", "0003_no_late_commit")]
    operations = [
        migrations.AddField("certificate", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("certificate", "weights_sequence", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "logentry", "kind", models.CharField(max_length=8, choices=[(kind, kind.capitalize()) for kind in _KINDS])
        ),
    ]
