"""The answer to "When must I send it?": the last moment in words, the ruler, and which days do not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.presentation import words
from nopic.requests import queries
from nopic.requests.steps.departure import why_not_departure
from nopic.tenants.calendar import Office, RulerDay
from nopic.tenants.models import Policy


@dataclass(frozen=True)
class Lead:
    """What the aside prints. With a `problem` there is nothing else; without a date there is neither."""

    typed: str
    problem: str = ""
    send_by: str = ""
    city: str = ""
    late: bool = False
    left: str = ""
    lead_days: str = ""
    closed: str = ""
    days: Sequence[RulerDay] = ()


def lead(typed: str | None, offered: date | None, policy: Policy, now: datetime) -> Lead:
    """Read the typed date, or take the one offered: the next departure that is not sent yet."""
    office = Office(policy.rules)
    today = office.local(now).date()
    departure = offered
    if typed is not None:
        typed = typed.strip()[:40]
        try:
            departure = date.fromisoformat(typed)
        except ValueError:
            return Lead("", problem=_("Enter the date the goods leave, such as %(day)s") % {"day": today.isoformat()})
        if why := why_not_departure(departure, today, policy.rules):
            return Lead(typed, problem=why)
    if departure is None or departure < today:
        return Lead("")
    found = queries.ruler(departure, policy)
    assert found is not None  # noqa: S101 - it has a date
    zone = found.zone
    count = office.working_days_between(office.counted_day(now), found.send_by.date()) + 1
    days = policy.rules.lead_days
    return Lead(
        typed=departure.isoformat(),
        send_by=words.moment(found.send_by, zone),
        city=words.city_of(zone),
        late=found.late,
        left="" if found.late else ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count},
        lead_days=ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days},
        closed=_closed(found.days),
        days=found.days,
    )


def _closed(days: Sequence[RulerDay]) -> str:
    """`Tue 8 Dec (Immaculate Conception)`: closed days in the picture other than weekends, which speak for themselves."""
    told = [
        f"{words.day(each['date'])} ({each['why']})"
        for each in days
        if not each["counts"] and each["why"] and each["why"] != _("Weekend")
    ]
    return ", ".join(told)
