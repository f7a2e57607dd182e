"""Kilograms go over from one certificate to the one in its place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_rest'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('allocate', 'Verified quantity set or raised'), ('no_cap', 'No verified quantity to watch any more'), ('open', 'Opening balance: certified elsewhere this year'), ('hold', 'Held by a sent request'), ('release', 'Released: refused, withdrawn or returned'), ('issue', 'Certified'), ('give_back', 'Given back: certificate cancelled'), ('reduce', 'Given back: certificate revised to fewer kilograms'), ('rest', 'Given back: not shipped under the certificate'), ('swap', 'Certified in the place of the certificate that it replaces')], max_length=10),
        ),
    ]
