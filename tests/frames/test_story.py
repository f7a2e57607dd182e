"""A time frame with three trucks, recorded beside the loading dock on a phone (390 px)."""

from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import expect

from nopic.frames.models import Allowance
from nopic.tenants.context import tenant
from tests.browser import assert_accessible, assert_no_overflow, sign_in
from tests.factories import World
from tests.frames.stories import issued


@pytest.mark.long
def test_three_trucks_are_recorded_on_a_phone(server: str, committed_world: World, page_at: Any) -> None:
    side = committed_world.here
    with transaction.atomic():
        certificate = issued(side)
    page = page_at(390)
    sign_in(page, server, side.sender)
    page.goto(f"{server}/{side.certifier.slug}/requests/")
    page.get_by_role("link", name="Record a shipment").click()
    for number, kg in enumerate(("18,400", "12,600", "4,000"), 1):
        page.get_by_label("Yes, with this net weight").check()
        page.get_by_role("textbox", name="Net weight").fill(kg)
        page.get_by_label("Lots (optional)").fill(f"VV-{number}")
        page.get_by_label("Container or plate (optional)").fill(f"PLATE-{number}")
        page.get_by_role("button", name="Record shipment").click()
        expect(page.get_by_text(f"Shipment {number} is recorded: {kg} kg.")).to_be_visible()
    expect(page.get_by_role("heading", name="5,000 kg left of 40,000 kg")).to_be_visible()
    assert_no_overflow(page)
    assert_accessible(page)
    page.get_by_label("Yes, with this net weight").check()
    page.get_by_role("textbox", name="Net weight").fill("4,000")
    page.get_by_label("Container or plate (optional)").fill("plate 3")
    page.get_by_role("button", name="Record shipment").click()
    expect(page.get_by_label("Yes, another truck or trip")).to_be_visible()
    expect(page.get_by_text("Recorded already:")).to_be_visible()
    assert_no_overflow(page)
    assert_accessible(page)
    page.get_by_role("textbox", name="Net weight").fill("5,001")
    page.get_by_role("button", name="Record shipment").click()
    expect(page.get_by_role("link", name="At most 5,000 kg are possible")).to_be_visible()
    page.get_by_role("link", name="Shipment 3, 4,000 kg").click()
    page.get_by_text("Correct it").click()
    page.locator("#correct-kg").fill("4,100")
    page.locator("#correct-reason").fill("the scale was read wrongly")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("Shipment 3 is changed.")).to_be_visible()
    assert_no_overflow(page)
    assert_accessible(page)
    with tenant(side.certifier):
        allowance = Allowance.objects.get(certificate_id=certificate.pk)
        assert (allowance.shipped_kg, allowance.left_kg) == (35_100, 4_900)
