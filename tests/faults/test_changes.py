"""Revisions and reports of weights on the same ladder: killed at every step, replies lost, crossed with cancelling."""

import os
import signal
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from nopic.certificates import actions
from nopic.certificates.actions import revising
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.statuses import CertificateStatus, OperationKind, RevisionStatus
from nopic.oid.client import Registry
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from tests.factories import Side, World
from tests.faults import lab
from tests.faults.lab import KG, begun, cancel, drain, fresh, in_a_child, owed, was_killed
from tests.mock_oid import MockOid

LESS = Decimal("60.5")
STEPS = ("before_intent", "after_intent_before_call", "after_call_before_record", "before_record_commits")
KINDS = pytest.mark.parametrize("kind", [OperationKind.REVISE, OperationKind.WEIGHTS])
FAULTS = ("reset_after_commit", "503_after_commit", "500_before_commit", "malformed", "duplicate_reply")


def change(side: Side, certificate: Certificate, kind: OperationKind) -> None:
    """Owe the registry a revision that a reviewer approved, or a report of one truck."""
    now = fresh(certificate)
    with tenant(side.certifier):
        if kind == OperationKind.WEIGHTS:
            trucks = [("truck-1", date(2026, 3, 12), LESS)]
            revising.report_weights(certificate=now, shipments=trucks, by=side.reviewer)
            return
        wish = revising.Wish(
            LESS, [("VV-26-0", LESS)], "One bag fewer.", "A bag stayed here.", gross_kg=LESS + 1, packages=1
        )
        revision = revising.ask(certificate=now, wish=wish, by=side.sender)
        revising.approve(revision=revision, by=side.reviewer)


def taken_once(oid: MockOid, side: Side, certificates: list[Certificate], kind: OperationKind) -> None:
    """The registry took each change exactly once, and both sides say the same."""
    registry = Registry(oid.url, lab.key_of(side))
    log = oid.dump()["control_log"]
    for certificate in map(fresh, certificates):
        there = registry.read(certificate.number or "")
        assert there is not None
        operation = lab.operation_of(certificate, kind)
        assert operation.status == "done", (certificate.attention, lab.outcomes(certificate))
        assert [one["number"] for one in log if one["client_ref"] == operation.client_ref] == [certificate.number]
        assert certificate.status == CertificateStatus.ISSUED
        assert certificate.attention == ""
        if kind == OperationKind.REVISE:
            assert (there.version, certificate.version, there.net_weight_kg) == (2, 2, LESS)
            assert certificate.data["net_weight_kg"] == str(LESS)
        else:
            assert (there.weights_sequence, there.actual_net_weight_kg, certificate.actual_kg) == (1, LESS, LESS)
    kg = LESS if kind == OperationKind.REVISE else KG
    assert lab.balance(side) == (0, kg * len(certificates))
    call_command("verify_audit", stdout=StringIO())


@KINDS
@pytest.mark.parametrize("idempotent", [True, False], ids=["idempotent", "not-idempotent"])
def test_a_change_is_taken_once_although_workers_die_and_replies_are_lost(
    oid: MockOid, committed_world: World, kind: OperationKind, idempotent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "IN_FLIGHT_PER_TENANT", 50)
    oid.mode(idempotent=idempotent)
    side = committed_world.here
    certificates = begun(side, len(STEPS) + len(FAULTS))
    drain()
    for certificate in certificates:
        change(side, certificate, kind)
    rows = owed("registry")
    for step, row in zip(STEPS, rows, strict=False):
        assert was_killed(in_a_child(lambda row=row: dispatch.run(row), crash_at=f"withdrawing.{step}")), step
    endpoint = "revise" if kind == OperationKind.REVISE else "weight"
    for fault, row in zip(FAULTS, rows[len(STEPS) :], strict=True):
        oid.fail(endpoint, fault)
        dispatch.run(row)
    drain()
    taken_once(oid, side, certificates, kind)


