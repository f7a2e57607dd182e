"""The process dies at every step, in both modes of the registry; cancelling at every step; and who was overtaken."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connections
from django.test import override_settings

from nopic.certificates import actions, tasks
from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.statuses import CertificateStatus, OperationKind
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.transitions import Overtaken
from tests.factories import Side, World
from tests.faults import lab
from tests.faults.lab import begun, drain, fresh, in_a_child, owed, settled, was_killed
from tests.mock_oid import MockOid

STEPS = (
    "dispatch.before_claim",
    "dispatch.after_claim",
    "issuance.before_intent",
    "issuance.after_intent_before_call",
    "issuance.at_the_last_moment",
    "issuance.after_call_before_record",
    "issuance.before_record_commits",
    "issuance.after_record",
)
EITHER = pytest.mark.parametrize("idempotent", [True, False], ids=["idempotent", "not-idempotent"])


def run_once(dispatch_id: int) -> Callable[[], None]:
    return lambda: dispatch.run(dispatch_id)


@EITHER
def test_a_worker_killed_at_any_step_leaves_exactly_one_certificate(
    oid: MockOid, committed_world: World, idempotent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "IN_FLIGHT_PER_TENANT", 50)  # the dead hold their leases for a while
    oid.mode(idempotent=idempotent)
    side = committed_world.here
    certificates = begun(side, len(STEPS) + 1)
    rows = owed("registry")
    for step, row in zip(STEPS, rows, strict=False):
        assert was_killed(in_a_child(run_once(row), crash_at=step)), step
    # and once more while looking up what the first death left behind
    oid.fail("register", "reset_after_commit")
    dispatch.run(rows[-1])
    lab.wait(lambda: rows[-1] in owed("registry", due_only=True))
    assert was_killed(in_a_child(run_once(rows[-1]), crash_at="issuance.after_look_up"))
    drain()
    settled(oid, side, certificates)


@EITHER
def test_workers_frozen_at_any_step_and_overtaken_change_nothing_when_they_wake(
    oid: MockOid, committed_world: World, idempotent: bool
) -> None:
    oid.mode(idempotent=idempotent)
    side = committed_world.here
    steps = ("before_intent", "after_intent_before_call", "at_the_last_moment", "after_call_before_record")
    certificates = begun(side, len(steps))
    sleepers = [
        in_a_child(run_once(row), crash_at=f"issuance.{step}:stop")
        for step, row in zip(steps, owed("registry"), strict=True)
    ]
    drain()  # their leases run out, and this process takes over
    settled(oid, side, certificates)
    before = [fresh(one).number for one in certificates]
    for sleeper in sleepers:
        os.kill(sleeper, signal.SIGCONT)
        assert os.waitpid(sleeper, 0)[1] == 0
    drain()
    settled(oid, side, certificates)
    assert [fresh(one).number for one in certificates] == before
    # what an overtaken one had learnt is kept, although it may change nothing
    assert lab.outcomes(certificates[-1]).count("register accepted") == 1


def test_an_overtaken_worker_that_wakes_while_its_line_is_in_doubt_writes_nothing_and_sends_nothing(
    oid: MockOid, committed_world: World
) -> None:
    oid.mode(idempotent=False)
    side = committed_world.here
    certificates = begun(side)
    [row] = owed("registry")
    sleeper = in_a_child(run_once(row), crash_at="issuance.before_intent:stop")
    lab.wait(lambda: row in owed("registry", due_only=True))
    oid.fail("register", "reset_before_commit")
    dispatch.run(row)
    before = lab.operation_of(certificates[0])
    os.kill(sleeper, signal.SIGCONT)
    assert os.waitpid(sleeper, 0)[1] == 0
    after = lab.operation_of(certificates[0])
    assert (after.status, after.attempts, after.last_sent_at) == ("in_doubt", 1, before.last_sent_at)
    assert len(oid.arrivals("register")) == 1
    drain()
    settled(oid, side, certificates)


@EITHER
def test_nothing_is_sent_again_or_given_up_before_the_bounds_prove_that_nothing_arrived(
    oid: MockOid, committed_world: World, idempotent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "PATIENCE", replace(tasks.PATIENCE, between_not_founds=0))  # the settle time alone
    oid.mode(idempotent=idempotent)
    oid.fail("register", "reset_after_commit", times=2)
    oid.fail("find", "lookup_lag", seconds=60, beyond_bounds=True)  # nobody can see it yet
    side = committed_world.here
    kept, given_up = begun(side, 2)
    for row in owed("registry"):
        dispatch.run(row)
    cancel(side, given_up)
    with override_settings(SETTLE_SECONDS=600):
        for _ in range(4):
            dispatch.hurry("registry", certifier_id=side.certifier.pk)
            for row in owed("registry", due_only=True):
                dispatch.run(row)
        assert fresh(given_up).status == CertificateStatus.ISSUING
        numbers = [oid.numbers(lab.operation_of(one).client_ref) for one in (kept, given_up)]
        assert [len(one) for one in numbers] == [1, 1], "not sent again"
    oid.calm()
    dispatch.hurry("registry", certifier_id=side.certifier.pk)
    drain()
    assert [fresh(one).number for one in (kept, given_up)] == [one for [one] in numbers]
    assert fresh(given_up).status == CertificateStatus.CANCELLED


@EITHER
def test_cancelling_at_any_step_ends_cancelled_in_both_or_in_neither(
    oid: MockOid, committed_world: World, idempotent: bool
) -> None:
    oid.mode(idempotent=idempotent)
    side = committed_world.here
    steps = [*STEPS[:-2], "issuance.after_record"]
    certificates = begun(side, len(steps) + 1)
    rows = owed("registry")
    for step, row, certificate in zip(steps, rows, certificates, strict=False):
        pid = in_a_child(run_once(row), crash_at=f"{step}:stop")
        cancel(side, certificate)
        os.kill(pid, signal.SIGCONT)
        assert os.waitpid(pid, 0)[1] == 0
    lost = certificates[-1]  # its answer is lost, and then it is cancelled
    oid.fail("register", "reset_after_commit")
    dispatch.run(rows[-1])
    cancel(side, lost)
    drain()
    both_agree(oid, side, certificates)
    ended = [fresh(one).status for one in certificates]
    assert ended[0] == ended[1] == ended[2] == CertificateStatus.ABANDONED  # nothing was ever sent
    assert ended[-1] == ended[-2] == CertificateStatus.CANCELLED


@EITHER
def test_a_worker_killed_while_cancelling_ends_cancelled_in_both(
    oid: MockOid, committed_world: World, idempotent: bool
) -> None:
    oid.mode(idempotent=idempotent)
    side = committed_world.here
    steps = ("before_intent", "after_intent_before_call", "after_call_before_record", "before_record_commits")
    certificates = begun(side, len(steps))
    drain()
    for certificate in certificates:
        cancel(side, certificate)
        with tenant(side.certifier):
            assert PublicRecord.objects.get(pk=certificate.pk).cancelled_at, "do not use, from the first moment"
    for step, row in zip(steps, owed("registry"), strict=True):
        assert was_killed(in_a_child(run_once(row), crash_at=f"withdrawing.{step}"))
    drain()
    both_agree(oid, side, certificates)
    assert {fresh(one).status for one in certificates} == {CertificateStatus.CANCELLED}
    assert lab.balance(side) == (0, 0)


def cancel(side: Side, certificate: Certificate) -> None:
    with tenant(side.certifier):
        actions.cancel(certificate=certificate, by=side.reviewer, reason="issued_in_error", note="Wrong lot.")


def both_agree(oid: MockOid, side: Side, certificates: list[Certificate]) -> None:
    """Cancelled in both, or the registry holds nothing and the certificate is abandoned; no kilograms are used."""
    lab.TALLY["runs"] += len(certificates)
    dump = oid.dump()["references"]
    for certificate in map(fresh, certificates):
        there = dump.get(lab.operation_of(certificate).client_ref, [])
        if certificate.status == CertificateStatus.ABANDONED:
            assert there == []
        else:
            assert certificate.status == CertificateStatus.CANCELLED, (certificate.attention, lab.outcomes(certificate))
            assert [(one["number"], one["status"]) for one in there] == [(certificate.number, "cancelled")]
            assert lab.operation_of(certificate, OperationKind.CANCEL).status == "done"
    assert lab.balance(side) == (0, 0)


def test_the_same_task_delivered_five_times_at_once_makes_one_certificate(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    certificates = begun(side, 2)
    rows = owed("registry")
    together([lambda row=row: dispatch.run(row) for row in rows for _ in range(5)])
    drain()
    settled(oid, side, certificates)
    assert len(oid.arrivals("register")) == 2
    for row in rows:  # and long afterwards
        dispatch.run(row)
    assert len(oid.arrivals("register")) == 2


def test_approving_a_line_from_two_sessions_at_once_begins_one_certificate(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    approved, begun_directly = lab.lines(side, 2), lab.lines(side, 2)
    results: list[str] = []

    def session(decide: Callable[[], Certificate]) -> None:
        try:
            with tenant(side.certifier):
                decide()
            results.append("begun")
        except Overtaken:
            results.append("overtaken")

    for line in approved:
        together([lambda line=line: session(lambda: lab.approve(side, line)) for _ in range(2)])
    for line in begun_directly:  # nothing but the database's constraint stands between these two
        together([lambda line=line: session(lambda: actions.begin(line=line, by=side.reviewer)) for _ in range(2)])
    assert sorted(results) == ["begun"] * 4 + ["overtaken"] * 4
    with tenant(side.certifier):
        assert Certificate.objects.count() == len(owed("registry")) == 4


def together(works: list[Callable[[], None]]) -> None:
    """All at the same moment, each on a connection of its own."""
    start = threading.Barrier(len(works))
    faults: list[BaseException] = []

    def one(work: Callable[[], None]) -> None:
        try:
            start.wait(10)
            work()
        except BaseException as error:  # noqa: BLE001 - re-raised below, in the test's own thread
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if faults:
        raise faults[0]
