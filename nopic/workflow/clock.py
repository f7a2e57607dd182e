"""The one clock. Business code asks here, so that tests and the demo can say what time it is.

Leases and the queue use the database's own clock instead, because workers' clocks may differ.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, UTC."""
    return timezone.now()


def today(zone: str) -> date:
    """Today's date in a time zone such as "America/Lima"."""
    return now().astimezone(ZoneInfo(zone)).date()
