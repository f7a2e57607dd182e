"""Versions of a policy that begin on a day, may be withdrawn before it, and never change."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from nopic.tenants.rls import AppendOnly, Isolate

ONLY_BEFORE_IT_BEGINS = """
CREATE FUNCTION policy_not_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM tenants_policy p
              WHERE p.certifier_id = NEW.certifier_id AND p.id = NEW.policy_id AND p.effective_from <= clock_timestamp()) THEN
    RAISE EXCEPTION 'a policy that has begun cannot be withdrawn';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policy_not_begun BEFORE INSERT ON tenants_policywithdrawal
  FOR EACH ROW EXECUTE FUNCTION policy_not_begun();
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField("policy", "changed", models.JSONField(default=dict)),
        migrations.AddField("policy", "carries", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "policy", "at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())
        ),
        migrations.CreateModel(
            name="PolicyWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("note", models.TextField(blank=True)),
                (
                    "certifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.certifier"
                    ),
                ),
                (
                    "policy",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="tenants.policy",
                    ),
                ),
            ],
        ),
        Isolate("tenants_policywithdrawal", {"policy_id": "tenants_policy"}),
        AppendOnly("tenants_policy", "tenants_policywithdrawal"),
        migrations.RunSQL(ONLY_BEFORE_IT_BEGINS, migrations.RunSQL.noop),
    ]
