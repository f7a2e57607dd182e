"""What must hold before a process of the portal may start: the database role, the proportions of time, versions.

Each is a system check (`manage.py check --database default`) and stops web, worker, beat and sweeper at their start.
The role is looked at once more on the first connection of every process, also of one that started without a database.
"""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from nopic.workflow import crash

# Whatever the role is or may become by SET ROLE; a superuser is a member of everything.
UNBOUND = """
SELECT EXISTS (SELECT FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND r.rolsuper),
       EXISTS (SELECT FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND r.rolbypassrls),
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                  AND pg_has_role(current_user, c.relowner, 'MEMBER'))
"""
LEAST_VERSIONS = {
    "kombu": (5, 7),  # older ones can stop consuming after Redis comes back, and still answer ping (kombu#2492, #2629)
    "weasyprint": (70,),  # older ones fetch past the sealed fetcher (CVE-2026-55073)
}
_bound: set[tuple[int, str]] = set()  # (process, database) whose role was found to be bound by row-level security


class SeesEverything(ImproperlyConfigured):
    """The process is connected under a role that row-level security does not bind."""

    def __init__(self, fault: CheckMessage) -> None:
        super().__init__(f"{fault.msg} {fault.hint}")
        self.fault = fault


@register(Tags.database)
def the_role_is_bound(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The runtime role is neither superuser nor BYPASSRLS nor an owner, nor may it become one."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        return _faults_of_role(connections[DEFAULT_DB_ALIAS])
    except SeesEverything as error:  # this was the first connection of the process
        return [error.fault]
    except OperationalError as error:
        return [Error(f"The database does not answer: {str(error).splitlines()[0]}", id="nopic.E001")]


def _faults_of_role(connection: Any) -> list[CheckMessage]:
    with connection.cursor() as cursor:
        cursor.execute(UNBOUND)
        superuser, bypasses, owns = cursor.fetchone()
    what = [
        text
        for holds, text in (
            (superuser, "is a superuser"),
            (bypasses, "may bypass row-level security"),
            (owns, "owns the tables"),
        )
        if holds
    ]
    if not what:
        return []
    return [
        Error(
            f"The database role {connection.settings_dict['USER']} {' and '.join(what)}, so one certifier could see"
            " another's rows.",
            hint="Let DATABASE_URL name the restricted runtime role; only DATABASE_OWNER_URL names the owner.",
            id="nopic.E002",
        )
    ]


@register()
def times_are_in_proportion(**_: Any) -> list[CheckMessage]:
    """One call ends before its task, the task before its lease, the lease before the sweeper takes over."""
    chain = [
        ("a call to the registry", settings.REGISTRY_READ_SECONDS),
        ("a task", settings.TASK_SECONDS),
        ("a lease", settings.LEASE_SECONDS),
        ("the sweeper's grace", settings.SWEEP_GRACE_SECONDS),
        # Far longer than anything else, so that the broker never hands out a wake-up twice while it is being worked on.
        ("a tenth of the broker's visibility", settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] / 10),
    ]
    return [
        Error(f"{one} ({a:g} s) must be shorter than {other} ({b:g} s).".capitalize(), id="nopic.E003")
        for (one, a), (other, b) in pairwise(chain)
        if a >= b
    ]


@register()
def libraries_are_new_enough(**_: Any) -> list[CheckMessage]:
    """Versions below these have faults that this portal depends on being mended."""
    return [
        Error(f"{name} {version(name)} is too old, {'.'.join(map(str, least))} is needed.", id="nopic.E004")
        for name, least in LEAST_VERSIONS.items()
        if tuple(int(part) for part in version(name).split(".")[:2] if part.isdigit()) < least
    ]


@register()
def nobody_orders_crashes(**_: Any) -> list[CheckMessage]:
    """NOPIC_CRASH_AT belongs to tests."""
    if crash.AT and not (settings.DEBUG or settings.TESTING):
        return [Error("NOPIC_CRASH_AT lets this process kill itself: unset it.", id="nopic.E005")]
    return []


def refuse_to_start() -> None:
    """End the process with the reasons when one of these checks fails.

    A database that is away stops nothing here: its role is looked at on the first connection.
    """
    faults = [*times_are_in_proportion(), *libraries_are_new_enough(), *nobody_orders_crashes()]
    faults += [fault for fault in the_role_is_bound([DEFAULT_DB_ALIAS]) if fault.id != "nopic.E001"]
    if faults:
        for fault in faults:
            print(f"{fault.msg} {fault.hint or ''}".strip(), file=sys.stderr)
        raise SystemExit(3)  # gunicorn stops as a whole on this code instead of starting the worker again and again


def look_at_first_connection(connection: Any, **_: Any) -> None:
    """The role of a process's first connection to a database; receiver of `connection_created`."""
    place = (os.getpid(), str(connection.settings_dict["NAME"]))
    if connection.alias != DEFAULT_DB_ALIAS or place in _bound:
        return
    if faults := _faults_of_role(connection):
        connection.close()
        raise SeesEverything(faults[0])
    _bound.add(place)
