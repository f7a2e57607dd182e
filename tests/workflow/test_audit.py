"""The audit chain: sealed at commit, and every kind of tampering is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

from nopic.tenants.context import tenant
from nopic.workflow.audit import record
from nopic.workflow.models import AuditEvent
from tests import databases
from tests.factories import World


def three_events(world: World) -> None:
    for verb in ("first", "second", "third"):
        with tenant(world.here.certifier):
            record(world.here.exporter, verb, by=world.here.admin, old="a", new="b", note="because", kg="1.5")


def tamper(statement: str) -> None:
    """As the owner, past the triggers, as somebody with the keys of the database would."""
    with databases.owner() as owner:
        owner.execute("ALTER TABLE workflow_auditevent DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE workflow_auditevent NO FORCE ROW LEVEL SECURITY")
        assert owner.execute(statement).rowcount > 0
        owner.execute("ALTER TABLE workflow_auditevent FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE workflow_auditevent ENABLE TRIGGER USER")


def test_events_are_chained_in_the_order_of_commits(committed_world: World) -> None:
    three_events(committed_world)
    with tenant(committed_world.here.certifier):
        events = list(AuditEvent.objects.filter(certifier_id=committed_world.here.certifier.pk).order_by("sequence"))
    assert [e.sequence for e in events] == list(range(1, len(events) + 1))
    assert [e.previous for e in events] == ["", *(e.digest for e in events[:-1])]
    assert [e.verb for e in events[-3:]] == ["first", "second", "third"]
    call_command("verify_audit")


def test_events_of_rolled_back_work_leave_no_trace(committed_world: World) -> None:
    with pytest.raises(RuntimeError), tenant(committed_world.here.certifier):
        record(committed_world.here.exporter, "never", by="a test")
        raise RuntimeError
    three_events(committed_world)
    call_command("verify_audit")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow_auditevent SET note = 'for a friend' WHERE verb = 'second'",
        "DELETE FROM workflow_auditevent WHERE verb = 'second'",
        "DELETE FROM workflow_auditevent WHERE verb = 'third'",
        "UPDATE workflow_auditevent SET sequence = 1000 - sequence WHERE verb IN ('first', 'second')",
        "UPDATE workflow_auditevent SET at = at - interval '1 day' WHERE verb = 'first'",
    ],
)
def test_an_edited_deleted_or_reordered_event_is_found(committed_world: World, statement: str) -> None:
    three_events(committed_world)
    tamper(statement)
    with pytest.raises(CommandError, match="chain"):
        call_command("verify_audit")


@pytest.mark.parametrize("statement", ["UPDATE workflow_auditevent SET note = 'x'", "DELETE FROM workflow_auditevent"])
def test_the_runtime_role_may_not_touch_the_log(world: World, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        tenant(world.here.certifier),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
