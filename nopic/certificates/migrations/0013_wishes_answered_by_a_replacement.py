"""A wish to cancel is answered, too, when another certificate takes the place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("certificates", "0012_wishes_to_cancel")]

    operations = [
        migrations.AlterField(
            model_name="cancelwish",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cancelled", "Cancelled"),
                    ("declined", "Not cancelled"),
                    ("replaced", "Replaced by another certificate"),
                ],
                max_length=10,
            ),
        ),
    ]
