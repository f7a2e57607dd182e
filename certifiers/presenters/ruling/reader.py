"""Who reads the sentences of a policy, and when: what their writers have at hand."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from nopic.presentation import words
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules


@dataclass(frozen=True)
class Reader:
    """The rules as they would be, the moment at which they are read, and whose rules they are."""

    rules: Rules
    moment: datetime
    certifier: str

    @cached_property
    def office(self) -> Office:
        """The calendar under these rules."""
        return Office(self.rules)

    @cached_property
    def today(self) -> date:
        """On the office's clock."""
        return self.office.local(self.moment).date()

    def when(self, moment: datetime) -> str:
        """A deadline as every page writes it."""
        return words.moment(moment, self.rules.time_zone, words.city_of(self.rules.time_zone), self.today)

    def day(self, day: date) -> str:
        """A day as every page writes it."""
        return words.day(day, self.today)
