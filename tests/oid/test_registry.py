"""The registry's own rules, over real HTTP: what it registers, refuses and never does twice."""

import threading
import time
from decimal import Decimal

import httpx2
import psycopg
import pytest

from nopic.oid.client import AlreadyRegistered, Registry, Rejected, Unavailable
from nopic.oid.numbers import is_certificate_number
from nopic.oid.payloads import client_ref, fingerprint
from tests.oid import examples


def test_an_operation_is_listed_with_its_status_kind_and_dates(registry):
    exporter = registry.operation("9010000017")
    assert exporter.name == "Cooperativa Valle Verde"
    assert exporter.is_certified
    assert exporter.exports
    assert not exporter.imports
    assert exporter.address_lines == ("Barrio El Centro", "Marcala")
    lapsed = registry.operation("9020000029")
    assert (lapsed.status, lapsed.is_certified, lapsed.imports) == ("suspended", False, True)
    assert registry.operation("9099999999") is None
    assert registry.evidence.status == 200


def test_a_registered_certificate_is_published_with_a_number_and_can_be_found_and_read(registry, register):
    done = register(1)
    assert is_certificate_number(done.number)
    assert (done.kind, done.status) == ("register", "published")
    assert done.sha256 == fingerprint(examples.payload())
    assert done.evidence.status == 201
    assert len(done.evidence.raw_sha256) == 64
    assert registry.find(client_ref(1, 1)) == (done,)
    record = registry.read(done.number)
    assert (record.status, record.net_weight_kg, record.actual_net_weight_kg) == ("published", Decimal(38400), None)
    assert record.published_at == done.published_at


def test_what_the_registry_does_not_hold_is_nothing_and_not_a_failure(registry):
    assert registry.find("n1-NOTHING") == ()
    assert registry.read("901-9010000017-999999") is None


def test_numbers_rise_and_are_never_given_again_also_not_after_cancellation(oid, registry, register):
    first, second = register(1), register(2)
    registry.cancel("c-2", second.number, "documents_late", "No bill of lading.")
    third = register(3)
    assert [number[-6:] for number in (first.number, second.number, third.number)] == ["000001", "000002", "000003"]
    assert [(entry["kind"], entry["number"]) for entry in oid.dump()["control_log"]] == [
        ("register", first.number),
        ("register", second.number),
        ("cancel", second.number),
        ("register", third.number),
    ]


