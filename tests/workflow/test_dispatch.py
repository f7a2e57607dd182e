"""What is owed: claimed by one at a time, fenced, shared fairly between tenants, and never forgotten."""

import ast
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, connections, transaction
from django.test import override_settings

from nopic.workflow import dispatch, tasks
from nopic.workflow.dispatch import Claim, Later, LostLease
from nopic.workflow.models import Dispatch
from nopic.workflow.relay import Relay
from tests.factories import World

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A topic of its own; the list holds what was worked on."""
    done: list[int] = []

    def handler(claim: Claim) -> Later | None:
        done.append(claim.subject_id)
        with transaction.atomic():
            claim.finish()
        return None

    monkeypatch.setattr(dispatch, "HANDLERS", {"test": ("issue", handler)})
    return done


@pytest.fixture
def clean(committed: None) -> Iterator[None]:
    """Real commits."""
    yield
    connections.close_all()


def owed(subject: int, certifier: int = 1) -> int:
    with transaction.atomic():
        dispatch.owe("test", subject, certifier_id=certifier)
    return Dispatch.objects.get(topic="test", subject_id=subject, certifier_id=certifier, done_at=None).pk


def claimed(pk: int) -> Claim:
    claim = dispatch.claim(pk)
    assert claim is not None
    return claim


def test_owing_twice_is_one_debt_and_doing_it_twice_is_harmless(clean: None, work: list[int]) -> None:
    pk = owed(7)
    assert owed(7) == pk
    dispatch.run(pk)
    dispatch.run(pk)
    assert work == [7]
    assert owed(7) != pk


def test_what_is_rolled_back_was_never_owed(clean: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        dispatch.owe("test", 1, certifier_id=1)
        raise RuntimeError
    assert Dispatch.objects.count() == 0


def test_a_claimed_row_cannot_be_claimed_until_its_lease_is_over_and_then_counts_as_a_crash(clean: None) -> None:
    pk = owed(1)
    with override_settings(LEASE_SECONDS=0.2):
        first = claimed(pk)
        assert dispatch.claim(pk) is None
        threading.Event().wait(0.25)
        second = claimed(pk)
    assert (first.crashes, second.crashes) == (0, 1)
    assert first.seconds_left() < 0 < second.seconds_left() + 0.2
    for change in (first.keep, first.finish):
        with pytest.raises(LostLease), transaction.atomic():
            change()
    dispatch.postpone(first, Later(60, "late"))  # changes nothing either
    with transaction.atomic():
        second.finish()


def test_what_is_owed_again_while_it_is_worked_on_is_done_once_more_by_nobody_else(
    clean: None, work: list[int]
) -> None:
    pk = owed(1)
    claim = claimed(pk)
    assert owed(1) == pk
    assert dispatch.claim(pk) is None, "still leased"
    with transaction.atomic():
        claim.finish()
    assert Dispatch.objects.get(pk=pk).done_at is None
    dispatch.run(pk)
    assert work == [1]
    assert Dispatch.objects.get(pk=pk).done_at


def test_what_is_owed_again_is_not_postponed(clean: None) -> None:
    pk = owed(1)
    claim = claimed(pk)
    owed(1)
    dispatch.postpone(claim, Later(600, "busy"))
    assert dispatch.claim(pk)


def test_postponed_work_waits_and_can_be_hurried(clean: None) -> None:
    pk = owed(1)
    dispatch.postpone(claimed(pk), Later(600, "busy"))
    assert dispatch.claim(pk) is None
    assert 500 < dispatch.seconds_until_due(1000) <= 600
    dispatch.hurry("test", certifier_id=2)
    assert dispatch.claim(pk) is None
    dispatch.hurry("test", certifier_id=1)
    assert dispatch.claim(pk)


def test_work_that_fails_is_tried_again_later(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Claim) -> Later | None:
        raise ZeroDivisionError

    monkeypatch.setattr(dispatch, "HANDLERS", {"test": ("issue", broken)})
    pk = owed(1)
    dispatch.run(pk)
    row = Dispatch.objects.get(pk=pk)
    assert (row.done_at, row.lease_until, row.reason) == (None, None, "ZeroDivisionError")


def test_a_restart_of_the_database_under_the_work_is_no_crash_of_the_work(
    clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = connection.get_new_connection
    refused = iter(["the database system is starting up"] * 3)

    def starting_up(parameters: dict[str, Any]) -> Any:
        if why := next(refused, None):
            raise OperationalError(why)
        return connect(parameters)

    def cut_off(_: Claim) -> Later | None:
        monkeypatch.setattr(connection, "get_new_connection", starting_up)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return None

    monkeypatch.setattr(dispatch, "HANDLERS", {"test": ("issue", cut_off)})
    monkeypatch.setattr(dispatch, "RECONNECT_SECONDS", 0.0)
    pk = owed(1)
    dispatch.run(pk)
    row = Dispatch.objects.get(pk=pk)
    assert (row.lease_until, row.reason, row.crashes) == (None, "OperationalError", 0)


def test_tenants_take_turns_and_none_has_more_than_its_share(clean: None) -> None:
    for subject in range(20):
        owed(subject, certifier=1)
    for subject in range(2):
        owed(subject, certifier=2)
    taken = Dispatch.objects.in_bulk([pk for pk, _, _ in dispatch.take_due(100)])
    shares = [row.certifier_id for row in taken.values()]
    assert (shares.count(1), shares.count(2)) == (dispatch.IN_FLIGHT_PER_TENANT, 2)
    assert dispatch.take_due(100) == [], "what was handed out counts as under way"
    first = next(row for row in taken.values() if row.certifier_id == 1)
    dispatch.run(first.pk)
    assert len(dispatch.take_due(100)) == 1, "one has finished, one may follow"


def test_a_wake_up_of_a_tenant_with_enough_in_flight_is_not_lost(clean: None) -> None:
    rows = [owed(subject) for subject in range(dispatch.IN_FLIGHT_PER_TENANT + 1)]
    *begun, last = rows
    claims = [claimed(pk) for pk in begun]
    Dispatch.objects.filter(pk=last).update(woken_at=dispatch.database_now())
    dispatch.run(last)
    assert dispatch.take_due(100) == []
    with transaction.atomic():
        claims[0].finish()
    assert dispatch.take_due(100) == [(last, "issue", False)]


def test_two_sweepers_never_take_the_same_row(clean: None) -> None:
    for subject in range(40):
        owed(subject, certifier=subject)
    taken: list[int] = []
    start = threading.Barrier(4)

    def sweeper() -> None:
        start.wait(5)
        for _ in range(20):
            taken.extend(pk for pk, _, _ in dispatch.take_due(3))
        connections.close_all()

    threads = [threading.Thread(target=sweeper) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


def test_a_topic_that_this_process_does_not_know_is_left_to_others(clean: None) -> None:
    with transaction.atomic():
        dispatch.owe("of a newer release", 1, certifier_id=1)
    assert dispatch.take_due(10) == []


class HangingBroker:
    """Accepts a connection and never answers."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def connection_or_acquire(self) -> "HangingBroker":
        self.released.wait(20)
        raise ConnectionError


