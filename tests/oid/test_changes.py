"""What the registry lets happen to a published number: the next version, a successor, reports of actual weights."""

from datetime import date
from decimal import Decimal

import pytest

from nopic.oid.client import AlreadyRegistered, Rejected, Unavailable
from nopic.oid.payloads import client_ref, fingerprint, replace_payload, revise_payload, weights_payload
from tests.oid import examples


def revision(number, *, version=2, kg="30000", remarks="Two bags fewer."):
    return revise_payload(number, examples.payload(net_weight_kg=kg), version=version, remarks=remarks)


def replacement(old_ref, **changes):
    payload = replace_payload(examples.payload(**changes), replaces=old_ref)
    return payload, fingerprint(payload)


def test_a_revision_keeps_the_number_and_lowers_the_weight(registry, register):
    number = register(1).number
    done = registry.revise("v-2", revision(number))
    assert (done.kind, done.number, done.status) == ("revise", number, "published")
    assert registry.find("v-2") == (done,)
    assert registry.revise("v-2", revision(number)) == done
    record = registry.read(number)
    assert (record.version, record.net_weight_kg, record.client_ref) == (2, Decimal(30000), client_ref(1, 1))


def test_a_version_may_correct_tariff_code_and_importer_whom_the_registry_must_know(oid, registry, register):
    number = register(1).number
    there = registry.read(number)
    other = examples.payload(hts="0901.11.0025")
    registry.revise("v-2", revise_payload(number, other, version=2, remarks="A slip."))
    assert (registry.read(number).hts, registry.read(number).importer_nop_id) == ("0901.11.0025", there.importer_nop_id)
    unknown = {**other, "importer": {**other["importer"], "nop_id": "9199999999"}}
    with pytest.raises(Rejected) as refused:
        registry.revise("v-3", revise_payload(number, unknown, version=3, remarks="A slip."))
    assert refused.value.code == "importer_unknown"
    assert registry.read(number).version == 2


def test_no_version_is_taken_twice_or_left_out_and_none_is_heavier(registry, register):
    number = register(1).number
    registry.revise("v-2", revision(number))
    for version, ref in ((2, "v-2-again"), (4, "v-4")):
        with pytest.raises(AlreadyRegistered) as clash:
            registry.revise(ref, revision(number, version=version))
        assert clash.value.code == "version"
    with pytest.raises(Rejected) as up:
        registry.revise("v-3", revision(number, version=3, kg="30000.001"))
    assert up.value.code == "weight_up"
    assert registry.read(number).version == 2


def test_a_replacement_names_the_old_one_by_our_reference(registry, register):
    old = register(1)
    payload, sha256 = replacement(old.client_ref, hts="0901.11.0025")
    new = registry.replace("r-1", payload, sha256=sha256)
    assert (new.kind, new.status) == ("replace", "published")
    assert new.number != old.number
    assert registry.replace("r-1", payload, sha256=sha256) == new
    assert (registry.read(old.number).status, registry.read(old.number).replaced_by) == ("replaced", new.number)
    assert registry.read(new.number).replaces == old.number
    with pytest.raises(AlreadyRegistered) as twice:
        registry.replace("r-2", payload, sha256=sha256)
    assert twice.value.code == "already_replaced"


def test_what_is_unknown_or_cancelled_cannot_be_replaced(oid, registry, register):
    payload, sha256 = replacement("n1-NOTHING")
    with pytest.raises(Rejected) as unknown:
        registry.replace("r-1", payload, sha256=sha256)
    assert unknown.value.code == "reference_unknown"
    old = register(1)
    registry.cancel("c-1", old.number, "late", "")
    payload, sha256 = replacement(old.client_ref)
    with pytest.raises(AlreadyRegistered) as gone:
        registry.replace("r-1", payload, sha256=sha256)
    assert gone.value.code == "already_cancelled"
    assert len(oid.dump()["references"]) == 1


def test_actual_weights_are_reported_again_and_an_older_report_never_wins(registry, register):
    number = register(1).number
    trucks = [("t-1", date(2026, 3, 12), Decimal("19000.5")), ("t-2", date(2026, 3, 13), Decimal(19000))]
    registry.report_weights("w-2", weights_payload(number, sequence=2, net_kg=Decimal("38000.5"), shipments=trucks))
    with pytest.raises(AlreadyRegistered) as late:
        registry.report_weights("w-1", weights_payload(number, sequence=1, net_kg=Decimal(19000)))
    assert late.value.code == "sequence"
    record = registry.read(number)
    assert (record.weights_sequence, record.actual_net_weight_kg) == (2, Decimal("38000.5"))
    with pytest.raises(Rejected) as wrong:
        registry.report_weights("w-3", weights_payload(number, sequence=3, net_kg=Decimal(1), shipments=trucks))
    assert wrong.value.code == "weight_sum"


@pytest.mark.parametrize("endpoint", ["revise", "replace", "weight"])
def test_a_lost_reply_to_a_change_is_found_under_its_reference(oid, registry, register, endpoint):
    old = register(1)
    payload, sha256 = replacement(old.client_ref)
    act = {
        "revise": lambda: registry.revise("x-1", revision(old.number)),
        "replace": lambda: registry.replace("x-1", payload, sha256=sha256),
        "weight": lambda: registry.report_weights("x-1", weights_payload(old.number, sequence=1, net_kg=Decimal(9))),
    }[endpoint]
    oid.fail(endpoint, "reset_after_commit")
    with pytest.raises(Unavailable) as lost:
        act()
    assert lost.value.left
    assert [one.kind for one in registry.find("x-1")] == [endpoint]
