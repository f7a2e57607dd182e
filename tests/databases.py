"""Databases of the tests: a migrated template, and copies of it for each worker, used as the restricted role."""

import fcntl
import hashlib
import tempfile
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

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
    with (Path(tempfile.gettempdir()) / f"{name}.lock").open("w") as lock, _admin() as admin:
        fcntl.flock(lock, fcntl.LOCK_EX)
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
    """Throw the database away and copy the template anew."""
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
