"""What is owed next: PostgreSQL is the queue of record, Celery and Redis only carry wake-ups.

`owe()` writes a row inside the business transaction and NOTIFYs the sweeper, which tells the broker. Whoever runs the
row (a Celery worker, or the sweeper itself when the broker is down) first claims it: a lease by the database's clock
and a fence that grows with every claim. A handler ends its work with `claim.finish()` in the same transaction as its
result, so work that lost its lease can change nothing, and work that died is simply claimed again.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from nopic.workflow.crash import crash_point

log = logging.getLogger(__name__)
CHANNEL = "nopic_dispatch"
RECONNECT_SECONDS = 0.5
IN_FLIGHT_PER_TENANT = 4  # of one topic, so that one certifier's backlog cannot starve the others


class LostLease(Exception):
    """The lease ran out and somebody else has the work now: change nothing, keep what was learnt."""


@dataclass(frozen=True)
class Later:
    """A handler's answer when the work is not done yet."""

    seconds: float
    why: str


@dataclass(frozen=True)
class Claim:
    """The right to do one piece of owed work until the lease runs out."""

    id: int
    topic: str
    certifier_id: int
    subject_id: int
    fence: int
    asked: int
    attempts: int
    crashes: int
    ends_at: float  # by this process's own monotonic clock, counted from before the lease was asked for

    def seconds_left(self) -> float:
        """How long the lease certainly still holds; a frozen process finds it spent when it wakes."""
        return self.ends_at - time.monotonic()

    def keep(self) -> datetime:
        """Lock the row for the rest of this transaction; LostLease when another claim has taken over.

        Returns the database's clock.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT clock_timestamp() FROM workflow_dispatch"
                " WHERE id = %s AND fence = %s AND done_at IS NULL FOR UPDATE",
                [self.id, self.fence],
            )
            row = cursor.fetchone()
        if row is None:
            raise LostLease(str(self))
        moment: datetime = row[0]
        return moment

    def finish(self) -> None:
        """Mark the work done, in the caller's transaction; LostLease when another claim has taken over.

        What was owed again while this claim ran stays owed and is due at once: the claim had read an older state.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH done AS (UPDATE workflow_dispatch"
                " SET done_at = CASE WHEN asked = %s THEN clock_timestamp() END,"
                " lease_until = NULL, woken_at = NULL, reason = '', attempts = 0, crashes = 0"
                " WHERE id = %s AND fence = %s AND done_at IS NULL RETURNING id)"
                " SELECT pg_notify(%s, '') FROM done",  # the tenant has room for its next
                [self.asked, self.id, self.fence, CHANNEL],
            )
            if cursor.fetchone() is None:
                raise LostLease(str(self))


Handler = Callable[[Claim], Later | None]
HANDLERS: dict[str, tuple[str, Handler]] = {}  # topic -> (Celery queue, function); filled by each package's tasks.py


def handles(topic: str, *, queue: str) -> Callable[[Handler], Handler]:
    """Register the function that does the work of a topic."""

    def register(handler: Handler) -> Handler:
        HANDLERS[topic] = (queue, handler)
        return handler

    return register


def owe(topic: str, subject_id: int, *, certifier_id: int, due: datetime | None = None) -> None:
    """Owe a piece of work from the moment this transaction commits. Owing twice what is still open is one debt.

    A debt whose work is running at this moment keeps its lease and is done once more afterwards, so that what changed
    meanwhile is seen and nobody works on it twice at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH owed AS (INSERT INTO workflow_dispatch (topic, certifier_id, subject_id, due_at, reason)"
            " VALUES (%s, %s, %s, COALESCE(%s, now()), '')"
            " ON CONFLICT (topic, certifier_id, subject_id) WHERE done_at IS NULL"
            " DO UPDATE SET due_at = LEAST(workflow_dispatch.due_at, EXCLUDED.due_at), woken_at = NULL,"
            " asked = workflow_dispatch.asked + 1 RETURNING id) SELECT pg_notify(%s, '') FROM owed",
            [topic, certifier_id, subject_id, due, CHANNEL],
        )


def hurry(topic: str, *, certifier_id: int) -> None:
    """Make everything that one certifier is owed of a topic due now: what it waited for has happened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_dispatch SET due_at = now(), woken_at = NULL"
            " WHERE topic = %s AND certifier_id = %s AND done_at IS NULL AND due_at > now()",
            [topic, certifier_id],
        )
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def claim(dispatch_id: int) -> Claim | None:
    """Take the lease of a due row, or None when it is done, not due, taken, or its tenant has enough in flight."""
    ends_at = time.monotonic() + settings.LEASE_SECONDS
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_dispatch SET lease_until = clock_timestamp() + make_interval(secs => %s),"
            " fence = fence + 1, attempts = attempts + 1, woken_at = NULL,"
            " crashes = crashes + CASE WHEN lease_until IS NULL THEN 0 ELSE 1 END"
            " WHERE id = (SELECT d.id FROM workflow_dispatch d WHERE d.id = %s AND d.done_at IS NULL"
            "   AND d.due_at <= clock_timestamp()"
            "   AND (d.lease_until IS NULL OR d.lease_until < clock_timestamp())"
            "   AND (SELECT count(*) FROM workflow_dispatch b WHERE b.done_at IS NULL AND b.topic = d.topic"
            "        AND b.certifier_id = d.certifier_id AND b.lease_until > clock_timestamp()) < %s"
            "   FOR UPDATE SKIP LOCKED)"
            " RETURNING id, topic, certifier_id, subject_id, fence, asked, attempts, crashes",
            [settings.LEASE_SECONDS, dispatch_id, IN_FLIGHT_PER_TENANT],
        )
        row = cursor.fetchone()
        if row is None:
            # The wake-up is spent. If only the tenant's share was full, the next one to finish brings another.
            cursor.execute(
                "UPDATE workflow_dispatch SET woken_at = NULL WHERE done_at IS NULL AND lease_until IS NULL"
                " AND id = (SELECT id FROM workflow_dispatch WHERE id = %s FOR UPDATE SKIP LOCKED)",
                [dispatch_id],
            )
    return Claim(*row, ends_at=ends_at) if row else None


