"""One mock registry per test process, emptied before each test; its bounds are short, so that they can be waited for."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nopic.oid.client import Registry, Unavailable
from nopic.oid.payloads import client_ref, fingerprint
from nopic.oid.wire import close_clients
from tests.mock_oid import MockOid
from tests.oid import examples


@pytest.fixture(scope="session")
def server() -> Iterator[MockOid]:
    with MockOid(longest_in_flight=2.0, longest_lookup_lag=1.5) as oid:
        oid.load(operations=examples.OPERATIONS, keys=examples.KEYS)
        yield oid
        close_clients()


@pytest.fixture
def oid(server: MockOid) -> MockOid:
    server.reset()
    return server


@pytest.fixture
def registry(oid: MockOid) -> Registry:
    """The registry as certifier 901 sees it, with short time-outs."""
    return Registry(oid.url, examples.KEYS["901"], connect=1.0, read=5.0, total=5.0)


@pytest.fixture
def hasty(oid: MockOid) -> Registry:
    """The same, but it gives up after 0.6 seconds."""
    return Registry(oid.url, examples.KEYS["901"], connect=0.3, read=0.6, total=0.6)


@pytest.fixture
def register(registry: Registry) -> Callable[..., Any]:
    """Register the example, under another reference for each certificate id."""

    def call(certificate_id: int = 1, by: Registry = registry, **changes: Any) -> Any:
        payload = examples.payload(**changes)
        return by.register(client_ref(1, certificate_id), payload, sha256=fingerprint(payload))

    return call


@pytest.fixture
def until_known(register: Callable[..., Any]) -> Callable[..., Any]:
    """Register, and ask again while nobody knows: many at once may outlast the short bounds on a slow machine."""

    def call(certificate_id: int) -> Any:
        until = time.monotonic() + 60
        while True:
            try:
                return register(certificate_id)
            except Unavailable as unknown:
                too_slow = unknown.why in ("connect", "timeout") or unknown.evidence.status == 503
                if not too_slow or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    return call
