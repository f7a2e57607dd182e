"""The control log cannot be changed, not even by a bug: issued, cancelled and replaced numbers stay on record."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION mock_oid_no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the control log is append-only'; END $$;
CREATE TRIGGER log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mock_oid_logentry
  FOR EACH STATEMENT EXECUTE FUNCTION mock_oid_no_change();
"""
BACKWARD = """
DROP TRIGGER log_is_append_only ON mock_oid_logentry;
DROP FUNCTION mock_oid_no_change();
"""


class Migration(migrations.Migration):
    dependencies = [("mock_oid", "0001_the_registry")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