def postpone(claim: Claim, later: Later) -> None:
    """Give the lease back and say when to try again; nothing when the lease was lost meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_dispatch SET lease_until = NULL, woken_at = NULL, reason = %s, due_at = clock_timestamp()"
            " + CASE WHEN asked = %s THEN make_interval(secs => %s) ELSE make_interval() END"
            " WHERE id = %s AND fence = %s AND done_at IS NULL",
            [later.why[:200], claim.asked, later.seconds, claim.id, claim.fence],
        )
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def run(dispatch_id: int) -> None:
    """Claim one row and do its work. Called by Celery and by the sweeper; harmless however often it is called."""
    crash_point("dispatch.before_claim")
    work = claim(dispatch_id)
    if work is None:
        return
    crash_point("dispatch.after_claim")
    try:
        later = HANDLERS[work.topic][1](work)
    except LostLease:
        log.warning("lease lost: %s", work)
        return
    except Exception as error:
        # Reported and tried again with growing pauses: the row, not the process, remembers the work.
        log.exception("work failed: %s", work)
        later = Later(min(300.0, 2.0 ** min(work.attempts, 9)) * settings.TIME_SCALE, type(error).__name__)
    if later is not None:
        _give_back(work, later)


def _give_back(work: Claim, later: Later) -> None:
    """Postpone it, also when the database went away under the work and comes back while the lease still holds.

    Otherwise the lease would run out, and a restart of the database would count as a crash over this work.
    """
    while True:
        try:
            return postpone(work, later)
        except (OperationalError, InterfaceError):
            if work.seconds_left() <= 0:
                raise
        connection.close()
        time.sleep(RECONNECT_SECONDS)


TAKE_DUE = """
WITH busy AS (
  SELECT certifier_id, topic, count(*) AS here FROM workflow_dispatch
   WHERE done_at IS NULL AND (lease_until > clock_timestamp()
      OR lease_until IS NULL AND woken_at > clock_timestamp() - make_interval(secs => %(stale)s))
   GROUP BY certifier_id, topic
), waiting AS (
  SELECT d.id, d.due_at, COALESCE(b.here, 0) + row_number() OVER (
         PARTITION BY d.certifier_id, d.topic ORDER BY d.due_at, d.id) AS turn
    FROM workflow_dispatch d LEFT JOIN busy b USING (certifier_id, topic)
   WHERE d.done_at IS NULL AND d.due_at <= clock_timestamp() AND d.topic = ANY(%(topics)s)
     AND (d.lease_until IS NULL OR d.lease_until < clock_timestamp() - make_interval(secs => %(grace)s))
     AND (d.woken_at IS NULL OR d.woken_at < clock_timestamp() - make_interval(secs => %(stale)s))
), mine AS (
  SELECT id, woken_at FROM workflow_dispatch
   WHERE id = ANY(ARRAY(SELECT id FROM waiting WHERE turn <= %(share)s ORDER BY turn, due_at LIMIT %(limit)s))
     AND done_at IS NULL
     AND (woken_at IS NULL OR woken_at < clock_timestamp() - make_interval(secs => %(stale)s))
     FOR UPDATE SKIP LOCKED
)
UPDATE workflow_dispatch d SET woken_at = clock_timestamp() FROM mine WHERE d.id = mine.id
RETURNING d.id, d.topic, mine.woken_at IS NOT NULL
"""


def take_due(limit: int) -> list[tuple[int, str, bool]]:
    """Rows that the calling sweeper now wakes: (id, queue, was woken before without being claimed).

    Tenants take turns and none has more than its share under way; two sweepers never take the same row. What a
    sweeper took and could not pass on is offered again after SWEEP_SECONDS.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            TAKE_DUE,
            {
                "stale": settings.SWEEP_SECONDS,
                "grace": settings.SWEEP_GRACE_SECONDS - settings.LEASE_SECONDS,
                "topics": list(HANDLERS),
                "share": IN_FLIGHT_PER_TENANT,
                "limit": limit,
            },
        )
        return [(pk, HANDLERS[topic][0], woken) for pk, topic, woken in cursor.fetchall()]


def seconds_until_due(at_most: float) -> float:
    """How long the relay may sleep."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXTRACT(EPOCH FROM min(due_at) - clock_timestamp()) FROM workflow_dispatch"
            " WHERE done_at IS NULL AND due_at > clock_timestamp()"
        )
        wait = cursor.fetchone()[0]
    return at_most if wait is None else min(at_most, max(0.05, float(wait)))


def database_now() -> datetime:
    """The database's clock: the one by which leases and sends are measured, whatever a worker's own clock says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
