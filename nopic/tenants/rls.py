"""How a migration closes a table: row-level security, and parents that must belong to the same certifier."""

from collections.abc import Mapping

from django.conf import settings
from django.db import migrations

OF_TENANT = "certifier_id = (SELECT NULLIF(current_setting('app.tenant', true), '')::bigint)"


def setting(name: str) -> str:
    """SQL for one door setting as bigint; NULL when that door is closed, so that nothing matches."""
    return f"(SELECT NULLIF(current_setting('app.{name}', true), '')::bigint)"


class Isolate(migrations.RunSQL):
    """Put a table behind its certifier's door and tie it to its parents by (certifier_id, id).

    FORCE, because the owner role is not exempt either. Foreign keys ignore row-level security, therefore a child must
    name its parent together with the certifier. `parents` maps the column to the parent table.
    """

    def __init__(
        self,
        table: str,
        parents: Mapping[str, str] | None = None,
        *,
        key: str = "id",
        visible: str = OF_TENANT,
        writable: str = OF_TENANT,
    ) -> None:
        self.table = table
        statements = [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY tenant_isolation ON "{table}" USING ({visible}) WITH CHECK ({writable})',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant_id" UNIQUE (certifier_id, {key})',
        ] + [tie(table, column, parent) for column, parent in (parents or {}).items()]
        super().__init__("; ".join(statements), migrations.RunSQL.noop)


def tie(table: str, column: str, parent: str) -> str:
    """SQL of the composite foreign key of one column."""
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_tenant" FOREIGN KEY (certifier_id, {column})'
        f' REFERENCES "{parent}" (certifier_id, id) DEFERRABLE INITIALLY DEFERRED'
    )


class AppendOnly(migrations.RunSQL):
    """Rows may be inserted and read, by anybody, and never changed again."""

    def __init__(self, *tables: str) -> None:
        statements = [
            "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        ]
        for table in tables:
            statements += [
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
                f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {settings.RUNTIME_ROLE}',
            ]
        super().__init__("; ".join(statements), migrations.RunSQL.noop)
