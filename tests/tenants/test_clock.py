"""The clock of a certifier: decisions in hours and days, pauses, customs deadlines; every moment counted by hand.

Belgium 2026: Ascension Thu 14 May, Whit Monday 25 May; clocks go forward on Sun 29 March and back on Sun 25 October.
The office opens at 8, cuts off at 16 and closes at 17 unless a case says otherwise. Working days before a departure,
and the promise in working days, have their own table in test_calendar.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nopic.tenants.calendar import Office, filing, merged
from nopic.tenants.policy import FilingRule, Rules, Turnaround

BRUSSELS = {"country": "BE", "time_zone": "Europe/Brussels"}
LIMA = {"country": "PE", "time_zone": "America/Lima", "cut_off": time(17), "closing": time(18)}
CAIRO = {"country": "EG", "time_zone": "Africa/Cairo", "weekend": ("fri", "sat")}
NEW_YORK = {"country": "US", "time_zone": "America/New_York"}
OREGON = {"country": "US", "time_zone": "America/Los_Angeles"}
EVERY_DAY = {"country": "", "time_zone": "Europe/Brussels", "weekend": ()}


def hours(count, over=False):
    return Turnaround(code="h", unit="hours", amount=count, over_closed_days=over)


def days(count):
    return Turnaround(code="d", amount=count)


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("where", "turnaround", "sent", "expected"),
    [
        # Real hours, over everything: Friday 15:00 to Saturday 15:00, also over Whit Monday.
        (BRUSSELS, hours(24, over=True), "2026-05-22T15:00+02:00", "2026-05-23T15:00+02:00"),
        (BRUSSELS, hours(72, over=True), "2026-05-22T17:30+02:00", "2026-05-25T17:30+02:00"),
        (BRUSSELS, hours(1, over=True), "2026-05-20T23:30+02:00", "2026-05-21T00:30+02:00"),
        # Forward at night: noon to noon is 23 hours, so the 24th ends at 13:00; back: 25, so it ends at 11:00.
        (BRUSSELS, hours(24, over=True), "2026-03-28T12:00+01:00", "2026-03-29T13:00+02:00"),
        (BRUSSELS, hours(24, over=True), "2026-10-24T12:00+02:00", "2026-10-25T11:00+01:00"),
        # On working days: 9 h of Friday, Sat, Sun and Mon 25 stand still, 15 h of Tuesday.
        (BRUSSELS, hours(24), "2026-05-22T15:00+02:00", "2026-05-26T15:00+02:00"),
        (BRUSSELS, hours(24), "2026-05-22T16:00+02:00", "2026-05-26T16:00+02:00"),  # the cut-off itself is in time
        # One minute later it counts for Tue 26 and begins when the office opens.
        (BRUSSELS, hours(24), "2026-05-22T16:01+02:00", "2026-05-27T08:00+02:00"),
        (BRUSSELS, hours(24), "2026-05-23T12:00+02:00", "2026-05-27T08:00+02:00"),  # Saturday: the same
        (BRUSSELS, hours(24), "2026-05-20T07:15+02:00", "2026-05-21T08:00+02:00"),  # before opening: from 8
        (BRUSSELS, hours(24), "2026-05-20T08:00+02:00", "2026-05-21T08:00+02:00"),
        (BRUSSELS, hours(24), "2026-05-13T10:00+02:00", "2026-05-15T10:00+02:00"),  # Ascension stands still
        # 15 h of Thu 21, 24 h of Fri 22, 9 h of Tue 26.
        (BRUSSELS, hours(48), "2026-05-21T09:00+02:00", "2026-05-26T09:00+02:00"),
        (BRUSSELS, hours(4), "2026-05-22T15:00+02:00", "2026-05-22T19:00+02:00"),  # runs on in the evening
        (BRUSSELS, hours(8), "2026-05-19T16:30+02:00", "2026-05-20T16:00+02:00"),
        # Exactly to midnight on Friday: that is the beginning of the next working day.
        (BRUSSELS, hours(9), "2026-05-22T15:00+02:00", "2026-05-26T00:00+02:00"),
        # 09:30 in Lima is 16:30 in Brussels: after the cut-off, counts for Tue 26.
        (BRUSSELS, hours(24), "2026-05-22T09:30-05:00", "2026-05-27T08:00+02:00"),
        # An office open every day: 12 h of Saturday and 12 real hours of the Sunday of 23, which end at 13:00.
        (EVERY_DAY, hours(24), "2026-03-28T12:00+01:00", "2026-03-29T13:00+02:00"),
        (CAIRO, hours(24), "2026-02-12T12:00+02:00", "2026-02-15T12:00+02:00"),  # Thu; Fri, Sat closed; Sun
        (CAIRO, hours(24), "2026-02-12T16:30+02:00", "2026-02-16T08:00+02:00"),  # counts for Sun from 8, ends Mon 8
        (LIMA, hours(24), "2026-12-07T10:00-05:00", "2026-12-10T10:00-05:00"),  # Tue 8, Wed 9 are holidays
        (NEW_YORK, hours(24), "2026-11-25T11:00-05:00", "2026-11-27T11:00-05:00"),  # Thanksgiving
        # "By the end of the next business day, Pacific time": 18:30 in New York is 15:30 there, then Thanksgiving.
        (OREGON, days(1), "2026-11-25T18:30-05:00", "2026-11-27T17:00-08:00"),
        (OREGON, days(1), "2026-11-25T19:30-05:00", "2026-11-30T17:00-08:00"),  # 16:30 there: counts for Fri 27
        # Same day, if it comes by the cut-off.
        (BRUSSELS, days(0), "2026-05-20T15:59+02:00", "2026-05-20T17:00+02:00"),
        (BRUSSELS, days(0), "2026-05-20T16:01+02:00", "2026-05-21T17:00+02:00"),
        (BRUSSELS, days(0), "2026-05-24T10:00+02:00", "2026-05-26T17:00+02:00"),
        # Mon 11; Tue 12, Wed 13, Fri 15, Mon 18, Tue 19.
        (BRUSSELS, days(5), "2026-05-11T10:00+02:00", "2026-05-19T17:00+02:00"),
    ],
)
def test_the_decision_was_counted_by_hand(where, turnaround, sent, expected):
    assert Office(Rules(**where)).decision_due(at(sent), turnaround) == at(expected)


@pytest.mark.parametrize(
    ("turnaround", "extra", "sent", "expected"),
    [
        # Thu 21, Fri 22 and then Tue 26, Wed 27, Thu 28.
        (days(2), 3, "2026-05-20T10:00+02:00", "2026-05-28T17:00+02:00"),
        (days(0), 1, "2026-05-22T10:00+02:00", "2026-05-26T17:00+02:00"),
        (hours(24), 1, "2026-05-20T10:00+02:00", "2026-05-22T10:00+02:00"),
        (hours(24), 1, "2026-05-21T10:00+02:00", "2026-05-26T10:00+02:00"),  # Fri 22, then Tue 26
        # Sat 15:00 by real hours; the day of grace is the whole of Tue 26.
        (hours(24, over=True), 1, "2026-05-22T15:00+02:00", "2026-05-27T00:00+02:00"),
    ],
)
def test_the_days_of_grace_for_a_first_certificate_were_counted_by_hand(turnaround, extra, sent, expected):
    office = Office(Rules(**BRUSSELS, first_request_extra_days=extra))
    assert office.decision_due(at(sent), turnaround, is_first=True) == at(expected)
    assert office.decision_due(at(sent), turnaround) < at(expected)


def may(day, clock):
    return at(f"2026-05-{day:02}T{clock}+02:00")


@pytest.mark.parametrize(
    ("turnaround", "sent", "pauses", "expected"),
    [
        # Two working days from Mon 18 are Wed 20, 17:00. Asked on Tue 19, answered on Wed 20: one working day waited.
        (days(2), may(18, "10:00"), [(may(19, "10:00"), may(20, "10:00"))], may(21, "17:00")),
        (days(2), may(18, "10:00"), [(may(19, "10:00"), may(19, "15:00"))], may(20, "17:00")),  # the same day
        (days(2), may(18, "10:00"), [(may(19, "10:00"), may(19, "16:30"))], may(21, "17:00")),  # counts for Wed 20
        (days(2), may(18, "10:00"), [(may(19, "16:30"), may(20, "10:00"))], may(20, "17:00")),  # asked for Wed 20
        # From Thu 21 it is Tue 26. Fri 22 to Tue 26 is one working day.
        (days(2), may(21, "10:00"), [(may(22, "10:00"), may(26, "10:00"))], may(27, "17:00")),
        # Two questions: Mon to Tue is one (Thu 21), Wed to Fri is two (Fri 22, Tue 26).
        (
            days(2), may(18, "10:00"),
            [(may(20, "09:00"), may(22, "09:00")), (may(18, "11:00"), may(19, "09:00"))], may(26, "17:00"),
        ),
        # Overlapping they are one from Mon to Thu: three days, Thu 21, Fri 22, Tue 26.
        (
            days(2), may(18, "10:00"),
            [(may(18, "11:00"), may(20, "09:00")), (may(19, "09:00"), may(21, "09:00"))], may(26, "17:00"),
        ),
        (days(2), may(18, "10:00"), [(may(21, "09:00"), may(22, "09:00"))], may(20, "17:00")),  # broken before it
        (days(2), may(18, "10:00"), [(may(20, "16:30"), may(21, "10:00"))], may(21, "17:00")),  # asked at the last hour
        (days(2), may(18, "10:00"), [(may(15, "09:00"), may(18, "09:00"))], may(20, "17:00")),  # before it was sent
        # 24 h from Mon 10:00. Asked at 14:00 with 20 h left, answered on Tue 9:00: 15 h of Tue, 5 h of Wed.
        (hours(24), may(18, "10:00"), [(may(18, "14:00"), may(19, "09:00"))], may(20, "05:00")),
        (hours(24), may(18, "10:00"), [(may(18, "14:00"), may(18, "15:00"))], may(19, "11:00")),
        # Answered after the cut-off: the 20 h go on at 8 on Tue, 16 h there and 4 h of Wed.
        (hours(24), may(18, "10:00"), [(may(18, "14:00"), may(18, "17:00"))], may(20, "04:00")),
        # Fri 15 to Mon 18, 10:00. Asked on Fri 12:00 with 22 h left, answered on Saturday: Mon from 8, 16 h and 6 h.
        (hours(24), may(15, "10:00"), [(may(15, "12:00"), may(16, "11:00"))], may(19, "06:00")),
        # Asked after the cut-off: the clock would have stood at Tue 8:00 with 2 h left. Answered on Wed 9:00.
        (hours(24), may(18, "10:00"), [(may(18, "17:00"), may(20, "09:00"))], may(20, "11:00")),
        (hours(24, over=True), may(15, "10:00"), [(may(15, "12:00"), may(15, "18:00"))], may(16, "16:00")),
        # Over the change of clocks, 23:00 to 5:00 are five real hours: 13:00 becomes 18:00.
        (
            hours(24, over=True), at("2026-03-28T12:00+01:00"),
            [(at("2026-03-28T23:00+01:00"), at("2026-03-29T05:00+02:00"))], at("2026-03-29T18:00+02:00"),
        ),
        # Still open: as if it were answered now, on Thu 21 at 9:00. Mon to Thu is three.
        (days(2), may(18, "10:00"), [(may(18, "11:00"), None)], may(26, "17:00")),
    ],
)  # fmt: skip
def test_the_moved_decision_was_counted_by_hand(turnaround, sent, pauses, expected):
    office = Office(Rules(**BRUSSELS))
    assert office.decision_due(sent, turnaround, pauses=pauses, now=may(21, "09:00")) == expected


@pytest.mark.parametrize(
    ("rule", "day", "zone", "expected"),
    [
        # The hour is not known, so it is counted back from the beginning of the day, there.
        (("sea", 24, "departure"), "2026-12-11", "America/Lima", "2026-12-10T00:00-05:00"),
        (("air", 4, "arrival"), "2026-03-08", "America/New_York", "2026-03-07T20:00-05:00"),  # clocks change later
        (("rail", 2, "arrival"), "2026-11-02", "America/Chicago", "2026-11-01T22:00-06:00"),
        (("road", 1, "arrival"), "2026-06-15", "America/Chicago", "2026-06-14T23:00-05:00"),
        # The Sunday before has 23 hours in Vancouver, so 24 hours reach into Saturday; 25 hours in Antwerp.
        (("sea", 24, "departure"), "2026-03-09", "America/Vancouver", "2026-03-07T23:00-08:00"),
        (("sea", 24, "departure"), "2026-10-26", "Europe/Brussels", "2026-10-25T01:00+02:00"),
        (("sea", 24, "departure"), "2026-03-02", "America/Guayaquil", "2026-03-01T00:00-05:00"),
    ],
)
def test_the_usual_filing_deadline_was_counted_by_hand(rule, day, zone, expected):
    mode, count, measured_from = rule
    found = filing(FilingRule(mode=mode, hours=count, measured_from=measured_from), date.fromisoformat(day), zone)
    assert (found.at, found.at.utcoffset()) == (at(expected), at(expected).utcoffset())


@pytest.mark.parametrize(
    ("where", "before", "departure", "expected"),
    [
        (BRUSSELS, 1, "2026-05-26", "2026-05-19T08:00+02:00"),  # to be sent by Wed 20
        (BRUSSELS, 2, "2026-05-18", "2026-05-08T08:00+02:00"),  # by Tue 12; Mon 11, Fri 8
        (LIMA, 1, "2026-12-11", "2026-12-03T08:00-05:00"),  # by Fri 4
        (BRUSSELS, 0, "2026-05-26", None),
    ],
)
def test_the_moment_to_call_a_draft_to_mind_was_counted_by_hand(where, before, departure, expected):
    office = Office(Rules(**where, nudge_working_days=before))
    assert office.nudge_at(date.fromisoformat(departure)) == (at(expected) if expected else None)


# The vectors of the domain notes, Belgium and a departure on Tue 26 May: Wed 20, Thu 21 and Fri 22 count, Mon 25 is
# Whit Monday. A calendar that counts it says Thu 21.
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"counting": "lenient", "country": "BE"}, "2026-05-20T16:00+02:00"),
        ({"counting": "strict", "country": "BE"}, "2026-05-19T16:00+02:00"),
        ({"counting": "lenient", "country": ""}, "2026-05-21T16:00+02:00"),
    ],
)
def test_the_holiday_before_a_departure_does_not_count(settings, expected):
    office = Office(Rules(time_zone="Europe/Brussels", lead_days=3, **settings))
    assert office.latest_sending(date(2026, 5, 26)) == at(expected)


def test_an_open_pause_without_the_present_and_a_naive_one_are_refused():
    with pytest.raises(ValueError, match="present moment"):
        merged([(may(18, "10:00"), None)])
    with pytest.raises(ValueError, match="time zone"):
        merged([(datetime(2026, 5, 18, 10), may(19, "10:00"))])  # noqa: DTZ001 the point of the test


OFFICES = st.builds(
    Rules,
    country=st.sampled_from(["BE", "PE", "US", ""]),
    time_zone=st.sampled_from(["Europe/Brussels", "America/Lima", "Africa/Cairo", "America/Santiago"]),
    weekend=st.sampled_from([("sat", "sun"), ("fri", "sat"), ("sun",), ()]),
    first_request_extra_days=st.integers(0, 5),
).map(Office)
CLASSES = st.one_of(
    st.builds(hours, st.integers(1, 120), st.booleans()),
    st.builds(days, st.integers(0, 10)),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 bounds are naive
SPANS = st.timedeltas(timedelta(0), timedelta(days=9))


@st.composite
def asked_after(draw, sent):
    """Pauses that begin in the days after the sending, where they matter."""
    starts = draw(st.lists(SPANS, max_size=4))
    return [(sent + start, sent + start + draw(SPANS)) for start in starts]


@given(OFFICES, CLASSES, MOMENTS, SPANS, st.booleans())
def test_sending_later_never_brings_the_decision_earlier(office, turnaround, sent, more, first):
    due = office.decision_due(sent, turnaround, is_first=first)
    later = office.decision_due(sent + more, turnaround, is_first=first)
    assert due.astimezone(UTC) <= later.astimezone(UTC)
    assert due.astimezone(UTC) > sent


@given(OFFICES, CLASSES, MOMENTS, st.data())
def test_a_decision_is_never_due_on_a_closed_day_unless_the_class_runs_over_it(office, turnaround, sent, data):
    pauses = data.draw(asked_after(sent))
    if not turnaround.over_closed_days:
        assert office.is_working_day(office.decision_due(sent, turnaround, pauses=pauses).date())


@given(OFFICES, CLASSES, MOMENTS, SPANS, SPANS, SPANS, st.data())
def test_a_pause_never_makes_a_decision_earlier_and_a_longer_one_neither(
    office, turnaround, sent, after, waited, more, data
):
    asked, others = sent + after, data.draw(asked_after(sent))
    short, long = [(asked, asked + waited)], [(asked, asked + waited + more)]
    dues = [
        office.decision_due(sent, turnaround, pauses=pauses).astimezone(UTC)
        for pauses in ([], short, long, long + others)
    ]
    assert dues == sorted(dues)


@given(OFFICES, CLASSES, MOMENTS, st.data())
def test_pauses_count_once_in_whatever_order_and_pieces_they_come(office, turnaround, sent, data):
    pauses = data.draw(asked_after(sent))
    due = office.decision_due(sent, turnaround, pauses=pauses)
    assert office.decision_due(sent, turnaround, pauses=list(reversed(pauses)) * 2) == due
    assert office.decision_due(sent, turnaround, pauses=merged(pauses)) == due
    pieces = [
        half for start, end in pauses for half in ((start, start + (end - start) / 2), (start + (end - start) / 2, end))
    ]
    assert office.decision_due(sent, turnaround, pauses=pieces) == due


@given(OFFICES, CLASSES, MOMENTS, st.data())
def test_moving_a_promise_answer_by_answer_comes_to_the_same_as_all_at_once(office, turnaround, sent, data):
    pauses = merged(data.draw(asked_after(sent)))
    due = office.decision_due(sent, turnaround)
    for pause in pauses:
        due = office.due_after(due, turnaround, [pause], since=sent)
    assert due == office.decision_due(sent, turnaround, pauses=pauses)


@given(OFFICES, CLASSES, MOMENTS, SPANS)
def test_after_an_answer_the_office_has_what_was_left(office, turnaround, sent, waited):
    """Asked at the very moment of sending, a question leaves the whole class from the answer."""
    answered = sent + waited
    moved = office.decision_due(sent, turnaround, pauses=[(sent, answered)])
    assert moved.astimezone(UTC) == office.decision_due(answered, turnaround).astimezone(UTC)
