"""The bench's own databases: one that is migrated, copies of it for each measurement, all dropped at the end."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

LEAVING = 30.0  # seconds until the last process must have left the databases


def _owner(database: str) -> psycopg.Connection:
    role = settings.DATABASES["owner"]
    return psycopg.connect(
        host=role["HOST"], port=role["PORT"] or 5432, user=role["USER"], password=role["PASSWORD"], dbname=database,
        autocommit=True,
    )  # fmt: skip


class Databases:
    """The databases of one run. Names carry the process, so that two runs on one server do not meet."""

    def __init__(self) -> None:
        self.prefix = f"{settings.DATABASES['owner']['NAME']}_bench_{os.getpid()}"
        self.made: list[str] = []

    def create(self, name: str, *, like: str = "") -> str:
        """Make a database: an empty one with the migrated tables, or a copy of another. Gives its full name."""
        full = f"{self.prefix}_{name}"
        with _owner("postgres") as server:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(full), sql.Identifier(like or "template0")
                )
            )
        self.made.append(full)
        if not like:
            point_at(full)
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            connections.close_all()
        return full

    def drop_all(self) -> None:
        """Leave nothing behind. The owner may not end the runtime role's last sessions, so it waits for their end."""
        connections.close_all()
        until = time.monotonic() + LEAVING
        with _owner("postgres") as server:
            for name in reversed(self.made):
                while True:
                    try:
                        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
                        break
                    except psycopg.errors.ObjectInUse:
                        if time.monotonic() > until:
                            raise
                        time.sleep(0.2)


def point_at(database: str, *, as_owner: bool = False) -> None:
    """Let this process use the database, as the runtime role or (to measure without row-level security) as the owner."""
    connections.close_all()
    role = settings.DATABASES["owner" if as_owner else "default"]
    connections["default"].settings_dict.update(USER=role["USER"], PASSWORD=role["PASSWORD"], NAME=database)
    connections["owner"].settings_dict["NAME"] = database


def runtime_url(database: str) -> str:
    """DATABASE_URL of the runtime role, for processes that are started."""
    role = settings.DATABASES["default"]
    return f"postgres://{role['USER']}:{role['PASSWORD']}@{role['HOST']}:{role['PORT'] or 5432}/{database}"


# What is taken away while rows are loaded, and how it is put back. Primary keys stay.
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
UNIQUE = FOREIGN_KEYS.replace("'f'", "'u'")
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""
TABLES = "SELECT oid::regclass::text, relforcerowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


@contextmanager
def loading(database: str, *, closed_to_owner: bool = True) -> Iterator[psycopg.Connection]:
    """A connection of the owner that may write rows of every certifier at once.

    Meanwhile the owner is let through (NO FORCE), and foreign keys and indexes are away; at the end they come back (the
    keys unchecked: what was copied whole belongs together), the tables are analysed and closed again. With `closed_to_owner=False` they stay open to the owner: the
    same tables without row-level security, to compare with. The runtime role is bound at every moment.
    """
    with _owner(database) as owner:
        owner.execute("SET maintenance_work_mem = '512MB'")
        tables = owner.execute(TABLES).fetchall()
        keys = owner.execute(FOREIGN_KEYS).fetchall()
        unique = owner.execute(UNIQUE).fetchall()
        indexes = owner.execute(INDEXES).fetchall()
        for table, key, _definition in keys + unique:
            _run(owner, f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        for index, _definition in indexes:
            _run(owner, f"DROP INDEX {index}")
        for table, _forced in tables:  # rows that nobody needs after a crash are not written twice
            _run(owner, f"ALTER TABLE {table} SET UNLOGGED, NO FORCE ROW LEVEL SECURITY")
        yield owner
        for _index, definition in indexes:
            _run(owner, definition)
        for table, key, definition in unique:
            _run(owner, f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}")
        for table, key, definition in keys:
            _run(owner, f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition} NOT VALID")
        _run(owner, "VACUUM ANALYZE")
        for table, forced in tables:
            if forced and closed_to_owner:
                _run(owner, f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _run(owner: psycopg.Connection, statement: str) -> None:
    """A statement made of names and definitions that the catalogue itself gave."""
    owner.execute(statement)
