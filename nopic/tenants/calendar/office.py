"""Working days of a certifier's office: when a request must be sent, when the decision is due, and why a day is closed.

The cut-off itself is in time; a moment after it counts as the office's next working day. So a request is late exactly
when it was sent after ``latest_sending``.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from nopic.tenants.calendar import promises
from nopic.tenants.calendar.holidays_of import public_holidays
from nopic.tenants.calendar.promises import Pause
from nopic.tenants.policy import WEEK, Rules, Turnaround

_ONE_DAY = timedelta(days=1)
# No office is closed longer than this; without a bound a calendar without working days would be walked for ever.
_LONGEST_CLOSURE = timedelta(days=366)


class RulerDay(TypedDict):
    """One cell of the working-day ruler, in the shape that ``presentation.rulers.ruler`` prints.

    ``role``: "by" on the last day to send, "go" on the day of departure, "safe" on a working day before the
    last one, or nothing.
    """

    date: date
    counts: bool
    role: str
    why: str


class Office:
    """The calendar of one certifier under one version of its policy. Cheap to make; holidays are read when asked."""

    __slots__ = ("_closed", "_weekend", "rules", "zone")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.zone = ZoneInfo(rules.time_zone)
        self._weekend = frozenset(WEEK.index(day) for day in rules.weekend)
        self._closed = {closed.day: closed.why for closed in rules.closed_days}

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on this day of its own calendar."""
        return day.weekday() not in self._weekend and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether the office is closed on this day whatever the weekday: a public holiday or a closed day of its own."""
        return day in self._closed or day in public_holidays(self.rules.country, self.rules.subdivision, day.year)

    def why_closed(self, day: date) -> str:
        """The reason to show for a closed day, the most particular first; nothing on a working day."""
        holidays = public_holidays(self.rules.country, self.rules.subdivision, day.year)
        if day in self._closed:
            return self._closed[day] or _("Office closed")
        if day in holidays:
            return holidays[day]
        return _("Weekend") if day.weekday() in self._weekend else ""

    def local(self, moment: datetime) -> datetime:
        """A moment on the office's clock. Raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("A moment needs its time zone")
        return moment.astimezone(self.zone)

    def counted_day(self, moment: datetime) -> date:
        """The working day that something received at this moment counts for."""
        here = self.local(moment)
        day = here.date()
        if here.time() > self.rules.cut_off:
            day += _ONE_DAY
        return self._first_working_day(day)

    def latest_sending(self, departure: date) -> datetime:
        """The last moment at which a request for goods leaving on ``departure`` is in time.

        Lenient: the day of sending is the first of the lead days. Strict: it precedes them all. With no lead days it
        is the last cut-off up to and including the day of departure. Always on a working day, aware, office's zone.
        """
        lead = self.rules.lead_days
        if lead == 0:
            day = self._last_working_day(departure)
        else:
            day = departure
            for _step in range(lead if self.rules.counting == "lenient" else lead + 1):
                day = self._last_working_day(day - _ONE_DAY)
        return datetime.combine(day, self.rules.cut_off, tzinfo=self.zone)

    def is_late(self, sent_at: datetime, departure: date) -> bool:
        """Whether a request sent at this moment leaves the office fewer than its lead days."""
        return self.counted_day(sent_at) > self.latest_sending(departure).date()

    def working_days_between(self, first: date, last: date) -> int:
        """Working days from ``first`` inclusive to ``last`` exclusive; 0 when the span is empty or reversed."""
        days = (first + timedelta(days=n) for n in range(max(0, (last - first).days)))
        return sum(map(self.is_working_day, days))

    def nudge_at(self, departure: date) -> datetime | None:
        """When a draft for this departure is called to mind: the opening hour so many working days before the last.

        None where the policy sends no such e-mail.
        """
        if not self.rules.nudge_working_days:
            return None
        day = self.latest_sending(departure).date()
        for _step in range(self.rules.nudge_working_days):
            day = self._last_working_day(day - _ONE_DAY)
        return self.opening_of(day)

    def decision_due(
        self,
        sent_at: datetime,
        turnaround: Turnaround | None = None,
        *,
        is_first: bool = False,
        pauses: Iterable[Pause] = (),
        now: datetime | None = None,
    ) -> datetime:
        """The promised moment of the decision, on the office's clock; see ``promises`` for how it is counted.

        Without a class it is the policy's default. ``is_first`` adds the days of an exporter without a certificate.
        A pause without an end lasts until ``now``. Raises ValueError for a naive moment or an open pause without now.
        """
        chosen = turnaround or self.rules.turnaround("")
        due = promises.due(self, sent_at, chosen, self.rules.first_request_extra_days if is_first else 0)
        return promises.after_pauses(self, due, chosen, pauses, since=sent_at, now=now)

    def due_after(
        self,
        due: datetime,
        turnaround: Turnaround | None,
        pauses: Iterable[Pause],
        *,
        since: datetime,
        now: datetime | None = None,
    ) -> datetime:
        """A promise that was made already, moved by the time in which questions were open."""
        return promises.after_pauses(self, due, turnaround or self.rules.turnaround(""), pauses, since=since, now=now)

    def working_days_after(self, day: date, count: int) -> date:
        """The working day that lies so many working days after ``day``; with 0, this day or the next one that is."""
        found = self._first_working_day(day)
        for _step in range(count):
            found = self._first_working_day(found + _ONE_DAY)
        return found

    def opening_of(self, day: date) -> datetime:
        """The opening hour of a day, on the office's clock."""
        return datetime.combine(day, self.rules.opening, tzinfo=self.zone)

    def closing_of(self, day: date) -> datetime:
        """The closing hour of a day, on the office's clock."""
        return datetime.combine(day, self.rules.closing, tzinfo=self.zone)

    def midnight_of(self, day: date) -> datetime:
        """The instant at which a day of the office begins, in UTC: hours are added there, where none is missing."""
        return datetime.combine(day, time(0), tzinfo=self.zone).astimezone(UTC)

    def days_for_ruler(self, today: date, departure: date) -> list[RulerDay]:
        """The cells of the picture: from the day before the send-by day (from that day if it has come) to departure."""
        send_by = self.latest_sending(departure).date()
        first = send_by if today >= send_by else send_by - _ONE_DAY
        return [
            self._ruler_day(first + timedelta(days=n), send_by, departure) for n in range((departure - first).days + 1)
        ]

    def _ruler_day(self, day: date, send_by: date, departure: date) -> RulerDay:
        counts = self.is_working_day(day)
        role = "safe" if counts and day < send_by else ""
        if day == send_by:
            role = "by"
        if day == departure:
            role = "go"
        return RulerDay(date=day, counts=counts, role=role, why=self.why_closed(day))

    def _first_working_day(self, day: date) -> date:
        """This day or the next working day after it."""
        return self._seek(day, _ONE_DAY)

    def _last_working_day(self, day: date) -> date:
        """This day or the last working day before it."""
        return self._seek(day, -_ONE_DAY)

    def _seek(self, start: date, step: timedelta) -> date:
        day = start
        while not self.is_working_day(day):
            day += step
            if abs(day - start) > _LONGEST_CLOSURE:
                raise ValueError(
                    _("This office has no working day within a year of %(day)s.") % {"day": start.isoformat()}
                )
        return day
