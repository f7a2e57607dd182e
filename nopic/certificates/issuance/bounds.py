"""Deployment checks asked of the registry itself: do we wait longer than it may take, and do the clocks agree?"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.db import DEFAULT_DB_ALIAS

from nopic.oid.client import Bounds, Registry, RegistryFailure
from nopic.workflow.dispatch import database_now

CLOCKS_MAY_DIFFER = 3.0  # seconds; the registry tells its clock to the second, and the answer takes its time


def _ask() -> Bounds:
    return Registry(settings.OID_URL, "", connect=1.0, read=3.0, total=3.0).bounds()


@register(deploy=True)
def the_settle_time_is_long_enough(**_: Any) -> list[CheckMessage]:
    """The settle time exceeds the longest in-flight time and the longest look-up lag that the registry publishes.

    A registry that does not answer now is no fault: the ladder asks again before it relies on the bounds.
    """
    try:
        bounds = _ask()
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


@register(Tags.database, deploy=True)
def the_clocks_agree(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The database's clock, which every sending names, and the registry's, which measures how late it arrived.

    With ours ahead, a sending that was frozen under way takes effect later than the bounds say.
    """
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        theirs = _ask().told_at
    except RegistryFailure:
        return []  # nopic.I010 says so
    if theirs is None:
        return []
    ahead = (database_now() - theirs).total_seconds()
    if abs(ahead) <= CLOCKS_MAY_DIFFER:
        return []
    return [
        checks.Warning(
            f"The database's clock is {abs(ahead):.0f} seconds {'ahead of' if ahead > 0 else 'behind'} the registry's.",
            hint="Synchronise the machines' clocks (NTP): how late a sending may take effect is measured across both.",
            id="nopic.W011",
        )
    ]
