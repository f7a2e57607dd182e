"""A PostgreSQL of our own: its cluster, its roles, its two databases.

The superuser's password never leaves the data folder; what the portal gets is the owner, who migrates, and the runtime
role, which row-level security binds. TCP on 127.0.0.1 only: a socket's path may be too long in a deep folder.
"""

import contextlib
import locale
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from nopic.demo.servers.binaries import PostgresPrograms, postgres_programs
from nopic.demo.servers.child import Child, birth
from nopic.demo.servers.errors import CannotStart
from nopic.demo.servers.home import Home, read_secrets
from nopic.demo.servers.ports import free_port

SUPERUSER = "nopic_super"
# Role -> what it may. Neither of them is superuser or passes row-level security; only the owner makes databases (tests).
ROLES = {
    "nopic_owner": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB",
    "nopic_app": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
    "nopic_oid": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
}
DATABASES = {"nopic": "nopic_owner", "oid": "nopic_oid"}
# For servers that are thrown away: nothing has to survive a power cut.
CARELESS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
PATIENCE = 60.0  # seconds until a server that recovers from a crash must answer


class Postgres:
    """One cluster in a home; `start` gives the URLs by the names of the environment variables."""

    def __init__(self, home: Home, *, throw_away: bool = False) -> None:
        """Look at nothing yet; `throw_away` gives up durability for speed and lets the registry's role make databases (tests)."""
        self._home = home
        self._throw_away = throw_away
        self._data = home.servers / "postgres"
        self.child: Child | None = None

    def start(self) -> dict[str, str]:
        """Start the server, make what is missing in it, and give DATABASE_URL, DATABASE_OWNER_URL and OID_DATABASE_URL."""
        passwords = read_secrets(self._home.servers / "servers.env", [SUPERUSER, *ROLES, "redis"])
        version = self._data / "PG_VERSION"
        programs = postgres_programs(self._home, written_by=version.read_text().strip() if version.exists() else None)
        if not version.exists():
            self._make_cluster(programs, passwords[SUPERUSER])
        self._end_forgotten()
        port = free_port()
        settings = [
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"port={port}",
            "-c",
            "unix_socket_directories=",
            "-c",
            "shared_buffers=64MB",
        ]
        self.child = Child(
            "postgres",
            [
                str(programs.folder / "postgres"),
                "-D",
                str(self._data),
                *settings,
                *(CARELESS if self._throw_away else ()),
            ],
            run_folder=self._home.run,
            log=self._home.logs / "postgres.log",
            environ=_environ(),
            account=self._home.account,
            # SIGINT ends the clients' sessions; SIGTERM would wait for them for ever
            stop_signals=((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0)),
        )
        self.child.start()
        with self._connect(port, passwords[SUPERUSER]) as connection:
            self._make_roles(connection, passwords)
        return {
            "DATABASE_URL": f"postgres://nopic_app:{passwords['nopic_app']}@127.0.0.1:{port}/nopic",
            "DATABASE_OWNER_URL": f"postgres://nopic_owner:{passwords['nopic_owner']}@127.0.0.1:{port}/nopic",
            "OID_DATABASE_URL": f"postgres://nopic_oid:{passwords['nopic_oid']}@127.0.0.1:{port}/oid",
        }

    def stop(self) -> None:
        """Stop the server; nothing of it is left afterwards."""
        if self.child:
            self.child.stop()

    def _make_cluster(self, programs: PostgresPrograms, password: str) -> None:
        """Run initdb beside the final place and rename, so that a cluster is whole or absent."""
        fresh = self._data.with_name("postgres.new")
        words = self._home.servers / "initdb.password"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        words.touch(mode=0o600)
        words.write_text(password)
        who: dict[str, Any] = {}
        if self._home.account:
            who = self._home.account.popen_arguments()
            self._home.account.own(fresh)
            self._home.account.own(words)
        options = [
            "--auth=scram-sha-256",
            f"--username={SUPERUSER}",
            f"--pwfile={words}",
            "--encoding=UTF8",
            f"--locale={_locale()}",
        ]
        if self._throw_away:
            options.append("--no-sync")
        command = [str(programs.folder / "initdb"), "-D", str(fresh), *options]
        done = subprocess.run(
            command, env=_environ(), cwd="/", capture_output=True, text=True, check=False, start_new_session=True, **who
        )
        words.unlink()
        if done.returncode != 0:
            raise CannotStart(
                f"PostgreSQL could not make its data folder in {self._home.servers}: {done.stderr.strip() or done.stdout.strip()}"
            )
        fresh.rename(self._data)

    def _end_forgotten(self) -> None:
        """Deal with postmaster.pid: a server that really works here is ended, a file whose process is another one's goes.

        PostgreSQL itself believes the file whenever the number is in use, and after a restart of a container it usually is.
        """
        file = self._data / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n")[0])
            here = Path(f"/proc/{pid}/cwd").readlink() == self._data.resolve()
        except FileNotFoundError:
            if Path("/proc/self").exists() and file.exists():
                file.unlink()  # no such process
            return
        except (OSError, ValueError):
            return  # not ours to judge: PostgreSQL decides
        if not here:
            file.unlink()
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while birth(pid) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _connect(self, port: int, password: str) -> psycopg.Connection:
        """Wait until the server lets us in; raises CannotStart with its last words when it ends or never does."""
        assert self.child is not None  # noqa: S101  only called after start
        deadline = time.monotonic() + PATIENCE
        while True:
            if self.child.ended() is not None:
                raise CannotStart(
                    f"PostgreSQL ended while starting; its log {self.child.log} says:\n{self.child.last_words()}"
                )
            try:
                return psycopg.connect(
                    host="127.0.0.1",
                    port=port,
                    user=SUPERUSER,
                    password=password,
                    dbname="postgres",
                    autocommit=True,
                    connect_timeout=5,
                )
            except psycopg.OperationalError as problem:
                if "password authentication" in str(problem):
                    raise CannotStart(
                        f"The passwords in {self._home.servers} are not those of its databases: start afresh with `make demo-reset`."
                    ) from None
                if time.monotonic() > deadline:
                    raise CannotStart(f"PostgreSQL does not answer; see {self.child.log}.") from None
            time.sleep(0.05)

    def _make_roles(self, connection: psycopg.Connection, passwords: dict[str, str]) -> None:
        """Make the roles and databases that are missing, and bring the roles' rights and passwords to what they must be."""
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for role, rights in ROLES.items():
            if self._throw_away:
                rights = rights.replace("NOCREATEDB", "CREATEDB") if role == "nopic_oid" else rights
            verb = sql.SQL("ALTER ROLE" if role in roles else "CREATE ROLE")
            values = (verb, sql.Identifier(role), sql.SQL(rights), sql.Literal(passwords[role]))
            connection.execute(sql.SQL("{} {} {} PASSWORD {}").format(*values))
        for database, owner in DATABASES.items():
            if database not in databases:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner))
                )
        # what the registry keeps is no business of the portal's roles, nor the other way round
        for database in DATABASES:
            connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
        connection.execute("GRANT CONNECT ON DATABASE nopic TO nopic_app")


def _environ() -> dict[str, str]:
    """Give the server an environment without anything of the caller's, such as PGDATA or PGOPTIONS."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _locale(), "TZ": "UTC"}


def _locale() -> str:
    """Name a locale that knows all letters and sorts the same on every machine; plain C where it does not exist."""
    before = locale.setlocale(locale.LC_CTYPE)
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        locale.setlocale(locale.LC_CTYPE, before)
        return "C.UTF-8"
    return "C"
