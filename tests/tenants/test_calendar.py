"""Hand-computed dates of the office calendar, and what must hold for any office and any day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nopic.presentation.rulers import ruler
from nopic.tenants.calendar import Office, fault, public_holidays
from nopic.tenants.policy import ClosedDay, Rules, Turnaround


def office(country="BE", zone="Europe/Brussels", days=2, **settings):
    settings.setdefault("turnarounds", (Turnaround(code="standard", amount=days),))
    return Office(Rules(country=country, time_zone=zone, **settings))


BRUSSELS = {"country": "BE", "zone": "Europe/Brussels"}
LIMA = {"country": "PE", "zone": "America/Lima", "cut_off": time(17), "closing": time(18)}
CAIRO = {"country": "EG", "zone": "Africa/Cairo", "weekend": ("fri", "sat")}
NEW_YORK = {"country": "US", "zone": "America/New_York"}


# Each was counted on a paper calendar. Belgium 2026: Ascension Thu 14 May, Whit Monday 25 May.
@pytest.mark.parametrize(
    ("where", "settings", "departure", "expected"),
    [
        (BRUSSELS, {}, "2026-05-26", "2026-05-20"),  # Tue; Wed 20, Thu 21, Fri 22 count
        (BRUSSELS, {"counting": "strict"}, "2026-05-26", "2026-05-19"),
        (BRUSSELS, {}, "2026-05-25", "2026-05-20"),  # leaves on the holiday itself
        (BRUSSELS, {}, "2026-05-24", "2026-05-20"),  # leaves on a Sunday
        (BRUSSELS, {}, "2026-05-27", "2026-05-21"),
        (BRUSSELS, {}, "2026-05-18", "2026-05-12"),  # Mon; Fri 15, Wed 13, Tue 12: Ascension skipped
        (BRUSSELS, {"counting": "strict"}, "2026-05-18", "2026-05-11"),
        (BRUSSELS, {"lead_days": 1}, "2026-05-15", "2026-05-13"),
        (BRUSSELS, {"lead_days": 1, "counting": "strict"}, "2026-05-15", "2026-05-12"),
        (BRUSSELS, {"lead_days": 0}, "2026-05-26", "2026-05-26"),
        (BRUSSELS, {"lead_days": 0}, "2026-05-25", "2026-05-22"),
        (BRUSSELS, {"lead_days": 5}, "2026-01-05", "2025-12-26"),  # Mon; Fri 2, Wed 31, Tue 30, Mon 29, Fri 26
        (BRUSSELS, {"closed_days": (ClosedDay(date(2026, 5, 15), "Bridge"),)}, "2026-05-18", "2026-05-11"),
        (LIMA, {}, "2026-12-11", "2026-12-04"),  # Fri; Thu 10, Mon 7, Fri 4: Tue 8 and Wed 9 are holidays
        (LIMA, {"counting": "strict"}, "2026-12-11", "2026-12-03"),
        (LIMA, {}, "2026-07-30", "2026-07-22"),  # Thu; Mon 27, Fri 24, Wed 22: Thu 23 is Air Force Day
        (CAIRO, {}, "2026-02-15", "2026-02-10"),  # Sunday; Thu 12, Wed 11, Tue 10
        (CAIRO, {"lead_days": 1}, "2026-02-15", "2026-02-12"),
        (CAIRO, {"lead_days": 1}, "2026-02-16", "2026-02-15"),  # Sunday is a working day there
        (NEW_YORK, {}, "2026-07-06", "2026-06-30"),  # Mon; Fri 3 is Independence Day observed: Thu 2, Wed 1, Tue 30
        (NEW_YORK, {}, "2026-11-27", "2026-11-23"),  # Fri; Thanksgiving skipped: Wed 25, Tue 24, Mon 23
        (NEW_YORK, {"lead_days": 1}, "2028-01-03", "2027-12-30"),  # New Year's Day 2028 is kept on Fri 31 Dec 2027
        (NEW_YORK, {"lead_days": 1}, "2026-10-13", "2026-10-09"),  # Columbus Day
        (NEW_YORK, {"lead_days": 15}, "2026-09-08", "2026-08-17"),  # Labor Day skipped
    ],
)
def test_the_latest_sending_was_counted_by_hand(where, settings, departure, expected):
    here = office(**{**where, **settings})
    latest = here.latest_sending(date.fromisoformat(departure))
    assert latest.date().isoformat() == expected
    assert latest.time() == here.rules.cut_off
    assert latest.tzinfo is here.zone


@pytest.mark.parametrize(
    ("where", "settings", "sent", "expected"),
    [
        (BRUSSELS, {}, "2026-05-20T15:59+02:00", "2026-05-22T17:00+02:00"),
        (BRUSSELS, {}, "2026-05-20T16:00+02:00", "2026-05-22T17:00+02:00"),  # the cut-off itself is in time
        (BRUSSELS, {}, "2026-05-20T16:01+02:00", "2026-05-26T17:00+02:00"),  # counts for Thu 21; Fri 22, Tue 26
        (BRUSSELS, {}, "2026-05-23T09:00+02:00", "2026-05-28T17:00+02:00"),  # Saturday: counts for Tue 26
        (BRUSSELS, {}, "2026-05-20T20:30-05:00", "2026-05-26T17:00+02:00"),  # Guayaquil evening is Thu 03:30 there
        (BRUSSELS, {"days": 1}, "2026-05-13T10:00+02:00", "2026-05-15T17:00+02:00"),
        (LIMA, {"days": 3}, "2026-11-20T09:00-05:00", "2026-11-25T18:00-05:00"),
        (CAIRO, {}, "2026-02-12T12:00+02:00", "2026-02-16T17:00+02:00"),  # Thu; Sun 15, Mon 16
        (NEW_YORK, {"days": 1}, "2026-07-02T16:30-04:00", "2026-07-07T17:00-04:00"),
    ],
)
def test_the_promised_decision_was_counted_by_hand(where, settings, sent, expected):
    due = office(**{**where, **settings}).decision_due(datetime.fromisoformat(sent))
    assert due == datetime.fromisoformat(expected)


def test_a_request_is_late_from_the_moment_after_the_cut_off():
    here = office()
    assert not here.is_late(datetime(2026, 5, 20, 14, 0, tzinfo=UTC), date(2026, 5, 26))
    assert here.is_late(datetime(2026, 5, 20, 14, 0, 1, tzinfo=UTC), date(2026, 5, 26))


def test_the_ports_own_date_is_compared_with_the_offices_calendar():
    # 20:00 in Guayaquil on Mon 2 March is already Tue 3 March in Brussels; the departure stays 2 March.
    departure = datetime.fromisoformat("2026-03-02T20:00-05:00")
    assert departure.astimezone(office().zone).date() == date(2026, 3, 3)
    assert office().latest_sending(departure.date()).date() == date(2026, 2, 25)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        office().decision_due(datetime(2026, 5, 20, 12))  # noqa: DTZ001 the point of the test


def test_the_reason_for_a_closed_day_is_the_most_particular_one():
    here = office(closed_days=(ClosedDay(date(2026, 5, 14), "Inventory"), ClosedDay(date(2026, 5, 15), "")))
    assert here.why_closed(date(2026, 5, 14)) == "Inventory"
    assert here.why_closed(date(2026, 5, 15)) == "Office closed"
    assert here.why_closed(date(2026, 5, 24)) == "Pentecost"
    assert here.why_closed(date(2026, 5, 23)) == "Weekend"
    assert here.why_closed(date(2026, 5, 22)) == ""


def test_the_names_of_holidays_do_not_follow_the_language_of_the_machine(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "es")
    public_holidays.cache_clear()
    assert office(**LIMA).why_closed(date(2026, 12, 8)) == "Immaculate Conception"


def test_a_region_adds_its_own_holidays():
    assert office("DE", "Europe/Berlin", subdivision="BY").why_closed(date(2026, 1, 6)) == "Epiphany"
    assert office("DE", "Europe/Berlin").is_working_day(date(2026, 1, 6))


def test_without_a_country_only_weekends_and_own_days_are_closed():
    here = office("", "UTC")
    assert here.is_working_day(date(2026, 12, 25))
    assert not here.is_working_day(date(2026, 12, 26))


def test_an_office_that_never_opens_is_an_error_and_not_an_endless_loop():
    days = tuple(ClosedDay(date(2026, 1, 1) + timedelta(days=n), "Closed") for n in range(900))
    with pytest.raises(ValueError, match="no working day within a year"):
        office("", "UTC", closed_days=days).decision_due(datetime(2026, 3, 1, tzinfo=UTC))


def roles(days):
    return {day["date"].day: day["role"] for day in days if day["role"]}


def test_the_ruler_is_the_picture_of_the_dashboard():
    days = office(**LIMA).days_for_ruler(date(2026, 11, 20), date(2026, 12, 11))
    assert [day["date"].day for day in days] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert roles(days) == {3: "safe", 4: "by", 11: "go"}
    assert {day["date"].day: day["why"] for day in days if not day["counts"]} == {
        5: "Weekend",
        6: "Weekend",
        8: "Immaculate Conception",
        9: "Battle of Ayacucho Day",
    }


def test_on_the_last_day_to_send_the_ruler_begins_with_today():
    days = office(**LIMA).days_for_ruler(date(2026, 12, 4), date(2026, 12, 11))
    assert roles(days) == {4: "by", 11: "go"}


def test_the_ruler_of_a_late_request_begins_with_the_missed_day_and_has_no_safe_one():
    days = office(**LIMA).days_for_ruler(date(2026, 12, 9), date(2026, 12, 11))
    assert roles(days) == {4: "by", 11: "go"}
    assert days[0]["role"] == "by"


def test_the_ruler_can_be_printed():
    cells, label = ruler(office(**LIMA).days_for_ruler(date(2026, 11, 20), date(2026, 12, 11)))
    assert [cell.mark for cell in cells] == ["safe", "by", "off", "off", "", "off", "off", "", "go"]
    assert label == "Calendar from Thursday 3 December to Friday 11 December"


def test_a_country_or_region_without_calendar_is_named_before_it_is_stored():
    assert fault(Rules(country="BE")) == fault(Rules()) == fault(Rules(country="US", subdivision="CA")) == ""
    assert fault(Rules(country="XX")) == "There is no holiday calendar for the country XX."
    said = fault(Rules(country="ES", subdivision="QQ"))
    assert said.startswith("There is no holiday calendar for QQ in Spain. Known are: AN, ")
    with pytest.raises(ValueError, match="country XX"):
        public_holidays("XX", "", 2026)


OFFICES = st.builds(
    office,
    country=st.sampled_from(["BE", "PE", "US", ""]),
    zone=st.sampled_from(["Europe/Brussels", "America/Lima", "Asia/Tokyo", "Pacific/Auckland"]),
    lead_days=st.integers(0, 15),
    counting=st.sampled_from(["lenient", "strict"]),
    days=st.integers(1, 10),
    weekend=st.sampled_from([("sat", "sun"), ("fri", "sat"), ("sun",), ()]),
)
DAYS = st.dates(date(2025, 6, 1), date(2028, 6, 1))
MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 bounds are naive


@given(OFFICES, DAYS)
def test_the_latest_sending_is_on_a_working_day_and_leaves_the_lead_days(here, departure):
    latest = here.latest_sending(departure)
    assert here.is_working_day(latest.date())
    if here.rules.lead_days:
        first = latest.date() + timedelta(days=here.rules.counting == "strict")
        assert here.working_days_between(first, departure) == here.rules.lead_days
    else:
        assert latest.date() <= departure


@given(OFFICES, DAYS, st.integers(0, 40))
def test_a_later_departure_never_asks_for_an_earlier_request(here, departure, more):
    assert here.latest_sending(departure) <= here.latest_sending(departure + timedelta(days=more))


@given(OFFICES, MOMENTS, DAYS)
def test_late_means_after_the_latest_sending(here, sent_at, departure):
    assert here.is_late(sent_at, departure) == (sent_at > here.latest_sending(departure))


@given(OFFICES, MOMENTS)
def test_a_decision_is_promised_for_a_working_day_after_the_request(here, sent_at):
    due = here.decision_due(sent_at)
    assert here.is_working_day(due.date())
    assert due > sent_at
    assert here.working_days_between(here.counted_day(sent_at), due.date()) == here.rules.turnaround("").amount


@given(OFFICES, DAYS, DAYS)
def test_every_ruler_ends_with_the_departure_and_shows_the_last_day_to_send(here, today, departure):
    days = here.days_for_ruler(today, departure)
    assert days[-1]["date"] == departure
    assert days[-1]["role"] == "go"
    assert [day["date"] for day in days if day["role"] == "by"] == [
        day for day in [here.latest_sending(departure).date()] if day != departure
    ]
    assert all(day["counts"] for day in days if day["role"] in {"safe", "by"})
    assert len(days) <= 60
