"""The same truck told twice is asked about, and counts twice only when a person says that it is another."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction

from nopic.certificates.models import Certificate
from nopic.frames.actions import LooksTheSame
from nopic.frames.models import Allowance, Shipment
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests.factories import Side, World, signed_in
from tests.frames.stories import issued, truck
from tests.frames.test_shipping import form, page

FIRST = {"kg": 18_400, "lots": ("VV-1", "VV-2"), "unit": "ABC 123", "document": "CMR 1"}
BARE = {"unit": "", "document": ""}


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def asked(side: Side, certificate: Certificate, first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether the second is asked about after the first; each is FIRST but for what it says, `days` after today."""

    def record(said: dict[str, Any]) -> None:
        said = {**FIRST, **said}
        on = clock.today("America/Lima") + timedelta(days=said.pop("days", 0))
        truck(side, certificate.pk, said.pop("kg"), on=on, has_left=False, **said)

    with tenant(side.certifier), transaction.atomic():
        record(first)
        try:
            record(second)
        except LooksTheSame as same:
            return [one.number for one in same.shipments] == [1]
        return False


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (BARE, BARE),
        ({**BARE, "lots": ()}, {**BARE, "lots": ()}),
        (BARE, {"lots": ("vv 2", "VV-1")}),  # the plate came later
        ({}, {"kg": 18_360, "unit": "abc-123", "document": "CMR 2"}),  # same plate and lots, weighed again
        ({}, {"kg": 18_360, "days": 2, "document": ""}),  # planned for another day
        ({}, {"lots": (), "document": ""}),  # same plate, day and weight
        ({}, {"unit": "", "kg": 17_000, "lots": (), "days": 20}),  # the number of the transport document
    ],
)
def test_the_same_truck_is_recognised(here: Side, first: dict[str, Any], second: dict[str, Any]) -> None:
    assert asked(here, issued(here), first, second)


@pytest.mark.parametrize(
    "second",
    [
        {"unit": "XYZ 9"},  # the second container of the same bill of lading
        {"unit": "XYZ 9", "document": "CMR 2"},
        {"kg": 12_000, "lots": ("VV-3",), "document": "CMR 2"},  # the same plate, its second run of the day
        {"days": 1, "document": "CMR 2"},  # every night with the same lots, each with its own paper
        {"days": 10, "document": ""},
        {**BARE, "lots": ("VV-3",)},
        {**BARE, "kg": 12_000},
        {**BARE, "days": 1},
    ],
)
def test_another_truck_is_not_asked_about(here: Side, second: dict[str, Any]) -> None:
    assert not asked(here, issued(here), {}, second)


def test_what_was_taken_back_is_no_twin(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        one = truck(here, certificate.pk, 7)
        Shipment.objects.filter(pk=one.pk).update(status="undone")
        assert truck(here, certificate.pk, 7).number == 2


def fields(text: str) -> dict[str, str]:
    """The hidden answers of the form that a page shows."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def count(side: Side) -> int:
    with tenant(side.certifier):
        return Shipment.objects.filter(certifier=side.certifier).count()


def test_the_page_shows_the_earlier_entry_keeps_what_was_typed_and_records_when_told(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    bare = {"unit": "", "document": ""}
    browser.post(page(here, certificate), form(kg="9,000", **bare))
    answer = browser.post(page(here, certificate), form(kg="9000", lots="VV-1, vv-2", **bare))
    text = answer.content.decode()
    assert (answer.status_code, count(here)) == (422, 1)
    assert "Shipment 1 may be the same:" in text
    assert "Is this another truck or trip?" in text
    assert f'href="{page(here, certificate, "1/")}"' in text
    assert 'value="VV-1, vv-2"' in text
    told = form(kg="9000", another="on", **bare, **{k: v for k, v in fields(text).items() if k in ("shown", "key")})
    assert [browser.post(page(here, certificate), told).status_code for _time in range(2)] == [302, 302]
    assert count(here) == 2


def test_two_tabs_that_were_both_asked_record_one_and_ask_again(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    browser.post(page(here, certificate), form(kg="9,000"))
    tabs = [form(kg="9,000", another="on", shown="1", key=str(uuid4())) for _tab in range(2)]
    assert [browser.post(page(here, certificate), tab).status_code for tab in tabs] == [302, 422]
    assert count(here) == 2


def test_another_truck_is_said_of_those_that_were_shown(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    first, second = form(kg="9,000"), form(kg="9,000", another="on", shown="1", key=str(uuid4()))
    assert [browser.post(page(here, certificate), each).status_code for each in (first, second)] == [302, 302]
    third = form(kg="9,000", another="on", shown="2", key=str(uuid4()))  # of the older one nobody said it
    answer = browser.post(page(here, certificate), third)
    text = answer.content.decode()
    assert (answer.status_code, count(here)) == (422, 2)
    assert "Shipments 2, 1 may be the same. Is this another truck or trip than each of them?" in text
    assert [f'href="{page(here, certificate, f"{n}/")}"' in text for n in (1, 2)] == [True, True]
    assert fields(text)["shown"] == "2,1"
    assert browser.post(page(here, certificate), third | {"shown": "2,1"}).status_code == 302


def test_a_page_of_before_with_another_truck_typed_into_it_is_never_taken_for_the_first(here: Side) -> None:
    certificate, browser, tap = issued(here), signed_in(here.sender), form()
    browser.post(page(here, certificate), tap)
    other = {**tap, "kg": "12,600", "unit": "XYZ 9", "document": "CMR 2", "lots": "VV-3"}
    answer = browser.post(page(here, certificate), other)
    assert (answer.status_code, count(here)) == (422, 1)
    fresh = fields(answer.content.decode())["key"]
    assert fresh != tap["key"]
    assert browser.post(page(here, certificate), {**other, "key": fresh}).status_code == 302
    assert count(here) == 2


def test_a_planned_truck_that_leaves_as_one_that_has_left_already_is_asked_about(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    with tenant(here.certifier):
        truck(here, certificate.pk, 18_000, has_left=False)
    browser.post(page(here, certificate), form())
    leaves = {"verb": "depart", "seen": "1", **{k: v for k, v in form().items() if k not in ("left", "key")}}
    answer = browser.post(page(here, certificate, "1/"), leaves)
    assert answer.status_code == 422
    assert "Shipment 2 may be the same:" in answer.content.decode()
    leaves |= {"another": "on", "shown": "2"}
    assert browser.post(page(here, certificate, "1/"), leaves).status_code == 302


def test_of_clients_that_record_the_same_truck_at_once_one_succeeds(committed_world: World) -> None:
    side = committed_world.here
    with transaction.atomic():
        certificate = issued(side)

    def client(_number: int) -> bool:
        try:
            with tenant(side.certifier):
                truck(side, certificate.pk, 7)
            return True
        except LooksTheSame:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as hands:
        done = list(hands.map(client, range(16)))
    with tenant(side.certifier):
        assert (sum(done), Allowance.objects.get(certificate_id=certificate.pk).shipped_kg) == (1, 7)
