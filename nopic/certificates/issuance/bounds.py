"""A deployment check: does this portal wait longer than the registry may take? Asked of the registry itself."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register

from nopic.oid.client import Registry, RegistryFailure


@register(deploy=True)
def the_settle_time_is_long_enough(**_: Any) -> list[CheckMessage]:
    """The settle time exceeds the longest in-flight time and the longest look-up lag that the registry publishes.

    A registry that does not answer now is no fault: the ladder asks again before it relies on the bounds.
    """
    try:
        bounds = Registry(settings.OID_URL, "", connect=1.0, read=3.0, total=3.0).bounds()
    except RegistryFailure as failure:
        return [Info(f"The registry at {settings.OID_URL} did not tell its bounds: {failure}", id="nopic.I010")]
    longest = bounds.longest_in_flight_seconds + bounds.longest_lookup_lag_seconds
    if longest < settings.SETTLE_SECONDS:
        return []
    return [
        Error(
            f"The registry may take {longest:g} seconds to show what it was sent,"
            f" and this portal waits only {settings.SETTLE_SECONDS:g}.",
            hint="Set OID_SETTLE_SECONDS to more; until then every lost answer waits for a person.",
            id="nopic.E010",
        )
    ]
