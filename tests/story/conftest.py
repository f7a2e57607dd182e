"""A real registry for the whole story."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from nopic.celery import app
from nopic.oid.wire import close_clients
from tests.factories import World
from tests.faults import lab
from tests.mock_oid import MockOid


@pytest.fixture
def registry(committed_world: World) -> Iterator[MockOid]:
    """The mock registry as its own server; it knows the world's operations and keys."""
    app.loader.import_default_modules()  # every package's handlers, as a worker has them
    with MockOid() as oid:
        lab.introduce(oid, committed_world)
        with override_settings(OID_URL=oid.url):
            yield oid
        close_clients()
