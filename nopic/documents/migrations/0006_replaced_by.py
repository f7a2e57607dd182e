from django.db import migrations, models

from nopic.tenants.rls import tie


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_not_in_part")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="replaced_by",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=models.deletion.PROTECT, related_name="+",
                to="documents.document",
            ),
        ),
        migrations.RunSQL(tie("documents_document", "replaced_by_id", "documents_document"), migrations.RunSQL.noop),
    ]