@KINDS
def test_cancelling_at_any_step_of_a_change_ends_cancelled_in_both(
    oid: MockOid, committed_world: World, kind: OperationKind
) -> None:
    side = committed_world.here
    certificates = begun(side, len(STEPS) + 1)
    drain()
    for certificate in certificates:
        change(side, certificate, kind)
    for step, row, certificate in zip(STEPS, owed("registry"), certificates, strict=False):
        pid = in_a_child(lambda row=row: dispatch.run(row), crash_at=f"withdrawing.{step}:stop")
        if step != "before_record_commits":  # there the worker holds the rows, and the cancellation waits for it
            cancel(side, certificate)
        os.kill(pid, signal.SIGCONT)
        assert os.waitpid(pid, 0)[1] == 0
        if step == "before_record_commits":
            cancel(side, certificate)
    cancel(side, certificates[-1])  # before it was sent
    drain()
    registry = Registry(oid.url, lab.key_of(side))
    for certificate in map(fresh, certificates):
        assert certificate.status == CertificateStatus.CANCELLED, (certificate.attention, lab.outcomes(certificate))
        there = registry.read(certificate.number or "")
        assert there is not None
        assert there.status == "cancelled"
        with tenant(side.certifier):
            left_open = Revision.objects.filter(certificate=certificate, status__in=["requested", "approved"])
            assert not left_open.exists()
    assert lab.balance(side) == (0, 0)


def test_a_change_that_the_registry_refuses_waits_for_a_person_and_can_be_tried_again(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    drain()
    change(side, certificate, OperationKind.REVISE)
    oid.fail("revise", "409", times=50)
    oid.fail("find", "lookup_lag", seconds=60, beyond_bounds=True)
    for _ in range(14):
        dispatch.hurry("registry", certifier_id=side.certifier.pk)
        for row in owed("registry", due_only=True):
            dispatch.run(row)
    stuck = fresh(certificate)
    assert (stuck.status, stuck.version) == (CertificateStatus.ISSUED, 1)
    assert "no usable answer" in stuck.attention
    oid.calm()
    lab.press(side, actions.try_again, certificate)
    taken_once(oid, side, [certificate], OperationKind.REVISE)


def test_a_later_report_takes_the_place_of_one_in_doubt_and_versions_follow_each_other(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    [certificate] = begun(side)
    drain()
    oid.fail("weight", "reset_after_commit")
    change(side, certificate, OperationKind.WEIGHTS)
    dispatch.run(owed("registry")[0])
    change(side, certificate, OperationKind.REVISE)
    with tenant(side.certifier):
        trucks = [("truck-1", date(2026, 3, 12), LESS), ("truck-2", date(2026, 3, 13), Decimal(30))]
        revising.report_weights(certificate=fresh(certificate), shipments=trucks, by=side.reviewer)
    drain()
    there = Registry(oid.url, lab.key_of(side)).read(fresh(certificate).number or "")
    assert there is not None
    assert (there.weights_sequence, there.actual_net_weight_kg, there.version) == (2, Decimal("90.5"), 2)
    with tenant(side.certifier):
        wish = revising.Wish(LESS, [("VV-26-0", LESS)], "Seen at the port.", "A remark.")
        revision = revising.ask(certificate=fresh(certificate), wish=wish, by=side.sender)
        revising.approve(revision=revision, by=side.reviewer)
    drain()
    ended = fresh(certificate)
    assert (ended.version, ended.data["revision"]["remarks"]) == (3, "Seen at the port.")
    with tenant(side.certifier):
        kept = Revision.objects.filter(certificate=certificate).order_by("version")
        assert [(one.version, one.status) for one in kept] == [(2, RevisionStatus.PUBLISHED), (3, "published")]
        assert [one.before["net_weight_kg"] for one in kept if one.before] == [str(KG), str(LESS)]
    assert lab.balance(side) == (0, LESS)
