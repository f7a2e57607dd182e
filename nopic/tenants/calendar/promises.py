"""When a decision is due for a turnaround class, and how open questions move it.

Working days: closing time of the n-th working day after the day that the sending counts for; with 0, that same day.
Hours on working days: the clock starts at the sending, or at the opening hour of the day that it counts for, and stands
still from midnight to midnight on closed days. Hours over closed days: real hours from the sending, at any time.
Working days of grace for an exporter's first certificate are added at the end and never run over closed days.

While a question is open the clock stands still. In working days the promise moves by those from the day that the
question counts for to the day that the answer counts for; in hours the rest is counted from the answer as from a
sending. A question asked when the promise was broken already moves nothing. So a pause never makes a promise earlier,
and pauses that overlap or touch are one. Hours are added in UTC, where a change of the clocks loses none.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nopic.tenants.policy import Turnaround

if TYPE_CHECKING:
    from nopic.tenants.calendar.office import Office

Pause = tuple[datetime, datetime | None]  # from the question to the answer; without an end, still open
_ONE_DAY = timedelta(days=1)


def due(office: "Office", sent_at: datetime, turnaround: Turnaround, extra_days: int = 0) -> datetime:
    """The end of a class for something sent at this moment, with so many working days more."""
    if not turnaround.in_hours:
        return office.closing_of(office.working_days_after(office.counted_day(sent_at), turnaround.amount + extra_days))
    start, span = _start(office, sent_at, turnaround), timedelta(hours=turnaround.amount)
    end = start + span if turnaround.over_closed_days else _open_after(office, start, span)
    return office.local(_open_after(office, end, extra_days * _ONE_DAY) if extra_days else end)


def after_pauses(
    office: "Office",
    due: datetime,
    turnaround: Turnaround,
    pauses: Iterable[Pause],
    *,
    since: datetime,
    now: datetime | None = None,
) -> datetime:
    """The promise ``due`` of something sent at ``since``, moved by the pauses; see above."""
    for asked, answered in merged(pauses, now=now):
        start = max(asked, since)
        if start < answered and _utc(start) < _utc(due):
            due = _moved(office, due, turnaround, start, answered)
    return office.local(due)


def merged(pauses: Iterable[Pause], *, now: datetime | None = None) -> list[tuple[datetime, datetime]]:
    """The pauses in order, in UTC, those that overlap or touch as one; an open one ends ``now``.

    Raises ValueError for an open pause without now and for a naive moment.
    """
    found: list[tuple[datetime, datetime]] = []
    for asked, answered in sorted((_utc(start), _end(end, now)) for start, end in pauses):
        if found and asked <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], answered))
        else:
            found.append((asked, answered))
    return found


def _moved(office: "Office", due: datetime, turnaround: Turnaround, asked: datetime, answered: datetime) -> datetime:
    if not turnaround.in_hours:
        last = office.local(due).date()
        waited = office.working_days_between(min(office.counted_day(asked), last), office.counted_day(answered))
        return office.closing_of(office.working_days_after(last, waited))
    if turnaround.over_closed_days:
        return _utc(due) + (answered - asked)
    rest = _open_between(office, _start(office, asked, turnaround), _utc(due))
    return max(_utc(due), _open_after(office, _start(office, answered, turnaround), rest))


def _start(office: "Office", moment: datetime, turnaround: Turnaround) -> datetime:
    """When the hours begin to run for something received at this moment, in UTC."""
    if turnaround.over_closed_days:
        return _utc(moment)
    return max(_utc(moment), office.opening_of(office.counted_day(moment)).astimezone(UTC))


def _open_after(office: "Office", start: datetime, span: timedelta) -> datetime:
    """The moment at which so much time on working days has passed since ``start``; always on a working day, in UTC."""
    day = office.local(start).date()
    while True:
        opens, closes = office.midnight_of(day), office.midnight_of(day + _ONE_DAY)
        if office.is_working_day(day):
            begins = max(start, opens)
            if begins + span < closes:
                return begins + span
            span -= closes - begins
        day = office.working_days_after(day + _ONE_DAY, 0)


def _open_between(office: "Office", first: datetime, last: datetime) -> timedelta:
    """The time on working days between two moments; none when they are reversed."""
    day, passed = office.local(first).date(), timedelta()
    while (opens := office.midnight_of(day)) < last:
        if office.is_working_day(day):
            begins, ends = max(first, opens), min(last, office.midnight_of(day + _ONE_DAY))
            passed += max(timedelta(), ends - begins)
        day += _ONE_DAY
    return passed


def _end(moment: datetime | None, now: datetime | None) -> datetime:
    if moment is None and now is None:
        raise ValueError("A pause that is still open needs the present moment")
    return _utc(moment or now)


def _utc(moment: datetime | None) -> datetime:
    if moment is None or moment.tzinfo is None:
        raise ValueError("A moment needs its time zone")
    return moment.astimezone(UTC)
