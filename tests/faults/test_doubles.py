"""A number is ours only when the registry says so of the number itself; and a second certificate is never forgotten."""

import time
from datetime import timedelta
from typing import Any

import pytest

from nopic.certificates import actions
from nopic.certificates.issuance.bounds import the_clocks_agree
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus
from nopic.oid.client import Registry
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from tests import factories
from tests.factories import Side, World
from tests.faults import lab
from tests.faults.lab import begun, cancel, drain, fresh, outcomes, owed, press, settled, stopped
from tests.mock_oid import MockOid


def test_a_number_is_ours_only_when_the_registry_says_so_of_the_number_itself(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    [theirs] = begun(side)
    [row] = owed("registry")  # its number is given and not recorded: no constraint of ours knows it
    assert lab.was_killed(lab.in_a_child(lambda: dispatch.run(row), crash_at="issuance.after_call_before_record"))
    oid.fail("register", "duplicate_reply")
    [ours] = begun(side)
    dispatch.run(next(one for one in owed("registry") if one != row))
    assert fresh(ours).number is None
    assert outcomes(ours) == ["register sent", "register not_ours"]
    drain()
    settled(oid, side, [theirs, ours])


def test_a_look_up_that_names_another_number_waits_for_a_person(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    first, second = begun(side, 2)
    dispatch.run(owed("registry")[0])
    oid.fail("register", "reset_after_commit")
    oid.fail("find", "duplicate_reply")
    drain()
    assert fresh(first).number in stopped(second)
    assert outcomes(second)[-1] == "find not_ours"
    press(side, actions.look_up_again, second)
    settled(oid, side, [first, second])


def test_a_number_that_cannot_be_asked_about_is_not_recorded_yet(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    certificates = begun(side, 3)
    for fault in ("503_before_commit", "malformed", "401"):
        oid.fail("read", fault)
    for row in owed("registry"):
        dispatch.run(row)
    assert [fresh(one).number for one in certificates] == [None] * 3
    assert outcomes(certificates[0]) == ["register sent", "register accepted", "read ambiguous"]
    with tenant(side.certifier):
        actions.renew_key(certifier=side.certifier, secret=lab.key_of(side), by=side.admin)
    drain()
    settled(oid, side, certificates)


def test_a_number_that_a_new_registry_gives_again_is_not_taken(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    [first] = begun(side)
    drain()
    oid.reset()  # it has lost everything, and counts from one again
    [second] = begun(side)
    drain()
    assert f"{fresh(first).number}, which another certificate has already" in stopped(second)
    assert outcomes(second)[-1] == "register accepted"


def sent_twice(oid: MockOid, side: Side) -> tuple[Certificate, list[str]]:
    """A certificate that the registry, against its own bounds, holds twice, as the confirmation found it."""
    oid.mode(idempotent=False)
    oid.fail("find", "lookup_lag", seconds=60, beyond_bounds=True)
    oid.fail("register", "reset_after_commit")
    [certificate] = begun(side)
    drain()
    oid.calm()
    drain("confirm")
    numbers = oid.numbers(lab.operation_of(certificate).client_ref)
    assert len(numbers) == 2
    assert all(number in fresh(certificate).attention for number in numbers)
    return certificate, numbers


def test_a_second_certificate_needs_attention_until_the_registry_has_cancelled_it(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    certificate, numbers = sent_twice(oid, side)
    assert fresh(certificate).number == numbers[1]
    oid.fail("find", "lookup_lag", seconds=60, beyond_bounds=True)  # a look-up that shows nothing is no proof
    for _ in range(2):
        press(side, actions.look_up_again, certificate)
        assert numbers[0] in fresh(certificate).attention, "pressing does not make it go away"
        drain("confirm")
        assert numbers[0] in fresh(certificate).attention
        oid.calm()
    Registry(oid.url, lab.key_of(side)).cancel("by-hand", numbers[0], "issued_in_error", "")
    press(side, actions.look_up_again, certificate)
    drain_confirmations(side)
    assert (fresh(certificate).attention, fresh(certificate).registry_lists) == ("", None)
    assert fresh(certificate).status == CertificateStatus.ISSUED


def test_cancelling_does_not_forget_the_second_certificate(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    certificate, numbers = sent_twice(oid, side)
    cancel(side, certificate)
    drain()
    ended = fresh(certificate)
    assert ended.status == CertificateStatus.CANCELLED
    there = oid.dump()["references"][lab.operation_of(certificate).client_ref]
    assert [(one["number"], one["status"]) for one in there] == [(numbers[0], "published"), (numbers[1], "cancelled")]
    assert numbers[0] in ended.attention
    staff = factories.signed_in(side.reviewer)
    at = f"/{side.certifier.slug}/certificates/{certificate.pk}/"
    shown = staff.get(at).content.decode()
    assert f"Cancel {numbers[0]} in the registry, then look up again." in shown
    assert "Once it is cancelled there" in shown
    assert numbers[1] in staff.get(f"/{side.certifier.slug}/certificates/?state=attention").content.decode()
    Registry(oid.url, lab.key_of(side)).cancel("by-hand", numbers[0], "issued_in_error", "")
    press(side, actions.look_up_again, certificate)
    drain_confirmations(side)
    assert fresh(certificate).attention == ""
    assert "A person must look" not in staff.get(at).content.decode()


def drain_confirmations(side: Side) -> None:
    """All that is owed of them, also the last look a day later."""

    def nothing_left() -> bool:
        dispatch.hurry("confirm", certifier_id=side.certifier.pk)
        for row in owed("confirm", due_only=True):
            dispatch.run(row)
        return not owed("confirm")

    lab.wait(nothing_left)


@pytest.mark.parametrize("seen", ["at first", "at the last look"])
def test_a_sending_that_arrives_after_all_is_seen(oid: MockOid, committed_world: World, seen: str) -> None:
    side = committed_world.here
    oid.mode(idempotent=False)
    oid.fail("register", "slow", seconds=600, beyond_bounds=True)
    [certificate] = begun(side)
    drain()
    reference = lab.operation_of(certificate).client_ref
    if seen == "at the last look":
        lab.wait(lambda: "find confirmed" in outcomes(certificate) or drain_due("confirm"))
    oid.calm()  # now it arrives
    lab.wait(lambda: len(oid.numbers(reference)) == 2)
    drain_confirmations(side)
    assert outcomes(certificate)[-1] == "find differs"
    assert all(number in fresh(certificate).attention for number in oid.numbers(reference))


def drain_due(topic: str) -> None:
    for row in owed(topic, due_only=True):
        dispatch.run(row)


def test_a_sending_that_arrives_after_it_was_given_up_is_seen(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    oid.fail("register", "slow", seconds=600, beyond_bounds=True)
    [certificate] = begun(side)
    dispatch.run(owed("registry")[0])
    cancel(side, certificate)
    drain()
    assert fresh(certificate).status == CertificateStatus.ABANDONED
    oid.calm()  # now it arrives
    reference = lab.operation_of(certificate).client_ref
    [number] = lab.wait(lambda: oid.numbers(reference))
    drain_confirmations(side)
    assert number in fresh(certificate).attention
    Registry(oid.url, lab.key_of(side)).cancel("by-hand", number, "issued_in_error", "")
    press(side, actions.try_again, certificate)
    drain_confirmations(side)
    assert fresh(certificate).attention == ""


def test_clocks_that_differ_are_warned_of(oid: MockOid, monkeypatch: pytest.MonkeyPatch) -> None:
    assert the_clocks_agree(databases=["default"]) == []
    moment = dispatch.database_now()
    for seconds, words in ((60, "seconds ahead of"), (-60, "seconds behind")):
        monkeypatch.setattr(
            "nopic.certificates.issuance.bounds.database_now", lambda by=seconds: moment + timedelta(seconds=by)
        )
        [warning] = the_clocks_agree(databases=["default"])
        assert (warning.id, words in warning.msg) == ("nopic.W011", True), warning.msg


def test_a_worker_with_a_fast_clock_sends_by_the_databases(
    oid: MockOid, committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    register = Registry.register

    def watched(self: Registry, *args: Any, sent_at: float, **options: Any) -> Any:
        told.append(sent_at)
        return register(self, *args, sent_at=sent_at, **options)

    monkeypatch.setattr(Registry, "register", watched)
    before = dispatch.database_now().timestamp()
    certificates = begun(committed_world.here)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    drain()
    monkeypatch.undo()
    assert before < told[0] < dispatch.database_now().timestamp()
    settled(oid, committed_world.here, certificates)
