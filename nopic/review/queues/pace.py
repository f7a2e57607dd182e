"""How many working days are left until a departure, for many dates at once, on the certifier's office calendar."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from nopic.requests.ports import today_at
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules

_FARTHEST = 400  # days; no policy allows a departure further ahead


class Pace:
    """The office's clock at one moment."""

    def __init__(self, rules: Rules, now: datetime, departures: Iterable[date | None]) -> None:
        self.office = Office(rules)
        self.now = now
        self.today = self.office.local(now).date()
        self._left = self._count(sorted({day for day in departures if day is not None}))

    def _count(self, days: list[date]) -> dict[date, int]:
        """Working days from now to each day, in one walk over the calendar."""
        found: dict[date, int] = {}
        at, passed = self.office.counted_day(self.now), 0
        for day in days:
            last = min(day, self.today + timedelta(days=_FARTHEST))
            while at < last:
                passed += self.office.is_working_day(at)
                at += timedelta(days=1)
            found[day] = passed if day >= at else 0
        return found

    def days_left(self, departure: date) -> int:
        """Working days the office has before the day of departure; today counts until the cut-off."""
        return self._left[departure]

    def has_passed(self, departure: date, place: str, country: str) -> bool:
        """Whether the day of departure is over at the place of loading: then somebody asks whether the goods have left.

        At the office, where that place is not known.
        """
        return departure < (today_at(place, country, self.now) or self.today)

    def hours_left(self, decide_by: datetime) -> int:
        """Whole hours until the promised decision, rounded up; 0 when it is past."""
        seconds = (decide_by - self.now).total_seconds()
        return max(0, -int(-seconds // 3600))

    def days_to_decide(self, decide_by: datetime) -> int:
        """Working days after today up to and with the day of the promised decision; 0 on that day."""
        due = self.office.local(decide_by).date()
        return self.office.working_days_between(self.today + timedelta(days=1), due + timedelta(days=1))
