"""Which fault the next call meets: ordered ones first, then an outage, then the seeded mix."""

import random
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from nopic.oid.mock.actions import behaviour
from nopic.oid.mock.models import Arrival, Behaviour, Fault

ENDPOINTS = ("register", "find", "operation", "read", "cancel", "replace", "revise", "weight", "bounds")

# What each fault is told: seconds of waiting, of a Retry-After header, bytes of a huge body.
FAULTS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 30.0, "beyond_bounds": False},
    "slow_after_commit": {"seconds": 30.0},
    "500_before_commit": {},
    "503_before_commit": {"retry_after": None},
    "503_after_commit": {"retry_after": None},
    "reset_before_commit": {},
    "reset_after_commit": {},
    "malformed": {},
    "html": {},
    "empty": {},
    "wrong_number_format": {},
    "duplicate_reply": {},
    "409": {},
    "429": {"retry_after": 60},
    "401": {},
    "huge": {"bytes": 8 * 1024 * 1024},
    "drip": {"seconds_per_byte": 1.0},
}
# Percent of the calls that meet each fault, unless the caller of /chaos/mix/ says otherwise.
USUAL_MIX = {"500_before_commit": 4, "slow": 4, "503_after_commit": 4, "malformed": 2, "reset_after_commit": 2}


def next_fault(endpoint: str) -> tuple[str, dict[str, Any]] | None:
    """Take the fault that waits for this call, and write down that the call came and what it met."""
    serial = _count(endpoint)
    state = behaviour()
    fault = _ordered(endpoint) or _outage(state) or _drawn(state, endpoint, serial)
    if fault is None:
        return None
    name, arguments = fault
    Arrival.objects.filter(endpoint=endpoint, serial=serial).update(fault=name)
    return name, {**FAULTS.get(name, {}), **arguments}


def _count(endpoint: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 1))", [endpoint])
        try:
            cursor.execute(
                "INSERT INTO mock_oid_arrival (endpoint, serial, fault, arrived_at)"
                " SELECT %s, COALESCE(MAX(serial), 0) + 1, '', clock_timestamp() FROM mock_oid_arrival"
                " WHERE endpoint = %s RETURNING serial",
                [endpoint, endpoint],
            )
            return int(cursor.fetchone()[0])
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [endpoint])


def _ordered(endpoint: str) -> tuple[str, dict[str, Any]] | None:
    for fault in Fault.objects.filter(Q(endpoint=endpoint) | Q(endpoint="any"), remaining__gt=0).order_by("id"):
        # Compare and set: two calls at once never take the same one.
        if Fault.objects.filter(pk=fault.pk, remaining__gt=0).update(remaining=F("remaining") - 1):
            return fault.name, {**fault.arguments, "order": fault.pk}
    return None


def _outage(state: Behaviour) -> tuple[str, dict[str, Any]] | None:
    until = state.outage_until
    return ("503_before_commit", {}) if until is not None and timezone.now() < until else None


def _drawn(state: Behaviour, endpoint: str, serial: int) -> tuple[str, dict[str, Any]] | None:
    mix = state.mix
    if mix is None or endpoint not in mix["endpoints"]:
        return None
    point = random.Random(f"{mix['seed']} {endpoint} {serial}").uniform(0, 100)  # noqa: S311
    for name, percent in mix["percent"].items():
        if point < percent:
            return name, mix["arguments"].get(name, {})
        point -= percent
    return None
