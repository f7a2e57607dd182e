"""A fee belongs to a request, and to a line of it, of the same certifier."""

from django.db import migrations

from nopic.tenants.rls import tie


class Migration(migrations.Migration):
    dependencies = [("fees", "0001_initial"), ("requests", "0008_filed_on_behalf")]

    operations = [
        migrations.RunSQL(tie("fees_charge", "request_id", "requests_certificaterequest"), migrations.RunSQL.noop),
        migrations.RunSQL(tie("fees_charge", "line_id", "requests_requestline"), migrations.RunSQL.noop),
    ]
