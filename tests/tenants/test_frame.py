"""The frame around every page: people with several roles find all their places, and the database may be away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from nopic.tenants.context import tenant
from nopic.tenants.statuses import Role
from tests import factories
from tests.factories import World


def test_a_reviewer_who_also_exports_works_on_both_sides_and_finds_the_other(world: World) -> None:
    here = world.here
    with tenant(here.certifier):
        factories.member(here.reviewer, Role.EXPORTER_MEMBER, certifier=here.certifier, exporter=here.exporter)
    client = factories.signed_in(here.reviewer)
    queue, requests = f"/{here.certifier.slug}/queue/", f"/{here.certifier.slug}/requests/"
    for page, other in ((queue, requests), (requests, queue)):
        answer = client.get(page)
        assert answer.status_code == 200
        items = {item["url"]: item["label"] for item in answer.context["account_items"]}
        assert items[other].startswith(here.certifier.name)
        assert page not in items
        assert [item["url"] for item in answer.context["nav_items"] if item["current"]] == [page]


def test_who_has_one_place_is_offered_no_other(world: World) -> None:
    answer = factories.signed_in(world.here.reviewer).get(f"/{world.here.certifier.slug}/queue/")
    assert [item["label"] for item in answer.context["account_items"]] == ["Who is in"]


@pytest.fixture
def no_database(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PostgreSQL does not answer: nothing listens on this port."""
    with django_db_blocker.unblock():
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "PORT", "1")
        yield
        connection.close()


@pytest.mark.parametrize("cookies", [{}, {settings.SESSION_COOKIE_NAME: "abcdefabcdefabcdefabcdefabcdefab"}])
@pytest.mark.parametrize(
    "url", ["/", "/tierra/queue/", "/accounts/login/", "/v/9?k=1", "/in/", "/readyz", "/t/theme.css"]
)
def test_without_its_database_the_portal_says_so(url: str, cookies: dict[str, str], no_database: None) -> None:
    client = Client(raise_request_exception=False)
    client.cookies.load(cookies)
    answer = client.get(url)
    if not cookies and url in {"/", "/tierra/queue/", "/in/"}:
        assert answer.status_code == 302  # the way to the sign-in page needs no database
    else:
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
        assert "Nothing was lost" in answer.content.decode()
    assert settings.SESSION_COOKIE_NAME not in answer.cookies  # whoever was signed in still is afterwards


@pytest.mark.parametrize("cookies", [{}, {settings.SESSION_COOKIE_NAME: "abcdefabcdefabcdefabcdefabcdefab"}])
def test_the_process_is_alive_without_its_database(cookies: dict[str, str], no_database: None) -> None:
    client = Client()
    client.cookies.load(cookies)
    assert client.get("/livez").json() == {"status": "ok"}
