"""The pages of the handover in a real browser: accessible, nothing sticks out, quiet under the policy; copying, comparing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import expect

from nopic.workflow.clock import now
from tests.browser import PageAt, assert_accessible, assert_no_overflow, resize, show, wait_until
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.delivery.test_consignment import IMPORTER, end, link_of
from tests.factories import World, signed_in


@pytest.fixture
def pages(world: World) -> dict[str, str]:
    """Every kind of page, by name."""
    long = (
        "Cooperativa Agraria Cafetalera y de Servicios Múltiples San Fernando de la Provincia de Jaén Limitada N.º 412"
    )
    world.here.exporter.name = long
    valid = consignments.make(world.here, world.importer, lines=2)
    shipped = consignments.make(
        world.here, world.importer, departure_on=now().date() - timedelta(days=3), reference="2026-0427"
    )
    cancelled = consignments.make(world.here, world.importer, reference="2026-0428")
    consignments.hand_over(valid)
    consignments.cancel(cancelled)
    consignments.work()
    anonymous, importer = Client(), signed_in(world.importer_user)
    sender, reviewer = signed_in(world.here.sender), signed_in(world.here.reviewer)
    keys = f"/{world.here.certifier.slug}/api-keys/"
    certificate = f"/{world.here.certifier.slug}/certificates/{valid.certificate.pk}/handover/"
    found = {
        "verify": anonymous.get(f"/v/{valid.number}?k={valid.key}"),
        "verify-shipped": anonymous.get(f"/v/{shipped.number}?k={shipped.key}"),
        "verify-cancelled": anonymous.get(f"/v/{cancelled.number}?k={cancelled.key}"),
        "ask-key": anonymous.get("/v/x"),
        "ask": anonymous.get("/v/"),
        "ask-error": anonymous.get("/v/?number=8150004127"),
        "consignment": anonymous.get(link_of(IMPORTER)),
        "inbox": importer.get("/in/"),
        "inbox-nothing": importer.get("/in/?q=000000"),
        "inbox-problem": importer.get("/in/?q=8150004127"),
        "inbox-certificate": importer.get(f"/in/{valid.number}/"),
        "handover-exporter": sender.get(certificate),
        "handover-staff": reviewer.get(certificate),
        "keys": sender.post(keys, {"name": "Warehouse system"}),
        "keys-error": sender.post(keys, {"name": ""}),
    }
    end(valid)
    found["link-over"] = anonymous.get(link_of(IMPORTER))
    found["link-sent"] = anonymous.post(link_of(IMPORTER))
    return {name: answer.content.decode() for name, answer in found.items()}


WIDE = {"verify", "consignment", "inbox", "handover-staff", "keys"}  # those that are laid out otherwise on a desk


@pytest.mark.long
def test_every_page_is_accessible_and_nothing_sticks_out(pages: dict[str, str], page_at: PageAt) -> None:
    page = page_at(390)
    for name, html in pages.items():
        resize(page, 390)
        show(page, html, f"/{name}/")
        for width in (390, 1280) if name in WIDE else (390,):
            resize(page, width)
            assert_no_overflow(page)
            assert_accessible(page)


@pytest.fixture
def consignment(world: World) -> Consignment:
    made = consignments.make(world.here, world.importer, lines=2)
    consignments.hand_over(made)
    return made


def test_all_values_are_copied_for_ace_with_one_button(consignment: Consignment, page_at: PageAt) -> None:
    page = page_at(1280, permissions=["clipboard-read", "clipboard-write"])
    show(page, Client().get(link_of(IMPORTER)).content.decode())
    page.get_by_role("button", name="Copy all for ACE").click()
    wait_until(page, "() => document.body.textContent.includes('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    lots = "VV-26-088, VV-26-089, VV-26-090, VV-26-091"
    assert copied.splitlines() == [f"{one.number}\t0901.11.0015\t38400\t{lots}" for one in consignment.certificates]


def test_a_chosen_pdf_is_compared_in_the_browser(
    consignment: Consignment,
    page_at: PageAt,
    tmp_path: Path,
) -> None:
    page = page_at(1280)
    show(page, Client().get(f"/v/{consignment.number}?k={consignment.key}").content.decode())
    for content, sentence in (
        (consignments.pdf_of(consignment), "byte for byte"),
        (b"%PDF other", "not the PDF we issued"),
    ):
        own = tmp_path / f"{len(content)}.pdf"
        own.write_bytes(content)
        page.get_by_label("Choose your PDF").set_input_files(own)
        wait_until(page, f"() => document.querySelector('[data-said]').textContent.includes('{sentence}')")


def test_without_javascript_nothing_is_missing_but_the_buttons(consignment: Consignment, page_at: PageAt) -> None:
    page = page_at(390, javascript=False)
    show(page, Client().get(link_of(IMPORTER)).content.decode())
    expect(page.get_by_role("link", name="CSV file")).to_be_visible()
    expect(page.get_by_text(consignment.number).first).to_be_visible()
    assert page.locator("[data-copy]:visible").count() == 0
    show(page, Client().get(f"/v/{consignment.number}?k={consignment.key}").content.decode())
    expect(page.get_by_text("Compare these boxes with your paper")).to_be_visible()
    expect(page.get_by_label("Choose your PDF")).not_to_be_visible()
    assert mail.outbox
