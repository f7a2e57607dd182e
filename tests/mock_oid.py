"""The mock registry as tests use it: the real server process on a free port, with a fresh database of its own.

with MockOid(longest_in_flight=2.0, longest_lookup_lag=1.0) as oid:
    oid.load(operations=[...], keys={"901": "a key of 16 characters or more"})
    oid.fail("register", "reset_after_commit")
    ...
    assert len(oid.numbers(ref)) == 1
"""

import atexit
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
_serial = itertools.count(1)


class MockOid:
    """A context manager; `url` is valid from entry to exit, also while the server is stopped."""

    def __init__(
        self, *, idempotent: bool = True, longest_in_flight: float = 15.0, longest_lookup_lag: float = 5.0
    ) -> None:
        base = urlsplit(os.environ["OID_DATABASE_URL"])
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._database = f"{base.path.lstrip('/')[:30]}_{worker}_{os.getpid()}_{next(_serial)}"
        self.database_url = urlunsplit(base._replace(path=f"/{self._database}"))
        self._server_url = urlunsplit(base._replace(path="/postgres"))
        self._chaos_key = "chaos-key-of-the-tests"
        self._idempotent = idempotent
        self._environment = {
            "OID_IDEMPOTENT": str(idempotent),
            "OID_LONGEST_IN_FLIGHT_SECONDS": str(longest_in_flight),
            "OID_LONGEST_LOOKUP_LAG_SECONDS": str(longest_lookup_lag),
        }
        self.command: tuple[str, ...] = ("-m", "nopic.oid.mock", "serve")  # what `manage.py mock_oid` becomes
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._admin = httpx2.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self._chaos_key}"}, trust_env=False, timeout=10
        )

    def __enter__(self) -> "MockOid":
        with psycopg.connect(self._server_url, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._database)))
            # What a test writes need not survive the machine, only the process.
            server.execute(
                sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(self._database))
            )
        atexit.register(self._end)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._end()
        atexit.unregister(self._end)
        self._admin.close()
        with psycopg.connect(self._server_url, autocommit=True) as server:
            name = sql.Identifier(self._database)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def start(self) -> None:
        """Start the server (again), on the same port and data, and wait until it answers."""
        if self._process is not None:
            raise RuntimeError("the mock registry runs already")
        environment = {
            **os.environ,
            **self._environment,
            "OID_DATABASE_URL": self.database_url,
            "OID_CHAOS": "1",
            "OID_CHAOS_KEY": self._chaos_key,
            "PYTHONWARNINGS": "ignore",
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        self._process = subprocess.Popen(
            [sys.executable, *self.command, "--bind", f"127.0.0.1:{self.port}"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"the mock registry ended with {self._process.returncode}")
            with contextlib.suppress(httpx2.TransportError):
                if self._admin.get("/livez").status_code == 200:
                    return
            time.sleep(0.03)
        raise RuntimeError("the mock registry does not answer")

    def stop(self) -> None:
        """End every process of the server at once, as a crash would; the data stay."""
        self._end()

    def pause(self) -> None:
        """Freeze the server: connections are accepted by the system and nothing is answered."""
        os.killpg(self._running().pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on."""
        os.killpg(self._running().pid, signal.SIGCONT)

    def load(self, *, operations: list[dict[str, Any]] | None = None, keys: dict[str, str] | None = None) -> None:
        """Add or renew operations, and certifiers as `{code: key}`."""
        certifiers = [{"code": code, "name": f"Certifier {code}", "key": key} for code, key in (keys or {}).items()]
        self._say("PUT", "/chaos/operations/", {"certifiers": certifiers, "operations": operations or []})

    def fail(self, endpoint: str, fault: str, times: int = 1, **arguments: Any) -> None:
        """Let the next calls of an endpoint (register, find, operation, read, cancel, replace, weight, any) fail."""
        order = {"endpoint": endpoint, "fault": fault, "times": times, "arguments": arguments}
        self._say("POST", "/chaos/faults/", order)

    def calm(self) -> None:
        """Call off every fault, lag, outage and mix; modes and data stay."""
        self._say("DELETE", "/chaos/faults/")

    def mix(self, **options: Any) -> dict[str, Any]:
        """Meet faults at random; the reply names the seed that repeats the run."""
        return self._say("PUT", "/chaos/mix/", options)

    def mode(self, *, idempotent: bool) -> None:
        """Whether the same reference twice is one certificate or two."""
        self._say("PUT", "/chaos/mode/", {"idempotent": idempotent})

    def dump(self) -> dict[str, Any]:
        """Every certificate by reference, the control log, and every call that arrived with the fault it met."""
        return self._say("GET", "/chaos/dump/")

    def numbers(self, client_ref: str) -> list[str]:
        """The numbers of every certificate that was ever made under that reference."""
        return [one["number"] for one in self.dump()["references"].get(client_ref, [])]

    def arrivals(self, endpoint: str) -> list[str]:
        """The calls of that endpoint since the last reset, each as the fault that it met ("" for none)."""
        return [one["fault"] for one in self.dump()["arrivals"] if one["endpoint"] == endpoint]

    def reset(self) -> None:
        """Forget certificates, faults and calls, and return to the first mode; operations and keys stay."""
        self._say("POST", "/chaos/reset/")

    def _say(self, method: str, path: str, body: Any = None) -> Any:
        reply = self._admin.request(method, path, json=body)
        if reply.status_code >= 400:
            raise ValueError(reply.text)
        return reply.json() if reply.content else None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("the mock registry is stopped")
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
