"""A shipment that somebody else changed meanwhile: what was typed stays and what changed is shown. And its days."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nopic.certificates import shipping
from nopic.frames.models import Allowance, Shipment
from nopic.frames.policies import why_not_arrived, why_not_day
from nopic.presentation.words import full_day
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests.factories import Side, World, signed_in
from tests.frames.stories import issued, truck
from tests.frames.test_shipping import form, page


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def said(**changes: Any) -> dict[str, Any]:
    """What the forms of one shipment ask for."""
    return {name: value for name, value in form(**changes).items() if name not in ("left", "key")}


def test_a_correction_from_an_old_page_keeps_what_was_typed_beside_what_changed(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    browser.post(page(here, certificate), form())
    one = page(here, certificate, "1/")
    first = {"verb": "correct", "seen": "1", **said(kg="18,410"), "reason": "the scale"}
    assert browser.post(one, first).status_code == 302
    assert browser.post(one, first).status_code == 302  # clicked twice: nothing to compare
    old = browser.post(one, {**first, "kg": "18,420.5", "reason": "weighed again"})
    text = old.content.decode()
    assert old.status_code == 409
    assert "The shipment was changed meanwhile:" in text
    assert "18,410 kg" in text
    assert "(the scale)" in text
    assert 'value="18,420.5"' in text
    assert 'value="weighed again"' in text
    assert browser.post(one, {**first, "seen": "2", "kg": "18,420.5", "reason": "weighed again"}).status_code == 302
    with tenant(here.certifier):
        shipment = Shipment.objects.get(certifier=here.certifier)
        assert (str(shipment.kg), shipment.entries_made) == ("18420.500", 3)


def test_a_departure_that_a_colleague_recorded_first_becomes_a_correction(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    browser.post(page(here, certificate), form(left="no"))
    one = page(here, certificate, "1/")
    assert browser.post(one, {"verb": "depart", "seen": "1", **said(kg="18,350")}).status_code == 302
    late = browser.post(one, {"verb": "depart", "seen": "1", **said(kg="18,360")})
    text = late.content.decode()
    assert late.status_code == 409
    assert 'id="correct-kg"' in text
    assert 'value="18,360"' in text


def test_what_can_be_said_no_more_is_shown_as_typed(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    browser.post(page(here, certificate), form())
    one, today = page(here, certificate, "1/"), clock.today("America/Lima")
    with tenant(here.certifier):
        Allowance.objects.filter(certificate_id=certificate.pk).update(first_on=today - timedelta(days=9))
        Shipment.objects.update(departs_on=today - timedelta(days=2))
    assert browser.post(one, {"verb": "arrive", "seen": "1", "arrived_on": today.isoformat()}).status_code == 302
    earlier = today - timedelta(days=1)
    answer = browser.post(one, {"verb": "arrive", "seen": "1", "arrived_on": earlier.isoformat()})
    assert answer.status_code == 409
    assert "What you typed was not saved:" in answer.content.decode()
    assert f"Day of arrival: {full_day(earlier)}" in answer.content.decode()


def test_that_it_left_is_offered_for_today_and_never_for_a_day_to_come(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    with tenant(here.certifier):
        today = shipping.port_day(certificate)
        truck(here, certificate.pk, 7, has_left=False, on=today + timedelta(days=5))
        truck(here, certificate.pk, 8, has_left=False, on=today)
        Shipment.objects.filter(number=2).update(departs_on=today - timedelta(days=3))
    for number, day in ((1, today), (2, today - timedelta(days=3))):
        text = browser.get(page(here, certificate, f"{number}/")).content.decode()
        assert f'name="departs_on" value="{day.isoformat()}"' in text.partition('id="depart-kg"')[0]
    leaves = {"verb": "depart", "seen": "1", **said(departs_on=(today + timedelta(days=1)).isoformat())}
    assert (
        "Enter the day it left, today or earlier"
        in browser.post(page(here, certificate, "1/"), leaves).content.decode()
    )


@pytest.mark.parametrize(
    ("place", "country", "day"),
    [("Manila", "Philippines", date(2026, 11, 30)), ("Callao", "Peru", date(2026, 11, 29)), ("", "", date(2026, 11, 30))],
)  # fmt: skip
def test_a_departure_is_a_day_on_the_clock_of_the_place_of_loading(
    here: Side, monkeypatch: pytest.MonkeyPatch, place: str, country: str, day: date
) -> None:
    certificate = issued(here)
    moment = datetime(2026, 11, 29, 19, tzinfo=ZoneInfo("America/Lima"))  # at the office, in UTC, the 30th
    monkeypatch.setattr("nopic.certificates.shipping.now", lambda: moment)
    with tenant(here.certifier):
        certificate.request.place_of_loading, certificate.request.country_of_loading = place, country
        assert shipping.port_day(certificate) == day
        assert shipping.arrival_day(certificate) >= day


def test_one_day_is_named_once() -> None:
    day = date(2026, 11, 27)
    frame = Allowance(time_frame=True, first_on=day, last_on=day)
    assert why_not_arrived(day, day) == "It left today, Fri 27 Nov. Enter that day, or record the arrival later"
    assert why_not_day(frame, date(2026, 11, 28), has_left=False, today=day) == (
        "The time frame is Fri 27 Nov alone. Choose that day"
    )


def test_the_story_of_a_shipment_says_days_as_people_read_them(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    browser.post(page(here, certificate), form())
    text = browser.get(page(here, certificate, "1/")).content.decode().partition("h-entries")[2]
    today = clock.today("America/Lima")
    assert f"{full_day(today)} · 18,400 kg · ABC 123 · CMR 1 · VV-1, VV-2" in text
    assert today.isoformat() not in text
