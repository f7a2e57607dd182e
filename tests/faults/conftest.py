"""One hostile registry for all faults; the ladder at a fiftieth of its time, inside the registry's bounds."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from nopic.oid import wire
from nopic.oid.wire import close_clients
from tests.factories import World
from tests.faults import lab
from tests.faults.times import IN_FLIGHT, LAG, TIMES
from tests.mock_oid import MockOid


@pytest.fixture(scope="session")
def server() -> Iterator[MockOid]:
    with MockOid(longest_in_flight=IN_FLIGHT, longest_lookup_lag=LAG) as oid:
        yield oid
        close_clients()


@pytest.fixture
def oid(server: MockOid, committed_world: World) -> Iterator[MockOid]:
    """The registry, emptied, in idempotent mode; it knows the world's operations and both keys."""
    server.reset()
    lab.introduce(server, committed_world)
    with override_settings(OID_URL=server.url, **TIMES):
        yield server


@pytest.fixture(autouse=True)
def _no_transaction_is_open_while_we_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a transaction nor a row lock may be held while HTTP runs."""
    from django.db import connection

    exchange = wire.exchange

    def watched(*args: Any, **options: Any) -> Any:
        assert not connection.in_atomic_block, "HTTP inside a transaction"
        return exchange(*args, **options)

    monkeypatch.setattr("nopic.oid.client.exchange", watched)
