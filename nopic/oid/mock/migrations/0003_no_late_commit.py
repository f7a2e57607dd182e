"""No act is committed after the deadline of the request that asked for it, however late its commit arrives."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION mock_oid_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF clock_timestamp() > to_timestamp(NULLIF(current_setting('mock_oid.deadline', true), '')::float8) THEN
    RAISE EXCEPTION 'the deadline of the request is over' USING ERRCODE = 'query_canceled';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER log_is_in_time AFTER INSERT ON mock_oid_logentry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION mock_oid_in_time();
"""
BACKWARD = """
DROP TRIGGER log_is_in_time ON mock_oid_logentry;
DROP FUNCTION mock_oid_in_time();
"""


class Migration(migrations.Migration):
    dependencies = [("mock_oid", "0002_append_only_log")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
