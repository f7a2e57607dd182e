"""Working days of a certifier's office: when a request must be sent, when the decision is due, and why a day is closed.

All rules are the certifier's own, none is law: no regulation names a lead time in days. The office's calendar governs
(its zone, the public holidays of its country, its own closed days, its weekend), never the exporter's. A departure is a
plain date: the day on the clock of the place where the goods leave (``requests.ports``), and it never counts itself.

The cut-off itself is in time; a moment after it counts as the office's next working day. So a request is late exactly
when it was sent after ``latest_sending``.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from nopic.tenants.policy import WEEK, Rules

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
        return (
            day.weekday() not in self._weekend
            and day not in self._closed
            and day not in public_holidays(self.rules.country, self.rules.subdivision, day.year)
        )

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

    def decision_due(self, sent_at: datetime) -> datetime:
        """The promised end of a decision: closing time of the n-th working day after the day that sending counts for."""
        day = self.counted_day(sent_at)
        for _step in range(self.rules.decision_working_days):
            day = self._first_working_day(day + _ONE_DAY)
        return datetime.combine(day, self.rules.closing, tzinfo=self.zone)

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


def fault(rules: Rules) -> str:
    """The sentence about a country or region without a holiday calendar, or nothing. Asked when a policy is stored."""
    if not rules.country:
        return ""
    import holidays  # here and below: 170 ms that only processes which count working days should pay

    regions = holidays.list_supported_countries().get(rules.country)
    if regions is None:
        return _("There is no holiday calendar for the country %(country)s.") % {"country": rules.country}
    if rules.subdivision and rules.subdivision not in regions:
        return _("There is no holiday calendar for %(region)s in %(country)s.") % {
            "region": rules.subdivision,
            "country": rules.country,
        }
    return ""


@lru_cache(maxsize=256)
def public_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Public holidays, observed days included, with their English names; none without a country.

    Source: the ``holidays`` library. Raises ValueError for a country or region that it does not know.
    """
    if not country:
        return {}
    import holidays

    try:
        kinds = holidays.country_holidays(country)
        language = next((tag for tag in ("en_US", "en_GB", "en") if tag in kinds.supported_languages), None)
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language)
    except NotImplementedError as error:
        raise ValueError(
            _("There is no holiday calendar for the country %(country)s.") % {"country": country}
        ) from error
    return dict(found.items())
