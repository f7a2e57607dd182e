"""The real processes: Celery workers, sweepers and a Redis of our own, killed, frozen, flushed and stopped at will."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis as redis_client
from django.db import connection

from nopic.certificates.models import Certificate, RegistryAttempt
from nopic.certificates.statuses import CertificateStatus
from nopic.demo.servers.binaries import valkey_program
from nopic.demo.servers.home import Home
from nopic.demo.servers.ports import free_port
from nopic.tenants.context import tenant
from tests.factories import World
from tests.faults import lab
from tests.faults.lab import Process, begun, fresh, settled, wait
from tests.mock_oid import MockOid

WORKER = ("-m", "celery", "-A", "nopic", "worker", "--queues", "issue", "--concurrency", "2", "--loglevel", "CRITICAL")
SWEEPER = ("manage.py", "sweeper")


class Redis:
    """A server that only this test knows."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = folder
        self.start()

    def start(self) -> None:
        program = valkey_program(Home(folder=self.folder, servers=self.folder, account=None))
        self.popen = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=self.folder, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait(self.answers)

    def answers(self) -> bool:
        with redis_client.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis_client.RedisError:
                return False

    def flush(self) -> None:
        with redis_client.Redis.from_url(self.url) as client:
            client.flushall()

    def end(self) -> None:
        self.popen.kill()
        self.popen.wait(10)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.end()


@pytest.fixture
def portal(oid: MockOid, redis: Redis, tmp_path: Path) -> Iterator[dict[str, Process]]:
    """One worker with two hands and two sweepers."""
    where: dict[str, Any] = {"oid": oid, "redis": redis.url, "data": tmp_path}
    running = {
        "worker": Process(*WORKER, **where),
        "sweeper": Process(*SWEEPER, **where),
        "second sweeper": Process(*SWEEPER, **where),
    }
    yield running
    for process in running.values():
        process.end()


def issued(certificates: list[Certificate]) -> bool:
    with tenant(certificates[0].certifier_id):
        ids = [one.pk for one in certificates]
        return Certificate.objects.filter(pk__in=ids, status=CertificateStatus.ISSUED).count() == len(ids)


def processes_that_called(certificates: list[Certificate]) -> set[int]:
    """The processes that the attempts name."""
    with tenant(certificates[0].certifier_id):
        made = RegistryAttempt.objects.filter(operation__certificate__in=certificates).values_list("by", flat=True)
        return {int(by.rpartition(" ")[2]) for by in made}


def seconds_until_issued(certificates: list[Certificate], within: float) -> float:
    began = time.monotonic()
    wait(lambda: issued(certificates), within)
    return time.monotonic() - began


@pytest.mark.long
def test_certificates_are_issued_whatever_happens_to_redis(
    oid: MockOid, committed_world: World, redis: Redis, portal: dict[str, Process]
) -> None:
    side = committed_world.here
    everything = first = begun(side, 4)
    wait(lambda: issued(first), 40)

    # frozen: accepts connections and never answers
    redis.popen.send_signal(signal.SIGSTOP)
    frozen = begun(side, 4)
    print("seconds, frozen:", seconds_until_issued(frozen, 30))
    redis.popen.send_signal(signal.SIGCONT)

    # flushed: every wake-up is lost while the worker was not looking
    portal["worker"].signal(signal.SIGSTOP)
    flushed = begun(side, 4)
    redis.flush()
    portal["worker"].signal(signal.SIGCONT)
    print("seconds, flushed:", seconds_until_issued(flushed, 30))

    # gone
    redis.end()
    gone = begun(side, 4)
    print("seconds, gone:", seconds_until_issued(gone, 30))

    # back: the worker takes part again, as soon as it has found the broker
    redis.start()
    hands = {child.pid for child in psutil.Process(portal["worker"].popen.pid).children()}
    back: list[Certificate] = []
    for _ in range(12):
        back += (more := begun(side, 4))
        print("seconds, back:", seconds_until_issued(more, 30))
        if hands & processes_that_called(more):
            break
    assert hands & processes_that_called(more)
    everything = first + frozen + flushed + gone + back
    settled(oid, side, everything)


@pytest.mark.long
def test_random_kills_of_everything_lose_nothing_and_double_nothing(
    oid: MockOid, committed_world: World, redis: Redis, portal: dict[str, Process]
) -> None:
    seed = int(os.environ.get("NOPIC_FAULT_SEED", random.SystemRandom().randrange(2**31)))
    print(f"NOPIC_FAULT_SEED={seed}")
    dice = random.Random(seed)
    oid.mode(idempotent=False)
    oid.mix(seed=seed, lookup_lag=0.4, arguments={"slow": {"seconds": 1.0}})
    certificates = begun(committed_world.here, 12)
    others = begun(committed_world.there, 12)
    for _ in range(8):
        time.sleep(dice.uniform(0.1, 0.5))
        victim = dice.choice(["child", "worker", "sweeper", "second sweeper", "sessions", "redis"])
        if victim == "redis":
            redis.end()
            redis.start()
        elif victim == "sessions":
            with connection.cursor() as cursor:  # as a restarted database looks from here
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name = 'nopic-faults'"
                )
        elif victim == "child":
            for child in psutil.Process(portal["worker"].popen.pid).children()[:1]:
                child.kill()
                lab.TALLY["kills"] += 1
        else:
            portal[victim].kill()
            portal[victim].start()
    oid.calm()
    wait(lambda: issued(certificates) and issued(others), 60)
    settled(oid, committed_world.here, certificates)
    settled(oid, committed_world.there, others)


def test_sigterm_ends_worker_and_sweeper_soon_and_what_was_begun_is_finished_by_the_next(
    oid: MockOid, committed_world: World, portal: dict[str, Process]
) -> None:
    certificates = begun(committed_world.here, 6)
    wait(lambda: any(fresh(one).status == CertificateStatus.ISSUED for one in certificates), 40)
    began = time.monotonic()
    for process in portal.values():
        process.popen.terminate()
    assert [process.popen.wait(35) for process in portal.values()] == [0, 0, 0]
    print("seconds, stopped:", time.monotonic() - began)
    lab.drain()
    settled(oid, committed_world.here, certificates)
