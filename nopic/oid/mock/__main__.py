"""`python -m nopic.oid.mock serve|load`: prepare the mock's own database, then serve it or fill it.

Reached through `manage.py mock_oid` and `manage.py mock_oid_load`, which replace their process by this one.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from gunicorn.app.base import BaseApplication

SETTINGS = "nopic.oid.mock.settings"


class Server(BaseApplication):
    """Gunicorn with threads around the WSGI application that this process has already loaded."""

    def __init__(self, bind: str) -> None:
        self._bind = bind
        super().__init__()

    def load_config(self) -> None:
        """One worker, because the portal is its only caller; threads, because a slow call must not stop the others."""
        chosen = {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": 1,
            "threads": 32,
            "keepalive": 15,
            "graceful_timeout": 3,
            "timeout": 60,
            "control_socket_disable": True,
            "preload_app": True,
            "loglevel": "warning",
            "proc_name": "mock-oid",
        }
        if Path("/dev/shm").is_dir():  # noqa: S108 - gunicorn's heartbeat file belongs on a memory file system
            chosen["worker_tmp_dir"] = "/dev/shm"  # noqa: S108
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        from .wsgi import application

        return application


def prepare_database() -> None:
    """Create the mock's database when it is missing, and bring its tables up to date."""
    from django.db import connection

    wanted = connection.get_connection_params()
    plain = {name: wanted[name] for name in ("host", "port", "user", "password", "dbname") if wanted.get(name)}
    try:
        psycopg.connect(**plain, connect_timeout=5).close()
    except psycopg.OperationalError as missing:
        name = plain.pop("dbname")
        with psycopg.connect(**plain, dbname="postgres", connect_timeout=5, autocommit=True) as server:
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                raise missing
            server.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    call_command("migrate", verbosity=0, interactive=False)


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m nopic.oid.mock")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve")
    serve.add_argument("--bind", default="127.0.0.1:8100")
    load = commands.add_parser("load")
    load.add_argument("file")
    chosen = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    try:
        django.setup()
        prepare_database()
    except (ImproperlyConfigured, psycopg.OperationalError) as error:
        sys.exit(f"The mock registry cannot start: {error}")
    from django.db import connections

    if chosen.command == "load":
        from .actions import load as load_document

        text = sys.stdin.read() if chosen.file == "-" else Path(chosen.file).read_text()
        print(load_document(json.loads(text)))
        return
    connections.close_all()  # gunicorn forks: the worker opens its own
    Server(chosen.bind).run()


if __name__ == "__main__":
    main()
