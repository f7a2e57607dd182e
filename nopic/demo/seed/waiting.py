"""How the seed waits for the running pipeline, or does what is owed itself where no worker runs."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

# Registers the work of every topic, as the worker does at its start.
from nopic.certificates import tasks as _certificates  # noqa: F401
from nopic.delivery import tasks as _delivery  # noqa: F401
from nopic.documents import tasks as _documents  # noqa: F401
from nopic.frames import tasks as _frames  # noqa: F401
from nopic.review import tasks as _review  # noqa: F401
from nopic.tenants import tasks as _tenants  # noqa: F401
from nopic.workflow import dispatch

PAUSE_SECONDS = 0.2
SELDOM_NEEDED = "pages"  # pictures for the case page: the worker draws them when it has time


def owed(*topics: str, due_only: bool = True) -> list[int]:
    """Rows of these topics that are not done, oldest due first; by default those that nobody works on and are due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM workflow_dispatch WHERE done_at IS NULL AND topic = ANY(%s) AND (NOT %s OR"
            " due_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp()))"
            " ORDER BY due_at, id",
            [list(topics), due_only],
        )
        return [row[0] for row in cursor.fetchall()]


def do_here(*topics: str) -> None:
    """Do once what is due of these topics in this process; rows that a worker has are left to it."""
    for row in owed(*topics):
        dispatch.run(row)


def finish(*topics: str, seconds: float) -> bool:
    """Do what is due of these topics here until nothing of them is owed any more; False when the time is over."""
    return wait(lambda: not owed(*topics, due_only=False), seconds=seconds, meanwhile=lambda: do_here(*topics))


def wait(until: Callable[[], bool], *, seconds: float, meanwhile: Callable[[], None] | None = None) -> bool:
    """Whether it came true within the time."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        if meanwhile:
            meanwhile()
        else:
            time.sleep(PAUSE_SECONDS)
    return True


def everything_but_pictures() -> None:
    """One round of all due work but drawing pages, in two threads."""
    topics = [topic for topic in dispatch.HANDLERS if topic != SELDOM_NEEDED]
    rows = owed(*topics)
    if not rows:
        time.sleep(PAUSE_SECONDS)
        return

    def run(row: int) -> None:
        try:
            dispatch.run(row)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        list(hands.map(run, rows))
