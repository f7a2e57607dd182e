"""The main job, as five people do it in a browser: file, review, issue, hand over, verify; with and without JavaScript."""

import io
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.core import mail
from django.test import override_settings
from playwright.sync_api import Page, expect

from nopic.ledger.models import Account
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from tests.browser import assert_accessible, assert_light, assert_no_overflow, sign_in
from tests.factories import World
from tests.faults import lab
from tests.mock_oid import MockOid

TOPICS = ("party", "pages", "registry", "render", "hand_over", "mail", "request_sent", "index_request")


def a_paper(title: str) -> dict[str, Any]:
    """A one-page PDF to upload."""
    import pikepdf

    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.docinfo["/Title"] = title
    out = io.BytesIO()
    made.save(out)
    return {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


def looks_right(page: Page) -> None:
    """Nobody is shut out of the page, it fits, and it is light. All are asked by script, so only where scripts run."""
    if page.with_scripts:  # type: ignore[attr-defined]
        assert_no_overflow(page)
        assert_accessible(page)
        assert_light(page)


def go(page: Page, words: str = "Save and continue") -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).last.click()
    page.wait_for_load_state()


def rosa_files_it(page: Page, server: str, world: World, *, javascript: bool) -> str:
    slug = world.here.certifier.slug
    sign_in(page, server, world.here.sender)
    page.goto(f"{server}/{slug}/requests/")
    looks_right(page)
    page.goto(f"{server}/{slug}/requests/new/")
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url(re.compile("/departure/$"))
    reference = page.url.rstrip("/").split("/")[-2]
    looks_right(page)
    page.get_by_label("Earliest date the goods leave the country").fill((now() + timedelta(days=20)).date().isoformat())
    go(page)
    looks_right(page)
    page.get_by_label(re.compile(world.importer.nop_id)).check()
    page.get_by_label(re.compile("Importer's e-mail")).fill("buyer@baybridge.example")
    page.get_by_label("Customs broker").fill("Harbor Line")
    page.get_by_label(re.compile("Broker's e-mail")).fill("desk@harborline.example")
    go(page)
    page.locator("#lines-0-item").select_option(str(world.here.item.pk))
    page.locator("#lines-0-net").fill("19.200")
    page.locator("#lines-0-gross").fill("19 020")
    page.locator("#lines-0-packages").fill("320")
    page.locator("#lines-0-package_kind").fill("jute bags")
    page.locator("#lines-0-lots-0-code").fill("VV-26-118, VV-26-121")
    go(page)
    expect(page.locator("#errors")).to_contain_text("gross weight must be 19,200 kg or more")
    looks_right(page)
    page.locator("#lines-0-gross").fill("19 520")
    go(page)
    page.get_by_label("By sea").check()
    page.get_by_label("Place of loading").fill("Callao")
    page.get_by_label("Country of loading").select_option("Peru")
    page.get_by_label(re.compile("US port of entry")).fill("2811")
    page.get_by_label("Estimated arrival in the United States").fill((now() + timedelta(days=40)).date().isoformat())
    page.get_by_label(re.compile("Vessel and voyage")).fill("Andes Courier 0646N")
    page.locator("#containers-0-number").fill("APLU 417512 5")
    page.locator("#containers-0-seal").fill("PE881960")
    page.get_by_label("None", exact=True).check()
    looks_right(page)
    go(page)
    page.locator("#kind-transport_document").select_option("draft")
    for rule in ("commercial_invoice", "packing_list", "traceability_declaration", "transport_document"):
        page.locator(f"#file-{rule}").set_input_files(a_paper(rule))
        if javascript:  # the row sends itself
            page.locator(f"#row-{rule}").get_by_text("Received", exact=True).wait_for()
    looks_right(page)
    go(page)
    looks_right(page)
    page.get_by_role("checkbox").check()
    go(page, "Send request")
    assert "/sent/" in page.url
    looks_right(page)
    return reference


