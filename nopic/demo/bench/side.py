"""A process of its own on one database, in one role: what is compared runs in two of these, in turns.

Its cost is the CPU of that process and, told apart, of the PostgreSQL backend that answers it. Statements are sent as
the portal sends them; every one is planned anew, on both sides.
"""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection, connections

from nopic.demo.bench import clockwork, place
from nopic.workflow import checks

LONGEST = 120.0  # seconds that a side may take for an answer


@dataclass(frozen=True)
class Spent:
    """CPU seconds of the asking process and of its database backend, and what was answered."""

    own: float
    backend: float
    answer: Any

    @property
    def both(self) -> float:
        """The whole."""
        return self.own + self.backend


class Side:
    """The other end of the pipe. `ask` runs a function of a module there; use as a context."""

    def __init__(self, database: str, *, as_owner: bool = False) -> None:
        self._database, self._as_owner = database, as_owner

    def __enter__(self) -> "Side":
        connections.close_all()
        fork = get_context("fork")
        self._pipe, theirs = fork.Pipe()
        self._process = fork.Process(target=_serve, args=(theirs, self._database, self._as_owner), daemon=True)
        self._process.start()
        theirs.close()
        return self

    def __exit__(self, *exc: object) -> None:
        self._pipe.send(None)  # the loop over there ends
        self._process.join(timeout=10)
        if self._process.is_alive():
            self._process.kill()

    def ask(self, work: Callable[..., Any], *arguments: Any, times: int = 1) -> Spent:
        """Do it so many times over there; the cost of one time, and the last answer."""
        self._pipe.send((work, arguments, times))
        if not self._pipe.poll(LONGEST):
            raise RuntimeError(f"{work.__name__} took more than {LONGEST:g} seconds")
        failed, said = self._pipe.recv()
        if failed:
            raise RuntimeError(failed)
        own, backend, answer = said
        return Spent(own / times, backend / times, answer)


def _serve(pipe: Connection, database: str, as_owner: bool) -> None:
    """Until the pipe is closed."""
    place.point_at(database, as_owner=as_owner)
    connection.settings_dict["CONN_MAX_AGE"] = None  # one backend for the whole run, or its CPU could not be told
    if as_owner:  # the portal itself would not start like this: that is what is measured against
        checks._bound.add((os.getpid(), database))
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    while True:
        order = pipe.recv()
        if order is None:
            connections.close_all()
            return
        work, arguments, times = order
        try:
            own, theirs = clockwork.own_cpu(), clockwork.cpu_of(backend)
            for _ in range(times):
                answer = work(*arguments)
            spent = clockwork.own_cpu() - own, clockwork.cpu_of(backend) - theirs
            pipe.send(("", (*spent, answer)))
        except Exception:  # noqa: BLE001 - told to the side that asked
            pipe.send((traceback.format_exc(), None))
