"""One certificate in the place of another: the kilograms go over once, and every interleaving ends the same in both."""

import os
import signal
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from nopic.certificates import policies, standing
from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.statuses import CertificateStatus
from nopic.ledger import accounts
from nopic.oid.client import Registry
from nopic.requests import actions as filing
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests.factories import Side, World
from tests.faults import lab, replacing
from tests.faults.lab import KG, begun, cancel, drain, fresh, in_a_child, owed, was_killed
from tests.mock_oid import MockOid

FAULTS = ("reset_after_commit", "503_after_commit", "500_before_commit")
STEPS = (
    "issuance.before_intent", "issuance.after_intent_before_call", "issuance.after_call_before_record",
    "issuance.before_record_commits",
)  # fmt: skip


def allocated(side: Side, kg: Decimal) -> None:
    """Exactly so many kilograms are verified."""
    with tenant(side.certifier):
        account = lab.account(side)
        accounts.allocate(account, kg - (account.allocated or 0), by="test", reason="a tight year")


def replaced(oid: MockOid, side: Side, old: Certificate, new: Certificate) -> None:
    """The new one is in force in both, the old one dead in both, and each names the other."""
    old, new = fresh(old), fresh(new)
    assert new.status == CertificateStatus.ISSUED, (new.attention, lab.outcomes(new))
    assert (old.status, old.attention) == (CertificateStatus.SUPERSEDED, "")
    registry = Registry(oid.url, lab.key_of(side))
    there, gone = registry.read(new.number or ""), registry.read(old.number or "")
    assert there is not None
    assert gone is not None
    assert (there.status, there.replaces, there.net_weight_kg) == ("published", old.number, new.kilograms)
    assert (gone.status, gone.replaced_by) == ("replaced", new.number)
    with tenant(side.certifier):
        records = {one.number: one for one in PublicRecord.objects.filter(certifier=side.certifier)}
        assert (records[old.number].replaced_by, records[new.number].replaces) == (new.number, old.number)
    call_command("verify_audit", stdout=StringIO())


def test_the_kilograms_of_the_old_one_are_available_to_its_replacement_only(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    [old] = begun(side)
    drain()
    allocated(side, KG + 10)
    with pytest.raises(Refused):
        replacing.sent(side, old, KG + 11)
    with tenant(side.certifier, side.sender):
        request = standing.open_replacement(fresh(old))
        assert request is not None
        filing.withdraw(request=request, by=side.sender, reason="too much")
    new = replacing.approved(side, old, KG + 10)
    assert lab.balance(side) == (10, KG)
    with pytest.raises(Refused):
        lab.lines(side)
    drain()
    replaced(oid, side, old, new)
    assert lab.balance(side) == (0, KG + 10)


def test_replacing_what_is_still_being_issued_waits_for_its_number(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    [old] = begun(side)
    allocated(side, KG)
    oid.fail("register", "503_after_commit")
    dispatch.run(owed("registry")[0])
    new = replacing.approved(side, old)
    assert lab.operation_of(old).status == "in_doubt"
    for row in owed("registry"):
        if row != owed("registry")[0]:
            dispatch.run(row)
    assert lab.operation_of(new).status == "pending"
    drain()
    replaced(oid, side, old, new)
    assert lab.balance(side) == (0, KG)


def test_a_replacement_is_taken_once_although_workers_die_and_replies_are_lost(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    old = begun(side, len(STEPS) + len(FAULTS))
    drain()
    allocated(side, KG * len(old))
    new = [replacing.approved(side, one) for one in old]
    rows = owed("registry")
    for step, row in zip(STEPS, rows, strict=False):
        assert was_killed(in_a_child(lambda row=row: dispatch.run(row), crash_at=step)), step
    for fault, row in zip(FAULTS, rows[len(STEPS) :], strict=True):
        oid.fail("replace", fault)
        dispatch.run(row)
    drain()
    for before, after in zip(old, new, strict=True):
        replaced(oid, side, before, after)
    assert lab.balance(side) == (0, KG * len(old))


def test_cancelling_the_new_one_at_any_step_ends_the_same_in_both(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    old = begun(side, len(STEPS) + 1)
    drain()
    new = [replacing.approved(side, one) for one in old]
    for step, row, certificate in zip(STEPS, owed("registry"), new, strict=False):
        pid = in_a_child(lambda row=row: dispatch.run(row), crash_at=f"{step}:stop")
        if step != "issuance.before_record_commits":  # there the worker holds the rows
            cancel(side, certificate)
        os.kill(pid, signal.SIGCONT)
        assert os.waitpid(pid, 0)[1] == 0
        if step == "issuance.before_record_commits":
            cancel(side, certificate)
    cancel(side, new[-1])  # before it was sent
    drain()
    registry = Registry(oid.url, lab.key_of(side))
    certified = Decimal(0)
    for before, after in ((fresh(a), fresh(b)) for a, b in zip(old, new, strict=True)):
        there = registry.read(before.number or "")
        assert there is not None
        if after.status == CertificateStatus.ABANDONED:
            assert (before.status, there.status) == (CertificateStatus.ISSUED, "published")
            certified += KG
        else:
            assert after.status == CertificateStatus.CANCELLED, lab.outcomes(after)
            gone = registry.read(after.number or "")
            assert gone is not None
            assert (before.status, there.status, gone.status) == (CertificateStatus.SUPERSEDED, "replaced", "cancelled")
    assert fresh(new[-1]).status == CertificateStatus.ABANDONED
    assert lab.balance(side) == (0, certified)
    call_command("verify_audit", stdout=StringIO())


def test_the_old_one_is_cancelled_before_the_approval_or_not_before_the_new_one_has_ended(
    oid: MockOid, committed_world: World
) -> None:
    side = committed_world.here
    early, late = begun(side, 2)
    drain()
    line = replacing.sent(side, early)
    cancel(side, early)
    drain()
    with tenant(side.certifier, side.reviewer), pytest.raises(Refused):
        lab.approve(side, line)
    new = replacing.approved(side, late)
    with pytest.raises(Overtaken):
        cancel(side, late)
    with tenant(side.certifier):
        assert "Its replacement is approved" in policies.obstacles_to_cancel(fresh(late))[0]
    drain()
    replaced(oid, side, late, new)
    assert fresh(early).status == CertificateStatus.CANCELLED
    assert lab.balance(side) == (0, KG)