def ines_decides(page: Page, server: str, world: World, reference: str, javascript: bool) -> None:
    slug = world.here.certifier.slug
    sign_in(page, server, world.here.reviewer)
    page.goto(f"{server}/{slug}/queue/")
    expect(page.locator("main")).to_contain_text(reference)
    looks_right(page)
    page.goto(f"{server}/{slug}/cases/{reference}/")
    page.get_by_role("button", name=re.compile("^Take")).first.click()
    page.wait_for_load_state()
    looks_right(page)
    said = [one.get_attribute("value") for one in page.locator('button[value^="yes:"]').all()]
    for value in said:
        answer = page.locator(f'button[value="{value}"]')
        if javascript:
            with page.expect_response(re.compile("/papers/")):
                answer.click()
        else:
            answer.click()
            page.wait_for_load_state()
    assert said
    matches = page.locator('input[type=radio][value="match"]')
    for at in range(matches.count()):
        box = matches.nth(at)
        if javascript:
            with page.expect_response(re.compile("/verdicts/")):
                box.check(force=True)
        else:
            box.check(force=True)
    if not javascript:
        page.get_by_role("button", name=re.compile("Save")).first.click()
        page.wait_for_load_state()
    page.goto(f"{server}/{slug}/cases/{reference}/lines/1/approve/")
    looks_right(page)
    page.locator("main").get_by_role("button", name=re.compile("Approve")).last.click()
    page.wait_for_load_state()


def bo_downloads_it(page: Page, server: str, world: World) -> tuple[str, bytes]:
    sign_in(page, server, world.importer_user)
    page.goto(f"{server}/in/")
    number = re.search(r"\d{3}-\d{10}-\d{6}", page.locator("main").inner_text())
    assert number is not None
    looks_right(page)
    page.goto(f"{server}/in/{number[0]}/")
    looks_right(page)
    answer = page.context.request.get(f"{server}/in/{number[0]}/certificate.pdf")
    assert answer.status == 200
    return number[0], answer.body()


def scanned(pdf: bytes) -> str:
    """What a phone reads off the paper."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil()
    return next(code.text for code in zxingcpp.read_barcodes(picture) if "/v/" in code.text)


@pytest.mark.long
@pytest.mark.parametrize(("javascript", "width"), [(True, 1280), (False, 390)])
def test_the_main_job(
    javascript: bool, width: int, registry: MockOid, committed_world: World, server: str, page_at: Any
) -> None:
    world = committed_world

    def opened(wide: int) -> Page:
        page = page_at(wide, javascript=javascript)
        page.with_scripts = javascript
        return page

    with override_settings(BASE_URL=server):
        reference = rosa_files_it(opened(width), server, world, javascript=javascript)
        lab.drain(*TOPICS)
        ines_decides(opened(1280), server, world, reference, javascript)
        lab.drain(*TOPICS)
        number, pdf = bo_downloads_it(opened(width), server, world)
        text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
        assert number in text
        assert "19,200 kg" in text
        assert "not valid for customs entry" in text
        assert [len(held) for held in registry.dump()["references"].values()] == [1]

        letters = {one.to[0]: one for one in mail.outbox if number in one.body}
        assert {"buyer@baybridge.example", "desk@harborline.example"} <= set(letters)
        hal = opened(width)  # the broker has no account
        link = re.search(r"http://\S+/c/\S+", letters["desk@harborline.example"].body)
        assert link is not None
        hal.goto(link[0])
        expect(hal.locator("main")).to_contain_text(number)
        looks_right(hal)

        anyone = opened(width)
        anyone.goto(scanned(pdf))
        expect(anyone.locator("h1")).to_have_text("Valid")
        looks_right(anyone)
        anyone.goto(f"{server}/v/{number}")
        expect(anyone.locator("h1")).not_to_contain_text("Valid")
    with tenant(world.here.certifier):
        account = Account.objects.get(pk=world.here.account.pk)
        assert (account.held, account.issued) == (0, 19200)
