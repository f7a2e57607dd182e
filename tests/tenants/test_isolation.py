"""The walls between certifiers, as the database keeps them."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import BigIntegerField

from nopic.products.models import ProductItem, ProductVersion
from nopic.tenants.context import AnotherTenant, identity, tenant
from nopic.tenants.models import Exporter, Membership
from tests.factories import World

WITHOUT_TENANT = {"workflow_dispatch", "tenants_secret"}  # ids only; see their docstrings


# Read, or also written, by importers, brokers, invited people, keys and links; the audit log also holds what is nobody's.
WITH_DOORS = {
    "certificates_publicrecord", "tenants_apikey", "tenants_invitation", "tenants_membership", "workflow_auditevent",
    "workflow_audithead",
}  # fmt: skip


def tenant_tables() -> dict[str, list[str]]:
    """Every table with a certifier_id, and its foreign keys to other such tables."""
    models = [m for m in apps.get_models() if any(f.column == "certifier_id" for f in m._meta.concrete_fields)]
    closed = {m._meta.db_table for m in models} - WITHOUT_TENANT
    return {
        m._meta.db_table: [
            f.column
            for f in m._meta.concrete_fields
            if f.is_relation and f.related_model._meta.db_table in closed and f.column != "certifier_id"
        ]
        for m in models
        if m._meta.db_table in closed
    }


def plain_references() -> set[tuple[str, str]]:
    """Columns that name a row of a higher floor by its number; the audit log names whatever there is."""
    return {
        (m._meta.db_table, f.column)
        for m in apps.get_models()
        if m._meta.db_table in tenant_tables() and m._meta.app_label != "workflow"
        for f in m._meta.concrete_fields
        if type(f) is BigIntegerField and f.column.endswith("_id") and f.column != "certifier_id"
    }


def test_every_tenant_table_has_forced_row_level_security(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relrowsecurity AND relforcerowsecurity"
            " AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
        )
        closed = {name for (name,) in cursor.fetchall()}
    assert set(tenant_tables()) - closed == set()


def test_nothing_leads_around_the_walls(db: None) -> None:
    """No view that reads with its owner's rights, one policy for each table, and another one than the tenant's only where
    somebody outside the certifier may come in by a door of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v','m','f')"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT relname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)"
            " FROM pg_policy JOIN pg_class c ON c.oid = polrelid ORDER BY relname"
        )
        policies = cursor.fetchall()
    assert len(policies) == len({table for table, *_rest in policies})
    plain = {(command, visible, writable) for table, command, visible, writable in policies if table not in WITH_DOORS}
    assert len(plain) == 1
    ((command, visible, writable),) = plain
    assert (command, visible == writable, "app.tenant" in visible) == ("*", True, True)
    open_to_others = {
        table: writable or visible for table, _command, visible, writable in policies if table in WITH_DOORS
    }
    assert set(open_to_others) == WITH_DOORS
    assert "app.user" not in open_to_others["tenants_membership"]  # nobody gives themselves a role
    assert open_to_others["certificates_publicrecord"] == visible


def test_every_child_names_its_parent_together_with_the_certifier(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2")
        ties = {name for (name,) in cursor.fetchall()}
    wanted = {f"{table}_{column}_tenant" for table, columns in tenant_tables().items() for column in columns}
    wanted |= {f"{table}_{column}_tenant" for table, column in plain_references()}
    assert wanted - ties == set()


def test_without_a_door_there_are_no_rows(world: World) -> None:
    assert list(Exporter.objects.all()) == []
    assert list(Membership.objects.all()) == []


def test_a_door_shows_its_own_rows_only(world: World) -> None:
    with tenant(world.here.certifier):
        assert list(Exporter.objects.all()) == [world.here.exporter]
    with tenant(world.there.certifier):
        assert list(Exporter.objects.all()) == [world.there.exporter]
    assert list(Exporter.objects.all()) == []


def test_doors_of_two_tenants_do_not_nest(world: World) -> None:
    with tenant(world.here.certifier), pytest.raises(AnotherTenant), tenant(world.there.certifier):
        pass


def test_a_row_cannot_be_written_for_another_tenant(world: World) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), tenant(world.here.certifier):
        ProductItem.objects.create(certifier=world.there.certifier, exporter=world.here.exporter, code="X")


def test_a_child_cannot_hang_on_another_tenants_parent(world: World) -> None:
    stolen = world.there.item.pk
    with pytest.raises(IntegrityError, match="tenant"), transaction.atomic(), tenant(world.here.certifier):
        ProductItem.objects.create(certifier=world.here.certifier, exporter_id=world.there.exporter.pk, code="X")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert stolen


def test_a_person_sees_their_own_memberships_before_any_tenant_is_known(world: World) -> None:
    with identity(world.here.sender):
        assert [m.user_id for m in Membership.objects.all()] == [world.here.sender.pk]


def test_the_runtime_role_is_restricted(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_the_runtime_role_cannot_read_secrets(db: None) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM tenants_secret")


def test_what_runs_as_the_owner_is_for_the_runtime_role_alone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        functions = dict(cursor.fetchall())
    assert set(functions) >= {"resolve_secret", "register_secret", "forget_secret", "audit_seal"}
    assert not any(functions.values()), functions


def test_a_version_of_a_product_is_never_edited(world: World) -> None:
    with pytest.raises(Exception, match="never edited"), tenant(world.here.certifier):
        ProductVersion.objects.filter(pk=world.here.version.pk).update(wording="something else")
