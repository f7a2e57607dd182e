"""Fixtures that every test may use. Two certifiers always exist, so that there is something that could leak."""

import gc
import itertools
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as properties

from tests import factories
from tests.browser import browser, page_at, server
from tests.databases import Databases
from tests.factories import World

__all__ = ["browser", "page_at", "server"]  # here once: imported by each module, each would start a Chromium of its own

# No deadline per example: on a busy machine a slow one says nothing about the property.
properties.register_profile("suite", deadline=None)
properties.load_profile("suite")

MADE = pytest.StashKey[Databases]()  # this process's databases, once the first test has asked for one
BLOCKER = pytest.StashKey[Any]()  # pytest-django's guard of databases
NEEDED = pytest.StashKey[str]()  # which of them the present test works in
NUMBERS = itertools.count()  # of the tests' folders
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long tests: whoever begins one last keeps the others waiting.

    xdist deals out equal stretches, one to each process, and short tests may later be taken over; so each stretch begins
    with its share of the long ones.
    """
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if not item.get_closest_marker("long")]
    bounds = [len(short) * number // processes for number in range(processes + 1)]
    items[:] = [
        item
        for number in range(processes)
        for item in (*long[number::processes], *short[bounds[number] : bounds[number + 1]])
    ]


def pytest_collection_finish() -> None:
    """The collector need not walk again and again over what stays to the end: modules, settings and thousands of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lead to the database this test needs, before any fixture opens a transaction in another one."""
    asked: list[str] = item.fixturenames  # type: ignore[attr-defined]
    sent = item.get_closest_marker("sent")
    world = "sent" if sent and False not in sent.args else "world"
    item.config.stash[NEEDED] = world if "world" in asked or "committed_world" in asked else "empty"
    if made := item.config.stash.get(MADE, None):
        if not made.are_of_today:
            with item.config.stash[BLOCKER].unblock():
                made.make()
        made.use(item.config.stash[NEEDED])


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's: copies of the migrated template per worker, used as the restricted role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        request.config.stash[BLOCKER] = django_db_blocker
        made = request.config.stash[MADE] = Databases(worker, factories.world, factories.with_one_sent)
        made.use(request.config.stash[NEEDED])
    yield
    with django_db_blocker.unblock():
        made.drop()


@pytest.fixture
def committed(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests with real commits, threads or processes: a database of its own."""
    with django_db_blocker.unblock():
        request.config.stash[MADE].use_own(request.config.stash[NEEDED])
        yield
        connections.close_all()


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> World:
    """Two certifiers with their people, exporters, products and importers, made when this process began."""
    return request.config.stash[MADE].held(request.config.stash[NEEDED])


@pytest.fixture
def committed_world(request: pytest.FixtureRequest, committed: None) -> World:
    """The same world in the database that is this test's own."""
    return request.config.stash[MADE].held(request.config.stash[NEEDED])


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def _files(_folder: Path) -> Iterator[None]:
    """Each test has its own file storage, made when something is stored, and an empty rate-limit table is not assumed."""
    from django.test import override_settings

    place = _folder / str(next(NUMBERS))
    with override_settings(
        DATA_DIR=place,
        STORAGES={
            **settings.STORAGES,
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": place / "files"},
            },
        },
    ):
        yield


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is off, but for this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
