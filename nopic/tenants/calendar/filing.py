"""Until when customs wants the data of a shipment, by mode of transport: usual figures of the policy, never law.

The hour of loading or arrival is not known to the portal, only the day. So the time is counted back from the beginning
of that day on the clock of the place, which is the earliest that it can mean.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nopic.tenants.policy import FilingRule


class Filing(NamedTuple):
    """``at``: the last moment, on the clock of ``zone``, the place where it is measured; ``rule`` says from what."""

    at: datetime
    zone: str
    rule: FilingRule


def filing(rule: FilingRule, day: date, zone: str) -> Filing:
    """The usual filing deadline for goods that are loaded, or arrive, on ``day`` at a place with this zone."""
    begins = datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Filing((begins - timedelta(hours=rule.hours)).astimezone(ZoneInfo(zone)), zone, rule)
