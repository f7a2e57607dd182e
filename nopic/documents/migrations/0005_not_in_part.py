from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_office_files")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="organic",
            field=models.CharField(
                blank=True,
                choices=[
                    ("found", "Named as organic in its text"),
                    ("not_found", "Not named as organic in its text"),
                    ("in_part", "Not named as organic in the part of its text that was read"),
                    ("no_text", "A picture without text: look at it"),
                ],
                max_length=10,
            ),
        ),
    ]
