"""The real processes that the bench starts and ends: the mock registry and a Celery worker, each by its own command."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psycopg
from celery import Celery
from django.conf import settings
from psycopg import sql

from nopic.demo.bench import clockwork, parties, place
from nopic.demo.bench.parties import Office
from nopic.demo.servers.ports import free_port

PATIENCE = 60.0  # seconds until a process that was started must answer
STUCK = 300.0  # seconds after which work that was handed over will not end any more


def wait(until: Callable[[], bool], seconds: float, what: str, pause: float = 0.02) -> None:
    """Wait until something holds; RuntimeError when it does not within so many seconds."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not happen within {seconds:g} seconds")
        time.sleep(pause)


@contextmanager
def process(*words: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the portal in a session of its own, which is ended as a whole."""
    started = subprocess.Popen(
        [sys.executable, "-W", "ignore", *words], cwd=settings.BASE_DIR, env={**os.environ, **environment},
        start_new_session=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield started
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(started.pid, number)
            with suppress(subprocess.TimeoutExpired):
                started.wait(timeout=10)
                break


@contextmanager
def registry(offices: list[Office]) -> Iterator[str]:
    """The mock registry that knows these offices, with a database of its own; gives its address."""
    base = urlsplit(os.environ["OID_DATABASE_URL"])
    name = f"{base.path.lstrip('/')}_bench_{os.getpid()}"
    url = urlunsplit(base._replace(path=f"/{name}"))
    address = f"127.0.0.1:{free_port()}"
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(_listed(offices), file)
            file.flush()
            with process("manage.py", "mock_oid_load", file.name, OID_DATABASE_URL=url) as loading:
                if loading.wait(timeout=PATIENCE) != 0:
                    raise RuntimeError("the mock registry could not be loaded")
        with process("manage.py", "mock_oid", "--bind", address, OID_DATABASE_URL=url) as server:

            def answers() -> bool:
                if server.poll() is not None:
                    raise RuntimeError("the mock registry ended")
                with suppress(httpx2.TransportError):
                    return httpx2.get(f"http://{address}/livez", trust_env=False).status_code == 200
                return False

            wait(answers, PATIENCE, "an answer of the mock registry")
            yield f"http://{address}"
    finally:
        with psycopg.connect(urlunsplit(base._replace(path="/postgres")), autocommit=True) as postgres:
            postgres.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _listed(offices: list[Office]) -> dict[str, list[dict[str, object]]]:
    """What the registry must know: every certifier with its key, every exporter, every importer that they sell to."""
    operations: list[dict[str, object]] = []
    buyers = set()
    for each in offices:
        operations += [
            {
                "nop_id": exporter.nop_id, "name": exporter.name, "kind": "exporter", "country": "PE",
                "certifiers": [each.certifier.nop_code],
            }
            for exporter in each.exporters
        ]  # fmt: skip
        buyers |= parties.buyers_of(each)
    operations += [
        {"nop_id": one.nop_id, "name": one.name, "kind": "importer", "country": "US", "state": one.state}
        for one in sorted(buyers, key=lambda one: one.nop_id)
    ]
    certifiers: list[dict[str, object]] = [
        {"code": each.certifier.nop_code, "name": each.certifier.name, "key": parties.KEY} for each in offices
    ]
    return {"certifiers": certifiers, "operations": operations}


class Worker:
    """One Celery worker with one process to work in, as `celery -A nopic worker` starts it, and the way to it."""

    def __init__(self, master: "subprocess.Popen[bytes]", prefix: str, folder: Path) -> None:
        self.master = master
        self.folder = folder
        self.broker = Celery("bench", broker=settings.CELERY_BROKER_URL)
        self.broker.conf.broker_transport_options = {
            **settings.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": prefix,
        }  # fmt: skip

    def send(self, name: str, *arguments: object, queue: str) -> None:
        """Hand a message to the broker, as the sweeper does."""
        self.broker.send_task(name, args=list(arguments), queue=queue, retry=False)

    def cpu(self) -> float:
        """CPU seconds of the worker so far: the process that takes messages and the one that works."""
        return sum(map(clockwork.cpu_of, clockwork.family(self.master.pid)))

    def memory(self) -> int:
        """Bytes of the process that works."""
        return max(clockwork.memory_of(pid) for pid in clockwork.family(self.master.pid)[1:])

    def run(self, name: str, *arguments: object) -> float:
        """Let the worker do one of the bench's own tasks; the CPU seconds that it says it took."""
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        self.send(name, str(answer), *arguments, queue="render")
        wait(answer.exists, STUCK, name)
        said = json.loads(answer.read_text())
        if "failed" in said:
            raise RuntimeError(said["failed"])
        return float(said["cpu"])


@contextmanager
def worker(database: str, oid_url: str, folder: Path) -> Iterator[Worker]:
    """A worker on this database and registry, warm; its queues in Redis carry a prefix of their own."""
    prefix = f"bench-{os.getpid()}:"
    words = ("-m", "celery", "-A", "nopic", "worker", "-I", "nopic.demo.bench.tasks", "--queues", "issue,render")
    with process(
        *words, "--concurrency", "1", "--loglevel", "ERROR", "--without-mingle", "--without-gossip",
        DATABASE_URL=place.runtime_url(database), REDIS_PREFIX=prefix, OID_URL=oid_url, DATA_DIR=str(folder),
        LOG_LEVEL="ERROR",
    ) as master:  # fmt: skip
        made = Worker(master, prefix, folder)
        try:
            made.run("bench.ready")
            yield made
        finally:
            with made.broker.connection_or_acquire() as line:
                for queue in ("issue", "render"):
                    line.default_channel.queue_delete(queue)
                made.broker.close()
