"""The turnaround class that the exporter chose."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0002_purchase_proofs")]

    operations = [
        migrations.AddField(
            model_name="certificaterequest",
            name="turnaround",
            field=models.CharField(blank=True, max_length=40, default=""),
            preserve_default=False,
        ),
    ]
