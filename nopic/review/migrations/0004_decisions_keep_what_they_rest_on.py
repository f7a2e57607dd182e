"""Each decision keeps the facts and findings that it rests on, so that it can be judged again."""

import django.db.models.deletion
from django.db import migrations, models

from nopic.tenants.rls import AppendOnly, Isolate


class Migration(migrations.Migration):
    dependencies = [("requests", "0006_questions_and_second_check"), ('review', '0003_low_risk'), ("tenants", "0003_language_and_roster")]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("turn", models.PositiveSmallIntegerField()),
                ("outcome", models.CharField(max_length=10)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("facts", models.JSONField()),
                ("waivers", models.JSONField()),
                ("findings", models.JSONField()),
                ("certifier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.certifier")),
                ("line", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="requests.requestline")),
                ("policy", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.policy")),
                ("request", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="requests.certificaterequest")),
            ],
        ),
        Isolate(
            "review_decision",
            {"request_id": "requests_certificaterequest", "line_id": "requests_requestline", "policy_id": "tenants_policy"},
        ),
        AppendOnly("review_decision"),
    ]
