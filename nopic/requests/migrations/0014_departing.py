"""Requests are found by their day of departure, to be laid beside each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0013_split_off")]

    operations = [
        migrations.AddIndex(
            model_name="certificaterequest",
            index=models.Index(fields=["certifier", "departure_on"], name="request_departing"),
        ),
    ]