def test_thirty_registrations_at_once_get_thirty_numbers(oid, until_known):
    numbers = []
    threads = [threading.Thread(target=lambda n=n: numbers.append(until_known(n).number)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 30


def test_the_same_reference_twice_is_one_certificate_when_the_registry_is_idempotent(oid, registry, register):
    assert registry.bounds().idempotent
    first = register(1)
    again = register(1)
    assert again == first
    assert again.evidence.status == 200
    assert oid.numbers(client_ref(1, 1)) == [first.number]


def test_the_same_reference_at_once_from_ten_threads_is_one_certificate(oid, until_known):
    numbers = []
    threads = [threading.Thread(target=lambda: numbers.append(until_known(1).number)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 10
    assert oid.numbers(client_ref(1, 1)) == [numbers[0]]


def test_the_same_reference_with_another_payload_clashes_loudly(oid, register):
    first = register(1)
    with pytest.raises(AlreadyRegistered) as clash:
        register(1, net_weight_kg="1")
    assert clash.value.code == "reference_used"
    assert clash.value.evidence.status == 409
    assert oid.numbers(client_ref(1, 1)) == [first.number]


def test_a_registry_that_is_not_idempotent_really_makes_duplicates_and_lists_them_all(oid, registry, register):
    oid.mode(idempotent=False)
    assert not registry.bounds().idempotent
    first, second = register(1), register(1)
    assert first.number != second.number
    assert registry.find(client_ref(1, 1)) == (first, second)
    assert oid.numbers(client_ref(1, 1)) == [first.number, second.number]


def test_references_of_one_certifier_mean_nothing_to_another(oid, registry, register):
    done = register(1)
    rival = Registry(oid.url, examples.KEYS["902"])
    assert rival.find(client_ref(1, 1)) == ()
    assert rival.read(done.number) is None
    with pytest.raises(Rejected) as refused:
        rival.cancel("c-1", done.number, "documents_late", "")
    assert refused.value.code == "number_unknown"


def _party(role, nop_id):
    return {role: {**examples.payload()[role], "nop_id": nop_id}}


@pytest.mark.parametrize(
    "changes, code",
    [
        (_party("exporter", "9099999999"), "exporter_unknown"),
        (_party("exporter", "9010000025"), "certifier_not_allowed"),
        (_party("exporter", "9020000011"), "exporter_wrong_kind"),
        (_party("importer", "9020000029"), "importer_not_certified"),
        (_party("importer", "9020000045"), "importer_not_certified"),
        (_party("importer", "9010000017"), "importer_wrong_kind"),
        (_party("importer", "902000001"), "shape"),
        ({"final_handler": {"name": "X", "nop_id": "9020000029", "certifier": "Y"}}, "final_handler_not_certified"),
        ({"certifier": {"name": "Rival", "nop_code": "902"}}, "certifier_not_allowed"),
        ({"hts": "0901.11.00.15"}, "shape"),
        ({"hts": "0901110015"}, "shape"),
        ({"net_weight_kg": "0"}, "weight"),
        ({"net_weight_kg": "-1"}, "shape"),
        ({"net_weight_kg": "38,400"}, "shape"),
        ({"net_weight_kg": "3.84E4"}, "shape"),
        ({"net_weight_kg": "0.0001"}, "shape"),
        ({"coverage": {"kind": "single", "first_departure": "2026-03-12", "last_departure": "2026-03-11"}}, "dates"),
        ({"coverage": {"kind": "single", "first_departure": "12/3/2026", "last_departure": "2026-03-19"}}, "shape"),
        ({"coverage": {"kind": "blanket", "first_departure": "2026-03-12", "last_departure": "2026-03-19"}}, "shape"),
        ({"standard": None}, "shape"),
        ({"lots": [{"code": "a\0b", "kg": None}]}, "shape"),
    ],
)
def test_what_is_not_acceptable_is_rejected_with_a_reason_and_leaves_nothing(oid, register, changes, code):
    with pytest.raises(Rejected) as refused:
        register(1, **changes)
    assert refused.value.code == code
    assert refused.value.text
    assert refused.value.evidence.status == 422
    assert oid.numbers(client_ref(1, 1)) == []


def test_a_time_frame_and_an_importer_that_does_both_are_accepted(register):
    coverage = {"kind": "time_frame", "first_departure": "2026-03-01", "last_departure": "2026-05-31"}
    assert register(1, coverage=coverage, **_party("importer", "9020000037")).status == "published"


def test_a_hash_that_is_not_the_payloads_is_rejected(registry):
    with pytest.raises(Rejected) as refused:
        registry.register("n1-HASH", examples.payload(), sha256="0" * 64)
    assert refused.value.code == "hash"


def test_a_suspended_exporter_gets_no_certificate_from_that_moment(oid, register):
    operation = examples.OPERATIONS[0]
    oid.load(operations=[{**operation, "status": "suspended", "status_since": "2026-06-01"}])
    try:
        with pytest.raises(Rejected) as refused:
            register(1)
        assert refused.value.code == "exporter_not_certified"
        assert "suspended since 2026-06-01" in refused.value.text
    finally:
        oid.load(operations=[operation])
    assert register(1).status == "published"


def test_cancelling_is_final_and_repeating_it_is_harmless(registry, register):
    number = register(1).number
    done = registry.cancel("c-1", number, "documents_late", "No bill of lading.")
    assert (done.kind, done.status, done.number) == ("cancel", "cancelled", number)
    assert registry.cancel("c-1", number, "documents_late", "No bill of lading.") == done
    assert registry.find("c-1") == (done,)
    record = registry.read(number)
    assert (record.status, record.cancel_reason) == ("cancelled", "documents_late")
    assert record.cancelled_at is not None
    with pytest.raises(AlreadyRegistered) as clash:
        registry.cancel("c-2", number, "documents_late", "")
    assert clash.value.code == "already_cancelled"
    assert [one.status for one in registry.find(client_ref(1, 1))] == ["cancelled"]


def _act(oid, number, act, ref, payload):
    """What the registry offers and the portal does not use, over plain HTTP."""
    return httpx2.post(
        f"{oid.url}/api/v1/certificates/{number}/{act}/",
        json={"client_ref": ref, "sha256": fingerprint(payload), "payload": payload},
        headers={"Authorization": f"Bearer {examples.KEYS['901']}"},
    )


def test_a_replacement_has_a_new_number_and_both_know_each_other(oid, registry, register):
    old = register(1).number
    payload = examples.replace_payload(old, examples.payload(hts="0901.11.0025"))
    new = _act(oid, old, "replacement", "r-1", payload).json()["registration"]["number"]
    assert new != old
    assert registry.read(old).status == "replaced"
    assert registry.read(old).replaced_by == new
    assert registry.read(new).replaces == old
    clash = _act(oid, old, "replacement", "r-2", payload)
    assert (clash.status_code, clash.json()["code"]) == (409, "already_replaced")


def test_the_actual_weight_is_reported_on_the_same_number(oid, registry, register):
    number = register(1).number
    done = _act(oid, number, "actual-weight", "w-1", examples.weight_payload(number, "38390.5"))
    assert done.json()["registration"]["kind"] == "weight"
    assert registry.read(number).actual_net_weight_kg == Decimal("38390.5")
    refused = _act(oid, number, "actual-weight", "w-2", examples.weight_payload(number, "0"))
    assert (refused.status_code, refused.json()["code"]) == (422, "weight")


@pytest.mark.parametrize("key", ["", "wrong-key-of-certifier"])
def test_without_a_known_key_every_door_is_closed_and_nothing_has_left(oid, key):
    stranger = Registry(oid.url, key)
    payload = examples.payload()
    for call in (
        lambda: stranger.operation("9010000017"),
        lambda: stranger.find("n1-X"),
        lambda: stranger.read("901-9010000017-000001"),
        lambda: stranger.register("n1-X", payload, sha256=fingerprint(payload)),
        lambda: stranger.cancel("c-1", "901-9010000017-000001", "x", ""),
    ):
        with pytest.raises(Unavailable) as closed:
            call()
        assert closed.value.credential
        assert not closed.value.left


def test_the_chaos_door_needs_its_own_key(oid):
    for headers in ({}, {"Authorization": f"Bearer {examples.KEYS['901']}"}):
        reply = httpx2.get(f"{oid.url}/chaos/dump/", headers=headers)
        assert reply.status_code == 403
        assert "references" not in reply.json()


def test_the_log_cannot_be_changed_even_with_the_databases_password(oid, register):
    register(1)
    with psycopg.connect(oid.database_url, autocommit=True) as connection:
        for statement in (
            "UPDATE mock_oid_logentry SET kind = 'cancel'",
            "DELETE FROM mock_oid_logentry",
            "TRUNCATE mock_oid_logentry",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                connection.execute(statement)


def test_the_database_refuses_a_commit_that_arrives_after_the_deadline(oid, register):
    register(1)
    copy = (
        "INSERT INTO mock_oid_logentry (certifier_id, certificate_id, kind, client_ref, sha256, payload, recorded_at)"
        " SELECT certifier_id, certificate_id, 'weight', 'late', sha256, payload, recorded_at FROM mock_oid_logentry"
    )
    with psycopg.connect(oid.database_url) as connection:
        connection.execute("SELECT set_config('mock_oid.deadline', %s, true)", [repr(time.time() - 0.1)])
        connection.execute(copy)
        with pytest.raises(psycopg.errors.QueryCanceled, match="deadline"):
            connection.commit()
    assert len(oid.dump()["control_log"]) == 1


def test_the_public_page_tells_what_a_number_is_worth(oid, registry, register):
    number = register(1).number
    page = httpx2.get(f"{oid.url}/", params={"number": number.replace("-", " ")})
    assert page.status_code == 200
    assert "not valid for customs entry" in page.text
    assert "Published in this mock" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert "style=" not in page.text
    registry.cancel("c-1", number, "documents_late", "")
    assert "Not valid for import" in httpx2.get(f"{oid.url}/", params={"number": number}).text


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("9010000017", "That is an operation&#x27;s NOP ID, not a certificate number."),
        ("901-9010000017-999999", "No certificate has the number 901-9010000017-999999."),
        ("<script>alert(1)</script>", "A certificate number has 19 digits"),
    ],
)
def test_the_public_page_says_what_is_wrong_beside_what_was_typed(oid, typed, sentence):
    page = httpx2.get(f"{oid.url}/", params={"number": typed})
    assert page.status_code == 422
    assert sentence in page.text
    assert "<script>" not in page.text
