"""Every address × every role × the own and the foreign certifier: strangers 404, wrong roles 403, and nothing changes."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from nopic.tenants.context import tenant
from nopic.tenants.models import User
from nopic.tenants.statuses import Role
from tests import factories
from tests.doors.matrix import ALLAUTH, BOTH, COMPANY, INBOX, NEIGHBOUR, ROLES, ROWS, Row, of_case
from tests.factories import World

HERE = ("sender", "member", NEIGHBOUR, "reviewer", "admin", BOTH)
ELSEWHERE = (
    "stranger",
    "their_sender",
    "their_reviewer",
    "their_admin",
    "importer_user",
    "other_importer_user",
    "broker_user",
)
RESTLESS = {"django_session", "rate_limits", "delivery_ratecount", "tenants_secret", "workflow_heartbeat"}
OK = {200, 201, 204, 302, 303, 400, 405, 409, 422}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of every address of the URLconf; an address without a name is reported as its pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name or str(pattern.pattern)


def people(world: World) -> dict[str, User]:
    """Everybody who might try a door."""
    here, there = world.here, world.there
    found = {key: getattr(here, key) for key in HERE if key not in {NEIGHBOUR, BOTH}}
    found |= {"their_" + key: getattr(there, key) for key in ("sender", "reviewer", "admin")}
    found |= {key: getattr(world, key) for key in INBOX | {"stranger"}}
    neighbour = factories.user("neighbour@tierra.example", "Neighbour")
    with tenant(here.certifier):
        company = factories.Exporter.objects.create(
            certifier=here.certifier,
            name="Neighbour SAC",
            address="Lima",
            country="Peru",
            nop_id="9010009999",
            email="n@example.com",
            certified_from=here.exporter.certified_from,
        )
        factories.member(neighbour, Role.EXPORTER_SENDER, certifier=here.certifier, exporter=company)
    found[NEIGHBOUR] = neighbour
    found[BOTH] = factories.user("both@tierra.example", "Both")
    with tenant(here.certifier):
        factories.member(found[BOTH], Role.REVIEWER, certifier=here.certifier)
        factories.member(found[BOTH], Role.EXPORTER_MEMBER, certifier=here.certifier, exporter=here.exporter)
    return found


@lru_cache(maxsize=1)
def _every_row() -> str:
    """The statement behind `fingerprint`: one for all tables, because it is asked hundreds of times."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [table for (table,) in cursor.fetchall() if table not in RESTLESS]
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*), COALESCE(sum(hashtext(t::text)::bigint), 0) FROM \"{table}\" t"
        for table in tables
    )


def fingerprint() -> str:
    """A hash over every table but sessions, rate limits and what the clock writes: did anything change?"""
    with connection.cursor() as cursor:
        cursor.execute(_every_row())
        return hashlib.sha256(repr(sorted(cursor.fetchall())).encode()).hexdigest()


def everything(world: World) -> str:
    """The fingerprint as each certifier and as the platform sees it."""
    parts = []
    for side in (world.here, world.there):
        with tenant(side.certifier):
            parts.append(fingerprint())
    return "".join(parts)


def test_every_address_has_a_row() -> None:
    routed = set(names(get_resolver().url_patterns))
    assert routed - set(ROWS) - ALLAUTH == set()
    assert set(ROWS) - routed == set(), "rows without an address"


def ask(client: Client, method: str, url: str, row: Row) -> int:
    """The status of one try."""
    answer = getattr(client, method)(url, row.data if method == "post" else None)
    if answer.streaming:
        list(answer.streaming_content)  # a file is closed when it has been read
    return answer.status_code


@pytest.fixture
def browsers(world: World) -> dict[str, Client]:
    """One browser for each person, and one in which nobody is signed in; most doors ask for a sent request, so it is there."""
    for side in (world.here, world.there):
        of_case(world, side)
    return {key: factories.signed_in(person) for key, person in people(world).items()} | {"anonymous": Client()}


SHARES = 4  # the rows are tried in so many tests, so that the world is built four times and not a hundred times


def share(number: int) -> list[str]:
    """Every fourth address."""
    return sorted(ROWS)[number::SHARES]


def expected(who: str, row: Row, *, inside: bool) -> int:
    """What somebody who may not come in is told: strangers and neighbours know of nothing, colleagues lack the role."""
    if who == "anonymous":
        return 302
    if inside and who in ELSEWHERE:
        return 404
    peers = next((group for group in (COMPANY, INBOX) if who in group), frozenset())
    if row.has_object and who != "member" and row.allowed & peers:
        return 404  # the role would fit, the object is somebody else's
    return 403


def is_invited(who: str, row: Row) -> bool:
    """Whether the row lets this person in."""
    return bool(ROLES.get(who, {who}) & row.allowed) or ("*" in row.allowed and who != "anonymous")


def tries(name: str, world: World, browsers: dict[str, Client]) -> list[str]:
    """Knock at one door as everybody; what is wrong with the answers."""
    row = ROWS[name]
    kwargs = row.fill(world, world.here)
    url = reverse(name, kwargs=kwargs)
    before = everything(world)
    wrong: list[str] = []
    for method in row.methods:
        for who, client in browsers.items():
            if row.closed or not is_invited(who, row):
                status = ask(client, method, url, row)
                if status != (row.closed or expected(who, row, inside="certifier" in kwargs)):
                    wrong.append(f"{method} {url} as {who}: {status}")
    if everything(world) != before:
        wrong.append(f"{url}: a refused try changed something")
    for who, client in browsers.items():
        if row.closed or not is_invited(who, row) or (row.has_object and who == NEIGHBOUR):
            continue
        status = ask(client, "get", url, row)
        right = (
            {403} if (name, who) == ("landing", "stranger") else OK | row.also | ({503} if name == "readyz" else set())
        )
        if status not in right:
            wrong.append(f"get {url} as {who}: {status}")
        if "post" not in row.methods or row.needs_registry:
            continue
        right = {403} if row.posts and not ROLES.get(who, {who}) & row.posts else OK | row.also
        if (status := ask(client, "post", url, row)) not in right:
            wrong.append(f"post {url} as {who}, who may: {status}")
    return wrong


def foreign_tries(name: str, world: World, browsers: dict[str, Client]) -> list[str]:
    """Ask for the other certifier's object under the own certifier's address, as everybody who may come in."""
    row = ROWS[name]
    theirs = row.fill(world, world.there)
    url = reverse(name, kwargs=theirs | {"certifier": world.here.certifier.slug} if "certifier" in theirs else theirs)
    before = everything(world)
    wrong = [
        f"{method} {url} as {who}: {status}"
        for method in row.methods
        for who, client in browsers.items()
        if ROLES.get(who, {who}) & row.allowed
        for status in [ask(client, method, url, row)]
        if status != 404
    ]
    return wrong if everything(world) == before else [*wrong, f"{url}: a try at a foreign object changed something"]


@pytest.mark.long
@pytest.mark.parametrize("number", range(SHARES))
def test_only_the_right_roles_come_in_and_foreign_objects_are_not_found(
    number: int, world: World, browsers: dict[str, Client]
) -> None:
    wrong: list[str] = []
    for name in share(number):
        for knock in (tries, foreign_tries) if ROWS[name].has_object else (tries,):
            with transaction.atomic():  # what a permitted page did is taken back before the next door is tried
                wrong += knock(name, world, browsers)
                transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
