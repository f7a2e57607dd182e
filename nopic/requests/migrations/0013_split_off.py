"""A request may be for the part of a certificate's goods that leaves later; it knows what stays there."""

import django.db.models.deletion
from django.db import migrations, models

from nopic.tenants.rls import tie


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0012_signed_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificaterequest",
            name="split_line",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="requests.requestline",
            ),
        ),
        migrations.AddField(
            model_name="certificaterequest",
            name="split_stays_kg",
            field=models.DecimalField(decimal_places=3, max_digits=14, null=True),
        ),
        migrations.AddConstraint(
            model_name="certificaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("split_line", None), ("split_stays_kg", None)),
                    models.Q(
                        ("split_line__isnull", False), ("split_stays_kg__gt", 0), ("split_stays_kg__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="request_split_says_what_stays",
            ),
        ),
        migrations.RunSQL(
            tie("requests_certificaterequest", "split_line_id", "requests_requestline"), migrations.RunSQL.noop
        ),
    ]
