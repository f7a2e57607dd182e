"""What may still leave under a certificate is tied to it, together with the certifier."""

from django.db import migrations

from nopic.tenants.rls import tie


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0001_initial"),
        ("frames", "0001_time_frames"),
    ]

    operations = [
        migrations.RunSQL(
            tie("frames_allowance", "certificate_id", "certificates_certificate"), migrations.RunSQL.noop
        ),
    ]
