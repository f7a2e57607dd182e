"""The verified list as its exporter reads it."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nopic.products.models import ProductVersion
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from nopic.tenants.statuses import Role
from tests import factories
from tests.exporters.test_dashboard import questions
from tests.factories import World
from tests.review import cases

URL = "/tierra/verified-list/"


@pytest.fixture
def member(world: World) -> Client:
    return factories.signed_in(world.here.member)


def test_each_product_shows_what_is_left_and_how_it_is_used(world: World, member: Client) -> None:
    cases.sent(world.here)
    page = member.get(URL).content.decode()
    for words in ("Organic green coffee CANARY-tierra", "0901.11.0015", "80,800 kg left", "verified 100,000 kg"):
        assert words in page, words
    assert "19,200 kg other open requests" in page
    assert "CANARY-nordhof" not in page


def test_what_does_not_hold_today_says_so(world: World, member: Client) -> None:
    with tenant(world.here.certifier):
        ProductVersion.objects.filter(pk=world.here.version.pk).update(valid_to=date(2026, 1, 2))
    assert "Not valid today" in member.get(URL).content.decode()


def test_a_product_without_a_limit_says_so(world: World, member: Client) -> None:
    with tenant(world.here.certifier):
        factories.product(world.here.exporter, "PV-77", "Organic maca", "1106.20.9000", None)
    assert "No limit" in member.get(URL).content.decode()


def test_an_empty_list_says_whom_to_write_to(world: World) -> None:
    someone = factories.user("new@tierra.example", "New")
    with tenant(world.here.certifier):
        company = Exporter.objects.create(
            certifier=world.here.certifier, name="New SAC", address="Lima", country="Peru", nop_id="9010006666",
            email="n@example.com", certified_from=date(2020, 1, 1),
        )  # fmt: skip
        factories.member(someone, Role.EXPORTER_MEMBER, certifier=world.here.certifier, exporter=company)
    page = factories.signed_in(someone).get(URL).content.decode()
    assert "No product verified yet. Send your product list to" in page
    assert "CANARY" not in page


def test_the_number_of_statements_does_not_grow_with_the_list(world: World, member: Client) -> None:
    member.get(URL)
    counts = []
    for more in (0, 40):
        with tenant(world.here.certifier):
            for n in range(more):
                factories.product(world.here.exporter, f"PV-{100 + n}", f"Product {n}", "0901.11.0015", None)
        with CaptureQueriesContext(connection) as asked:
            assert member.get(URL).status_code == 200
        counts.append(len(questions(asked)))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 10