def test_a_broker_that_hangs_holds_the_sweeper_for_its_patience_only_and_the_work_is_done_here(
    clean: None, work: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nopic.workflow.relay.PATIENCE_SECONDS", 0.2)
    broker = HangingBroker()
    relay = Relay(broker)  # type: ignore[arg-type]
    owed(1)
    relay.sweep()
    relay.hands.shutdown(wait=True)
    assert work == [1]
    assert not relay._tell([(1, "issue", False)]), "not asked again while it hangs"
    broker.released.set()
    relay.publisher.shutdown(wait=True)


def test_what_the_broker_was_told_and_nobody_claimed_is_done_here(clean: None, work: list[int]) -> None:
    told: list[int] = []

    class Deaf(Relay):
        def _publish(self, rows: list[tuple[int, str, bool]]) -> bool:
            told.extend(pk for pk, _, _ in rows)
            return True

    relay = Deaf(None)  # type: ignore[arg-type]
    pk = owed(1)
    with override_settings(SWEEP_SECONDS=0.1):
        relay.sweep()
        assert (told, work) == ([pk], [])
        threading.Event().wait(0.15)
        relay.sweep()
        relay.hands.shutdown(wait=True)
    assert (told, work) == ([pk], [1])
    relay.publisher.shutdown()


def test_no_rate_limit_gives_way_to_others(clean: None) -> None:
    cache.set("limit:signing-in", [1, 2, 3], 300)
    for number in range(400):  # more than Django keeps by itself
        cache.set(f"another:{number}", 1, 300)
    assert cache.get("limit:signing-in") == [1, 2, 3]


def test_done_rows_spent_rate_limits_and_ended_sessions_are_tidied(clean: None) -> None:
    for subject in (1, 2):
        dispatch.run(owed(subject))
    owed(3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_dispatch SET done_at = now() - interval '8 days' WHERE subject_id = 1")
        cursor.execute(
            "INSERT INTO rate_limits (cache_key, value, expires) VALUES"
            " ('old', '', now() - interval '1 hour'), ('new', '', now() + interval '1 hour')"
        )
        cursor.execute(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES"
            " ('old', '', now() - interval '1 hour'), ('new', '', now() + interval '1 hour')"
        )
        tasks.tidy()
        cursor.execute("SELECT session_key FROM django_session")
        assert cursor.fetchall() == [("new",)]
        cursor.execute("SELECT cache_key FROM rate_limits")
        assert cursor.fetchall() == [("new",)]
    assert sorted(Dispatch.objects.values_list("subject_id", flat=True)) == [2, 3]


def test_only_the_sweeper_publishes() -> None:
    publishing = {"send_task", "apply_async", "delay"}
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "nopic").rglob("*.py")
        if "demo" not in path.parts  # measures, serves nobody
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in publishing
    }
    assert found == {"nopic/workflow/relay.py"}


def test_the_world_is_not_needed_here(world: World) -> None:
    """Both certifiers' rows lie in one table that holds ids only."""
    names = {field.name for field in Dispatch._meta.get_fields()}
    assert names == {
        "id", "topic", "certifier_id", "subject_id", "due_at", "woken_at", "lease_until", "fence", "asked", "attempts",
        "crashes", "reason", "created_at", "done_at",
    }  # fmt: skip
