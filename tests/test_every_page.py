"""Every page that has an address, as somebody who may see it: nobody is shut out, and nothing sticks out of it."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.browser import PageAt, assert_accessible, assert_no_overflow, resize, show
from tests.doors.matrix import ROWS
from tests.factories import World
from tests.test_doors import browsers, is_invited

__all__ = ["browsers"]  # a fixture

SHARES = 4  # so many tests, so that they spread over the processes


def seen(name: str, world: World, browsers: dict[str, Client]) -> str:
    """The page's HTML for the first person who is let in; "" where the address shows no page."""
    row = ROWS[name]
    if "get" not in row.methods:
        return ""
    with transaction.atomic():
        url = reverse(name, kwargs=row.fill(world, world.here))
        for who, browser in browsers.items():
            if not is_invited(who, row):
                continue
            answer = browser.get(url)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # read, a file is closed
            if answer.status_code == 200 and body.lstrip().startswith(
                b"<!doctype html>"
            ):  # a fragment belongs to a page
                break
        else:
            body = b""
        transaction.set_rollback(True)
    return body.decode()


@pytest.mark.long
@pytest.mark.parametrize("number", range(SHARES))
def test_every_page_is_accessible_and_fits_on_a_phone_and_on_a_desk(
    world: World, browsers: dict[str, Client], page_at: PageAt, number: int
) -> None:
    page = page_at(390)
    shown = []
    for name in sorted(ROWS)[number::SHARES]:
        if html := seen(name, world, browsers):
            shown.append(name)
            resize(page, 390)
            show(page, html, f"/{name}/")
            for width in (390, 1280):
                resize(page, width)
                assert_no_overflow(page)
                assert_accessible(page)
    assert len(shown) > 8, shown
