"""Fixtures that every test may use. Two certifiers always exist, so that there is something that could leak."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from hypothesis import settings as properties

from tests import databases, factories
from tests.browser import browser, page_at, server
from tests.factories import World

__all__ = ["browser", "page_at", "server"]  # here once: imported by each module, each would start a Chromium of its own

# No deadline per example: on a busy machine a slow one says nothing about the property.
properties.register_profile("suite", deadline=None)
properties.load_profile("suite")

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's: a copy of the migrated template per worker, used as the restricted role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        template = databases.template()
        name = f"{template}_{worker}"
        databases.recreate(name, template)
        databases.point_at(name)
    request.config._nopic_databases = (name, template)  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture
def committed(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests with real commits, threads or processes: afterwards the database is copied anew."""
    name, template = request.config._nopic_databases  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        yield
        databases.recreate(name, template)


@pytest.fixture
def world(db: None) -> World:
    """Two certifiers with their people, exporters, products and importers."""
    return factories.world()


@pytest.fixture
def committed_world(committed: None) -> World:
    """The same world, committed."""
    return factories.world()


@pytest.fixture(autouse=True)
def _files(tmp_path: Any) -> Iterator[None]:
    """Each test has its own file storage and an empty rate-limit table is not assumed."""
    from django.test import override_settings

    with override_settings(
        DATA_DIR=tmp_path,
        STORAGES={
            **settings.STORAGES,
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path / "files"},
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
