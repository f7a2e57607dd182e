import django.db.models.deletion
from django.db import migrations, models

from nopic.tenants.rls import Isolate


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
        ("requests", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(db_collation="C", max_length=60)),
                (
                    "certifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.certifier"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="search_words",
                        to="requests.certificaterequest",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["certifier", "word", "request"], name="search_word_range")],
                "constraints": [
                    models.UniqueConstraint(fields=("certifier", "request", "word"), name="search_word_once")
                ],
            },
        ),
        Isolate("review_searchword", {"request_id": "requests_certificaterequest"}),
    ]
