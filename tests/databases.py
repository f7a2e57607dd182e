"""Databases of the tests: a migrated template, and copies of it for each worker, used as the restricted role.

A worker has four: `empty`, the bare copy; `world`, in which `factories.world` is committed; `sent`, a world in which a request
waits; and, for a test with real commits, a copy of one of them that is thrown away afterwards. A test inside a transaction uses
the others as they are and leaves nothing there, so that they are built once and not before each test, and again when the day
changes: tests count from today.
"""

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from nopic.workflow import clock

ROOT = Path(__file__).resolve().parent.parent


def _admin() -> psycopg.Connection:
    owner = settings.DATABASES["owner"]
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or 5432,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    )


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("nopic/*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def template() -> str:
    """The name of the migrated template database, made once per state of the migrations."""
    base = settings.DATABASES["owner"]["NAME"]
    name = f"test_{base.removeprefix('test_')}_{_fingerprint()}"
    with _admin() as admin:
        admin.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])  # until this connection is closed
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        building = f"{name}_new"
        _drop(admin, building)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
        point_at(building)
        call_command("migrate", verbosity=0)
        connections.close_all()
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))
    return name


def _drop(admin: psycopg.Connection, name: str) -> None:
    """Throw a database away, whoever is in it.

    FORCE ends sessions but may not end autovacuum's; the plain form sends autovacuum away but waits for sessions.
    """
    for _ in range(5):
        for how in ("WITH (FORCE)", ""):
            try:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} " + how).format(sql.Identifier(name)))
                return
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                continue
    raise RuntimeError(f"the database {name} is in use")


def recreate(name: str, from_template: str) -> None:
    """Throw the database away and copy the template anew; this process leaves whatever database it is in."""
    connections.close_all()
    with _admin() as admin:
        _drop(admin, name)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(from_template))
        )


def drop(name: str) -> None:
    """Throw the database away."""
    connections.close_all()
    with _admin() as admin:
        _drop(admin, name)


def point_at(name: str) -> None:
    """Let both roles of this process use the database."""
    connections.close_all()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name


def runtime_url() -> str:
    """DATABASE_URL of the database in use, for processes that a test starts."""
    now = connections["default"].settings_dict
    return f"postgres://{now['USER']}:{now['PASSWORD']}@{now['HOST']}:{now['PORT'] or 5432}/{now['NAME']}"


def owner() -> psycopg.Connection:
    """A connection of the owner role to the database in use, for tests that tamper with it."""
    now = connections["owner"].settings_dict
    return psycopg.connect(
        host=now["HOST"], port=now["PORT"] or 5432, user=now["USER"], password=now["PASSWORD"], dbname=now["NAME"]
    )


class Databases:
    """The databases of one worker, and which of them its connections lead to."""

    def __init__(self, worker: str, build: Callable[[], Any], go_on: Callable[[Any], Any]) -> None:
        """Copy the template, `build` a world in the second copy and `go_on` with it in the third; both give what tests hold."""
        self._build, self._go_on = build, go_on
        bare = template()
        # What is copied is never used: a session left open in it, by whatever thread or loop, would forbid copying it.
        self._copied = {"empty": bare, "world": f"{bare}_{worker}_world0", "sent": f"{bare}_{worker}_sent0"}
        self._names = {kind: f"{bare}_{worker}_{kind}" for kind in self._copied}
        self._own = f"{bare}_{worker}_own"
        self.make()

    def make(self) -> None:
        """Build them, for this day."""
        day = clock.today("UTC")
        recreate(self._copied["world"], self._copied["empty"])
        point_at(self._copied["world"])
        made = self._build()
        self._held = {"world": pickle.dumps(made)}
        recreate(self._copied["sent"], self._copied["world"])
        point_at(self._copied["sent"])
        self._held["sent"] = pickle.dumps(self._go_on(made))
        for kind, name in self._names.items():
            recreate(name, self._copied[kind])
        self.use("empty")
        self._day = day  # last: what broke off is built again

    @property
    def are_of_today(self) -> bool:
        """Whether they were built on this day."""
        return self._day == clock.today("UTC")

    def use(self, kind: str) -> None:
        """Lead to the database of this kind from now on."""
        if connections["default"].settings_dict["NAME"] != self._names[kind]:
            point_at(self._names[kind])

    def use_own(self, kind: str) -> None:
        """Lead to a fresh copy of one of them, in which a test may commit; the next `use` leaves it."""
        recreate(self._own, self._copied[kind])
        point_at(self._own)

    def held(self, kind: str) -> Any:
        """What the builder of this kind gave, with objects of its own for each caller."""
        return pickle.loads(self._held[kind])

    def drop(self) -> None:
        """Throw all of them away."""
        for name in (*self._names.values(), self._copied["world"], self._copied["sent"], self._own):
            drop(name)
