"""Every way in which the registry can answer badly, met by several lines at once, in both of its modes."""

from typing import Any

import pytest

from nopic.certificates import actions
from nopic.certificates.statuses import CertificateStatus
from nopic.tenants.context import tenant
from nopic.tenants.models import RegistryCredential
from tests.factories import World
from tests.faults import lab
from tests.faults.lab import begun, drain, fresh, outcomes, settled
from tests.mock_oid import MockOid

LINES = 3
FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("500_before_commit", {}),
    ("503_before_commit", {"retry_after": 0}),
    ("503_after_commit", {}),
    ("reset_before_commit", {}),
    ("reset_after_commit", {}),
    ("slow", {"seconds": 1.5}),
    ("slow_after_commit", {"seconds": 1.5}),
    ("malformed", {}),
    ("html", {}),
    ("empty", {}),
    ("wrong_number_format", {}),
    ("huge", {}),
    ("drip", {"seconds_per_byte": 0.05}),
    ("409", {}),
    ("429", {"retry_after": 0}),
]


@pytest.mark.long
@pytest.mark.parametrize("idempotent", [True, False], ids=["idempotent", "not-idempotent"])
@pytest.mark.parametrize("endpoint", ["register", "find"])
def test_every_bad_answer_ends_in_exactly_one_certificate(
    oid: MockOid, committed_world: World, endpoint: str, idempotent: bool
) -> None:
    oid.mode(idempotent=idempotent)
    if endpoint == "find":  # a look-up happens only after a lost answer
        oid.fail("register", "reset_after_commit", times=len(FAULTS))
    for fault, arguments in FAULTS:
        oid.fail(endpoint, fault, **arguments)
    side = committed_world.here
    certificates = begun(side, len(FAULTS))
    drain()
    settled(oid, side, certificates)


def test_nothing_wrong_takes_one_call_and_three_questions(oid: MockOid, committed_world: World) -> None:
    certificates = begun(committed_world.here, LINES)
    drain()
    settled(oid, committed_world.here, certificates)
    assert outcomes(certificates[0]) == ["register sent", "register accepted"]
    assert len(oid.arrivals("register")) == LINES
    assert len(oid.arrivals("operation")) == 2 * LINES
    assert len(oid.arrivals("read")) == LINES
    assert oid.arrivals("find") == []


def test_a_key_that_is_not_accepted_stops_the_certifier_and_burns_no_tries(
    oid: MockOid, committed_world: World
) -> None:
    side, other = committed_world.here, committed_world.there
    oid.fail("operation", "401")
    first = begun(side, LINES)
    second = begun(other)
    for dispatch_id in lab.owed("registry"):
        lab.dispatch.run(dispatch_id)
    with tenant(side.certifier):
        assert RegistryCredential.objects.get().rejected_at
    assert len(oid.arrivals("operation")) == 1 + 2  # one refused, and the other certifier's two
    settled(oid, other, second)
    assert [lab.operation_of(c).attempts for c in first] == [0] * LINES
    with tenant(side.certifier):
        actions.renew_key(certifier=side.certifier, secret=lab.key_of(side), by=side.admin)
    drain()
    settled(oid, side, first)


def test_what_the_registry_refuses_waits_for_a_person(oid: MockOid, committed_world: World) -> None:
    side = committed_world.here
    oid.load(
        operations=[
            {
                "nop_id": committed_world.importer.nop_id,
                "name": "Bay Bridge",
                "kind": "importer",
                "country": "US",
                "state": "California",
                "status": "suspended",
                "status_since": "2026-05-04",
            }
        ]
    )
    [certificate] = begun(side)
    drain()
    stopped = fresh(certificate)
    assert stopped.status == CertificateStatus.NEEDS_ATTENTION
    assert "is not certified at present" in stopped.attention
    assert oid.arrivals("register") == []
    assert lab.balance(side) == (lab.KG, 0)
    lab.press(side, actions.look_up_again, certificate)  # the reason stays as long as it holds
    assert "is not certified at present" in fresh(certificate).attention
    lab.introduce(oid, committed_world)
    lab.press(side, actions.look_up_again, certificate)
    assert "nothing stands against it now" in fresh(certificate).attention
    assert oid.arrivals("register") == []
    with tenant(side.certifier):
        actions.try_again(certificate=certificate, by=side.reviewer)
    drain()
    settled(oid, side, [certificate])
