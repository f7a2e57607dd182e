"""PostgreSQL and Redis of our own, in a data folder, without Docker: for `make demo` and `make test`.

A server that somebody else started is used only when a URL in the environment says so.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nopic.demo.servers.child import Child
from nopic.demo.servers.errors import CannotStart, Stopping
from nopic.demo.servers.home import Home, clear, opened, read_secrets
from nopic.demo.servers.postgres import Postgres
from nopic.demo.servers.valkey import Valkey

__all__ = [
    "CannotStart",
    "Child",
    "Home",
    "Running",
    "Stopping",
    "clear",
    "missing",
    "opened",
    "read_secrets",
    "running",
]


@dataclass
class Running:
    """What runs: the URLs by the names of their environment variables, and the processes that are ours."""

    urls: dict[str, str]
    children: list[Child] = field(default_factory=list)


def missing(environ: Mapping[str, str], *, with_registry: bool = True) -> list[str]:
    """Name the servers that `environ` has no URL for; the mock registry wants its database only where there is one."""
    databases = ("DATABASE_URL", "OID_DATABASE_URL") if with_registry else ("DATABASE_URL",)
    postgres = [] if all(environ.get(name) for name in databases) else ["PostgreSQL"]
    return postgres + ([] if environ.get("REDIS_URL") else ["Redis"])


@contextlib.contextmanager
def running(
    home: Home, environ: Mapping[str, str], *, with_registry: bool = True, throw_away: bool = False
) -> Iterator[Running]:
    """Start the servers that `environ` names no URL for, give all URLs, and stop what was started, whatever happens.

    Gives DATABASE_URL, DATABASE_OWNER_URL, OID_DATABASE_URL and REDIS_URL. The databases of the portal and of the mock
    registry may come from different sides; the portal's two URLs belong together.
    """
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "OID_DATABASE_URL", "REDIS_URL")
    given = {name: environ[name] for name in names if environ.get(name)}
    if ("DATABASE_URL" in given) != ("DATABASE_OWNER_URL" in given):
        raise CannotStart(
            "DATABASE_URL (the runtime role) and DATABASE_OWNER_URL (the owner, who migrates) go together: "
            "set both or neither."
        )
    result = Running(urls={})
    kinds: dict[str, type[Postgres | Valkey]] = {"PostgreSQL": Postgres, "Redis": Valkey}
    with contextlib.ExitStack() as stop:
        for server in [
            kinds[name](home, throw_away=throw_away) for name in missing(given, with_registry=with_registry)
        ]:
            stop.callback(server.stop)
            result.urls |= server.start()
            if server.child:
                result.children.append(server.child)
        result.urls |= given
        yield result
