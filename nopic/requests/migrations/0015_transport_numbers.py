"""What each request travels in, in plain letters and figures, kept by the database for those that name the same.

A trigger, because a row here that is not what the request says would hide a container that is named twice. While
questions are open, what was sent last stays: what is being typed counts once it is sent.
"""

import string

import django.db.models.deletion
from django.db import migrations, models

from nopic.tenants.rls import Isolate

MARKS = string.punctuation + string.whitespace + "\u00a0\u2007\u202f\u2010\u2011\u2013\u2014"

PLAINLY = f"""
CREATE FUNCTION transport_numbers(r requests_certificaterequest) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT DISTINCT left(plain, 120) FROM (
    SELECT translate(said, '{string.ascii_lowercase}' || {{marks}}, '{string.ascii_uppercase}') AS plain FROM (
      VALUES (r.vessel), (r.transport_document)
      UNION ALL
      SELECT names.said FROM jsonb_array_elements(r.containers) AS unit
        CROSS JOIN LATERAL (VALUES (unit->>'number'), (unit->>'seal')) AS names(said)
    ) AS told(said)
  ) AS plainly WHERE plain <> ''
$$
""".format(marks="U&'" + "".join(f"\\{ord(mark):04x}" for mark in MARKS) + "'")
KEPT = """
CREATE FUNCTION keep_transport_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM requests_transportnumber WHERE certifier_id = NEW.certifier_id AND request_id = NEW.id;
  END IF;
  INSERT INTO requests_transportnumber (certifier_id, request_id, plain)
    SELECT NEW.certifier_id, NEW.id, plain FROM transport_numbers(NEW) AS plain;
  RETURN NULL;
END $$;
CREATE TRIGGER transport_numbers_first AFTER INSERT ON requests_certificaterequest
  FOR EACH ROW EXECUTE FUNCTION keep_transport_numbers();
CREATE TRIGGER transport_numbers_again
  AFTER UPDATE OF vessel, transport_document, containers, status ON requests_certificaterequest
  FOR EACH ROW WHEN (NEW.status <> 'questions_open' AND (
    OLD.status = 'questions_open' OR (OLD.vessel, OLD.transport_document, OLD.containers)
                                     IS DISTINCT FROM (NEW.vessel, NEW.transport_document, NEW.containers)))
  EXECUTE FUNCTION keep_transport_numbers()
"""
# The owner sees each certifier's requests only behind its door. What is deferred is checked at once, because no table is
# altered while a check of its rows is pending, and Django adds a foreign key at the end.
FILL = """
DO $$ DECLARE office bigint;
BEGIN
  FOR office IN SELECT id FROM tenants_certifier LOOP
    PERFORM set_config('app.tenant', office::text, true);
    INSERT INTO requests_transportnumber (certifier_id, request_id, plain)
      SELECT r.certifier_id, r.id, plain FROM requests_certificaterequest r, transport_numbers(r) AS plain;
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("requests", "0014_departing"), ("tenants", "0003_language_and_roster")]

    operations = [
        migrations.CreateModel(
            name="TransportNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plain", models.CharField(db_collation="C", max_length=120)),
                (
                    "certifier",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.certifier"),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests.certificaterequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("certifier", "request", "plain"), name="transport_number_once")
                ],
                "indexes": [models.Index(fields=["certifier", "plain", "request"], name="transport_number_found")],
            },
        ),
        Isolate("requests_transportnumber", {"request_id": "requests_certificaterequest"}),
        migrations.RunSQL([(PLAINLY, None), (KEPT, None), (FILL, None)], migrations.RunSQL.noop),
    ]
