"""What the registry's bounds cannot settle, and what only a person can decide, waits for a person; nothing is guessed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, current_thread, main_thread

import pytest
from django.db import connections
from django.test import override_settings

from nopic.certificates import actions, projection, queries
from nopic.certificates.issuance.bounds import the_settle_time_is_long_enough
from nopic.certificates.models import RegistryOperation
from nopic.certificates.statuses import CertificateStatus
from nopic.oid.client import Registry
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.clock import today
from nopic.workflow.transitions import Overtaken, Refused
from tests.factories import World
from tests.faults import lab
from tests.faults.lab import KG, balance, begun, cancel, drain, fresh, outcomes, owed, press, settled, stopped
from tests.faults.times import IN_FLIGHT, LAG
from tests.mock_oid import MockOid


def test_a_settle_time_within_the_bounds_is_never_relied_on(oid: MockOid, committed_world: World) -> None:
    oid.mode(idempotent=False)
    oid.fail("register", "reset_before_commit")
    side = committed_world.here
    [certificate] = begun(side)
    with override_settings(SETTLE_SECONDS=IN_FLIGHT + LAG):
        assert [fault.id for fault in the_settle_time_is_long_enough()] == ["nopic.E010"]
        drain()
        assert "OID_SETTLE_SECONDS must be longer" in stopped(certificate)
        assert len(oid.arrivals("register")) == 1
        press(side, actions.try_again, certificate)
        assert "OID_SETTLE_SECONDS" in stopped(certificate)
    assert the_settle_time_is_long_enough() == []
    press(side, actions.try_again, certificate)
    settled(oid, side, [certificate])


def test_something_else_under_our_reference_waits_for_a_person(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    operation = lab.operation_of(certificate)
    other = {**operation.payload, "net_weight_kg": "1"}
    from nopic.oid.payloads import fingerprint

    Registry(oid.url, lab.key_of(side)).register(operation.client_ref, other, sha256=fingerprint(other))
    drain()
    assert "something else under our reference" in stopped(certificate)
    with tenant(side.certifier):
        [shown] = queries.attention(side.certifier.pk)
        assert [(one.call, one.outcome) for one in shown.attempts][-2:] == [("register", "clash"), ("find", "found")]
        assert shown.operation == operation
        assert queries.waiting_counts(side.certifier.pk) == {"attention": 1, "revisions": 0, "wishes": 0}
    assert len(oid.numbers(operation.client_ref)) == 1


def test_looking_up_again_sends_nothing_and_adopts_what_is_there(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    absent, present = begun(side, 2)
    oid.fail("register", "reset_before_commit")
    oid.fail("register", "reset_after_commit")
    for row in owed("registry"):
        dispatch.run(row)
    oid.fail("find", "500_before_commit", times=2)
    with override_settings(TIME_SCALE=0.0):  # no patience at all
        drain()
    assert "no usable answer" in stopped(absent)
    assert "no usable answer" in stopped(present)
    press(side, actions.look_up_again, absent)
    assert "holds nothing under our reference" in stopped(absent)
    press(side, actions.look_up_again, present)
    settled_one = fresh(present)
    assert settled_one.status == CertificateStatus.ISSUED
    assert len(oid.arrivals("register")) == 2
    with tenant(side.certifier), pytest.raises(Overtaken):
        actions.look_up_again(certificate=present, by=side.colleague)
    press(side, actions.try_again, absent)
    settled(oid, side, [absent, present])


def test_goods_that_have_left_are_never_sent_but_a_lost_answer_is_still_adopted(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    sent, unsent = begun(side, 2)
    oid.fail("register", "reset_after_commit")
    dispatch.run(owed("registry")[0])
    with tenant(side.certifier):
        CertificateRequest.objects.update(departed_on=today("UTC"))
    drain()
    assert fresh(sent).status == CertificateStatus.ISSUED
    assert "left on" in stopped(unsent)
    assert len(oid.arrivals("register")) == 1


def test_a_registry_that_is_away_costs_no_patience_and_a_cancel_then_abandons_at_once(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    waits, given_up = begun(side, 2)
    with override_settings(OID_URL="http://127.0.0.1:9"):
        for _ in range(20):
            for row in owed("registry", due_only=True):
                dispatch.run(row)
        cancel(side, given_up)
    assert lab.operation_of(waits).attempts == 0
    assert fresh(given_up).status == CertificateStatus.ABANDONED
    assert balance(side) == (KG, 0)
    drain()
    settled(oid, side, [waits])
    with tenant(side.certifier), pytest.raises(Overtaken):
        actions.cancel(certificate=given_up, by=side.reviewer, reason="issued_in_error")


@pytest.mark.parametrize("left", [True, False])
def test_kilograms_of_a_cancelled_certificate_come_back_unless_the_goods_have_left(
    oid: MockOid, committed_world: World, left: bool
) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    drain()
    if left:
        with tenant(side.certifier):
            CertificateRequest.objects.update(departed_on=today("UTC") - timedelta(days=2))
    with tenant(side.certifier), pytest.raises(Refused):
        actions.cancel(certificate=certificate, by=side.reviewer, reason="no such reason")
    cancel(side, certificate)
    drain()
    ended = fresh(certificate)
    assert ended.status == CertificateStatus.CANCELLED
    assert balance(side) == (0, KG if left else 0)
    assert ended.kilograms_kept == left
    there = oid.dump()["references"][lab.operation_of(certificate).client_ref]
    assert [one["status"] for one in there] == ["cancelled"]


def test_what_is_cancelled_meanwhile_is_not_written_over_by_the_departure(
    oid: MockOid, committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    drain()
    reached, go = Event(), Event()
    asked = projection.final_document_owed

    def slow(request: CertificateRequest) -> bool:
        if current_thread() is not main_thread():
            reached.set()
            go.wait(2)  # the cancellation has to wait for us, or comes to its end while we wait
        return asked(request)

    def exporter() -> None:
        with tenant(side.certifier):
            request = CertificateRequest.objects.get(pk=certificate.request_id)
            requests.declare_departure(request=request, by=side.sender, departed_on=today("UTC"), new_date=None, why="")
            projection.refresh_request(request)
        connections.close_all()

    monkeypatch.setattr(projection, "final_document_owed", slow)
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(exporter)
        assert reached.wait(20)
        cancel(side, certificate)
        drain()
        go.set()
        said.result()
    drain()
    with tenant(side.certifier):
        after = fresh(certificate)
        assert after.status == after.record.status == CertificateStatus.CANCELLED
        assert after.record.cancelled_at
        assert after.record.departed_on, "neither of the two is lost"


def test_cancelled_by_hand_in_the_registry_is_recognised(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    drain()
    Registry(oid.url, lab.key_of(side)).cancel("by-hand", fresh(certificate).number or "", "issued_in_error", "")
    cancel(side, certificate)
    drain()
    assert fresh(certificate).status == CertificateStatus.CANCELLED
    assert outcomes(certificate)[-2:] == ["cancel clash", "read cancelled"]


def test_a_cancellation_that_the_registry_refuses_needs_attention_and_stays_unusable(
    oid: MockOid, committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    drain()
    oid.reset()  # the registry has lost it
    cancel(side, certificate)
    drain()
    after = fresh(certificate)
    assert after.status == CertificateStatus.ISSUED
    assert "refused" in after.attention
    with tenant(side.certifier):
        assert not queries.is_valid(after)
        assert queries.state(after) == CertificateStatus.CANCELLED
        assert RegistryOperation.objects.get(kind="cancel").status == "refused"
        assert after.record.cancelled_at
