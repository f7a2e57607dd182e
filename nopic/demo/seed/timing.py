"""What time it is while the seed walks: an office's working days counted from today, and the clock stopped at one of them.

Every time that business code stores comes from `nopic.workflow.clock`, so the demo's history is made by asking that
clock at the moment in question, never by editing rows afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

from nopic.tenants.calendar import Office
from nopic.workflow import clock
from nopic.workflow.audit import telling_of

_A_DAY = timedelta(days=1)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let business code in this process see `moment` as the present. Leases and the audit log keep the database's clock;
    what the log tells says when it happened.
    """
    kept = vars(clock)["timezone"]
    vars(clock)["timezone"] = SimpleNamespace(now=lambda: moment)
    try:
        with telling_of(moment):
            yield
    finally:
        vars(clock)["timezone"] = kept


def working_day(office: Office, count: int) -> date:
    """The office's working day `count` days from today; 0 is today, or the last working day before a free one."""
    day = office.local(clock.now()).date()
    while not office.is_working_day(day):
        day -= _A_DAY
    step = _A_DAY if count > 0 else -_A_DAY
    for _each in range(abs(count)):
        day += step
        while not office.is_working_day(day):
            day += step
    return day


def working_moment(office: Office, days_ago: int, hour: time) -> datetime:
    """That hour so many working days ago, and never later than half an hour ago."""
    moment = datetime.combine(working_day(office, -days_ago), hour, tzinfo=office.zone)
    return min(moment, clock.now() - timedelta(minutes=30))


def between(first: datetime, share: float) -> datetime:
    """The moment so far on the way from `first` to the present."""
    return first + (clock.now() - first) * share
