from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_given_back_by_a_version")]

    operations = [
        migrations.AlterField(
            "inputentry",
            "kind",
            models.CharField(
                choices=[
                    ("register", "Kilograms on the certificate"),
                    ("correct", "Kilograms corrected"),
                    ("hold", "Held by a sent request"),
                    ("release", "Released: refused, withdrawn, returned or not issued"),
                    ("use", "Used by an issued certificate"),
                    ("give_back", "Given back: certificate cancelled before shipment, or replaced"),
                    ("reduce", "Given back: certificate revised to less"),
                    ("rest", "Given back: never shipped"),
                ],
                max_length=10,
            ),
        )
    ]
