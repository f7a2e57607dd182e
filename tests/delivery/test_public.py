"""The public check: right with the key, one and the same page without it, and no faster guessing than the limit allows."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.policies import goods_have_left
from nopic.certificates.queries import state
from nopic.delivery import limits
from nopic.delivery.models import RateCount
from nopic.delivery.queries import narrowed, stands
from nopic.delivery.views.public import read_key
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow.clock import now, today
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World, rules, signed_in


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


def page(address: str, client: Client | None = None) -> tuple[int, str]:
    answer = (client or Client()).get(address)
    return answer.status_code, answer.content.decode()


def of(consignment: Consignment, key: str | None = None) -> str:
    return f"/v/{consignment.number}?k={consignment.key if key is None else key}"


def headline(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html)
    assert found
    return found[1]


def test_with_its_key_a_certificate_says_first_that_it_is_valid_then_its_boxes(consignment: Consignment) -> None:
    status, html = page(of(consignment))
    assert status == 200
    assert headline(html) == "Valid"
    main = html.partition("<main")[2]
    order = [main.index(text) for text in ("Valid", consignment.number, "Organic green coffee", "VV-26-091")]
    assert order == sorted(order)
    for text in ("VV-26-088", "VV-26-089", "VV-26-090", "VV-26-091", "38,400 kg", "MOCK: not valid for customs entry"):
        assert text in html
    assert "Compare these boxes with your paper" in html
    assert "USDA Organic INTEGRITY Database" in html
    assert consignments.sha256_of(consignment) in html


def test_a_shipment_whose_date_has_passed_is_named_with_its_day(world: World) -> None:
    left = now().date() - timedelta(days=3)
    _status, html = page(of(consignments.make(world.here, world.importer, departure_on=left)))
    assert headline(html).startswith("Shipped on ")
    assert headline(html).endswith(", for that shipment only")


def test_everybody_sees_it_shipped_when_the_day_is_over_at_the_office(world: World) -> None:
    here, zone = world.here, "America/Lima"
    with tenant(here.certifier):
        here.policy = Policy.objects.create(
            certifier=here.certifier, version=2, data=rules(time_zone=zone).to_json(), by="test"
        )
    with time_machine.travel(datetime(2026, 12, 12, 15, tzinfo=UTC), tick=False):
        issued = consignments.make(here, world.importer, departure_on=date(2026, 12, 12))
    for hour, public, office in ((2, "valid", "issued"), (5, "shipped", "shipped")):  # 21:00 and midnight in Lima
        with time_machine.travel(datetime(2026, 12, 13, hour, tzinfo=UTC), tick=False), tenant(here.certifier):
            certificate = Certificate.objects.select_related("request__policy").get(pk=issued.certificate.pk)
            assert stands(certificate.record).name == public
            assert narrowed(PublicRecord.objects.all(), {"state": public}).exists()
            assert state(certificate, today(zone)) == office
            assert goods_have_left(certificate) == (public == "shipped")


def test_a_cancelled_one_is_not_valid_from_the_moment_it_was_asked_for(consignment: Consignment) -> None:
    consignments.cancel(consignment)
    _status, html = page(of(consignment))
    assert headline(html) == "Not valid for import"
    assert "The final documents" not in html, "why is between the parties and the certifier"
    assert Client().get(f"/v/{consignment.number}.json?k={consignment.key}").json()["state"] == "not_valid"


@pytest.mark.parametrize("status", ["pending", "issuing", "needs_attention", "cancelled", "abandoned"])
def test_whatever_is_not_issued_is_not_valid(consignment: Consignment, status: str) -> None:
    consignments.change(consignment, status=status)
    assert headline(page(of(consignment))[1]) == "Not valid for import"


def test_the_outstanding_document_is_not_shown_to_the_public(consignment: Consignment) -> None:
    _status, html = page(of(consignment))
    assert "final transport document" not in html
    body = Client().get(f"/v/{consignment.number}.json?k={consignment.key}").json()
    assert "final_document_owed" not in body
    assert "cancel_reason" not in body


def closed_addresses(consignment: Consignment, suffix: str = "") -> list[str]:
    """Everything that must look the same: no key, wrong keys, unknown numbers, nonsense."""
    number, unknown = consignment.number, "999-9999999999-999999"
    other = consignment.key[:-1] + ("0" if consignment.key[-1] != "0" else "1")
    return [
        f"/v/{number}{suffix}",
        f"/v/{number}{suffix}?k=",
        f"/v/{number}{suffix}?k={other}",
        f"/v/{number}{suffix}?k=AAAAAAAAAAAAAAAA",
        f"/v/{number}{suffix}?k=%00",
        f"/v/{number}{suffix}?k={'A' * 3000}",
        f"/v/{number}{suffix}?key={consignment.key}",
        f"/v/{unknown}{suffix}",
        f"/v/{unknown}{suffix}?k={consignment.key}",
        f"/v/nonsense{suffix}?k={consignment.key}",
        f"/v/%3Cscript%3E{suffix}",
        f"/v/{number[:-6]}draft{suffix}?k={consignment.key}",
    ]


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_without_the_right_key_every_number_gives_the_same_bytes_and_headers(
    consignment: Consignment, suffix: str
) -> None:
    answers = [Client().get(address) for address in closed_addresses(consignment, suffix)]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.status_code for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert consignment.number.encode() not in answers[0].content
    assert answers[0].headers["Cache-Control"] == "private, no-store"


def test_known_and_unknown_numbers_cost_the_same_statements(
    consignment: Consignment, django_assert_num_queries: Any
) -> None:
    for address in closed_addresses(consignment):
        with django_assert_num_queries(2):  # the count of knocks, and one look-up of a digest
            Client().get(address)


def test_the_key_of_one_certificate_opens_no_other(world: World) -> None:
    ours = consignments.make(world.here, world.importer)
    theirs = consignments.make(world.there, world.other_importer)
    assert headline(page(f"/v/{theirs.number}?k={ours.key}")[1]) == "Enter the key of the certificate"


def test_a_key_is_read_as_people_type_it(consignment: Consignment) -> None:
    key = consignment.key
    grouped = "+".join(key[at : at + 4] for at in range(0, 16, 4))
    typed = [key.lower(), grouped, grouped.replace("+", "-"), key.replace("0", "o").replace("1", "l"), f"+{key}+"]
    typed.append(key.replace("0", "O").replace("1", "I"))
    for text in typed:
        assert headline(page(of(consignment, text))[1]) == "Valid", text


@given(st.text(max_size=200))
def test_reading_a_key_takes_any_text(text: str) -> None:
    assert len(read_key(text)) <= 120


def test_a_number_typed_without_dashes_is_found(consignment: Consignment) -> None:
    bare = consignment.number.replace("-", "")
    answer = Client().get("/v/", {"number": bare, "key": consignment.key}, follow=True)
    assert headline(answer.content.decode()) == "Valid"
    assert headline(page(f"/v/{bare}?k={consignment.key}")[1]) == "Valid"


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("8150004127", "That is an operation&#x27;s NOP ID, not a certificate number."),
        ("417-8150004127-000318 draft", "A draft number is not valid for import."),
        ("417-815", "A certificate number has 19 digits"),
        ("", "A certificate number has 19 digits"),
        ("<script>alert(1)</script>", "A certificate number has 19 digits"),
    ],
)
def test_what_is_no_certificate_number_is_told_in_its_own_sentence(db: None, typed: str, sentence: str) -> None:
    answer = Client().get("/v/", {"number": typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(sentence) == 2, "in the summary and at the field"
    assert "<title>Error:" in html
    assert "<script>alert" not in html


def test_machines_get_the_same_and_may_ask_whether_it_changed(consignment: Consignment) -> None:
    address = f"/v/{consignment.number}.json?k={consignment.key}"
    first = Client().get(address)
    body = first.json()
    assert body["state"] == "valid"
    assert body["net_weight_kg"] == "38400"
    assert body["lots"] == ["VV-26-088", "VV-26-089", "VV-26-090", "VV-26-091"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    consignments.cancel(consignment)
    changed = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json()["valid_for_import"] is False


def test_guessing_ends_after_twenty_tries_a_minute_and_says_how_long_to_wait(
    consignment: Consignment, monkeypatch: Any
) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_015.0)
    for _try in range(20):
        assert page(of(consignment, "AAAA"))[0] == 200
    answer = Client().get(of(consignment))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 45
    assert "Wait 45 seconds" in answer.content.decode()
    assert Client().get(f"/v/{consignment.number}.json?k=x").status_code == 429, "both doors share the count"
    assert page(of(consignment), Client(REMOTE_ADDR="203.0.113.9"))[0] == 200, "others are not concerned"
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_061.0)
    assert page(of(consignment))[0] == 200


def test_counts_keep_no_address_and_are_cleaned(db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits.random, "randrange", lambda most: 1)
    limits.seconds_to_wait("verify", "203.0.113.9", most=1)
    [row] = RateCount.objects.all()
    assert "203.0.113.9" not in row.key
    monkeypatch.setattr(limits.random, "randrange", lambda most: 0)
    RateCount.objects.update(ends_at=now() - timedelta(hours=2))
    limits.seconds_to_wait("verify", "203.0.113.10", most=1)
    assert RateCount.objects.count() == 1


def test_a_household_of_ipv6_addresses_is_one_caller() -> None:
    assert limits.network_of("2001:db8:1:2::1") == limits.network_of("2001:db8:1:2:ffff::9")
    assert limits.network_of("2001:db8:1:3::1") != limits.network_of("2001:db8:1:2::1")
    assert limits.network_of("::ffff:203.0.113.9") == limits.network_of("203.0.113.9")


def test_parallel_knocks_are_all_counted(committed_world: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def knock(_n: int) -> int:
        try:
            return limits.seconds_to_wait("verify", "one", most=20, seconds=3600)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(knock, range(60)))
    assert answers.count(0) == 20


def test_signed_in_people_see_the_same_public_page(world: World, consignment: Consignment) -> None:
    assert headline(page(of(consignment), signed_in(world.there.sender))[1]) == "Valid"
    assert headline(page(of(consignment, "x"), signed_in(world.there.sender))[1]) == "Enter the key of the certificate"


def test_no_session_is_made_and_nothing_is_indexed(consignment: Consignment) -> None:
    for address in (of(consignment), of(consignment, ""), "/v/"):
        answer = Client().get(address)
        assert not answer.cookies
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "same-origin"
