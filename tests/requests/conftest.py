"""What the tests of requests share: the sender's side of one certifier, inside its door."""

from collections.abc import Iterator

import pytest

from nopic.tenants.context import tenant
from tests.factories import Side, World


@pytest.fixture
def here(world: World) -> Iterator[Side]:
    """The first certifier's side; the test runs as the sender, inside `tenant()`."""
    with tenant(world.here.certifier, world.here.sender):
        yield world.here
