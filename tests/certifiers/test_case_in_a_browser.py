"""Queue and case in a real browser: keys, verdicts that save themselves, papers that turn, and the same without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nopic.requests.models import CertificateRequest
from nopic.review import actions
from nopic.review.models import CheckVerdict
from nopic.tenants.context import tenant
from tests.browser import PageAt, assert_accessible, assert_no_overflow, sign_in
from tests.certifiers import drawn
from tests.factories import World
from tests.review import cases


@pytest.fixture
def request_with_papers(committed_world: World) -> CertificateRequest:
    here = committed_world.here
    request = cases.two_lines(here)
    with tenant(here.certifier):
        drawn.pages(request, "transport_document", drawn.BILL_OF_LADING, ["Page two"])
        drawn.pages(request, "commercial_invoice", ["COMMERCIAL INVOICE", "Net 19.200,00 kg", "320 bags"])
    return request


def verdicts(world: World) -> dict[str, str]:
    with tenant(world.here.certifier):
        return {v.check_id: f"{v.verdict} {v.note}".strip() for v in CheckVerdict.objects.all()}


def at(page_at: PageAt, server: str, world: World, path: str, **options: Any) -> Page:
    page = page_at(**options)
    sign_in(page, server, world.here.reviewer)
    page.goto(f"{server}/tierra/{path}")
    return page


def test_a_reviewer_works_by_keyboard_from_queue_to_decision(
    committed_world: World,
    request_with_papers: CertificateRequest,
    server: str,
    page_at: PageAt,
) -> None:
    page = at(page_at, server, committed_world, "queue/")
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody has taken")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator("#state")).to_contain_text("yours")
    expect(page.locator("#check-net_weight .said")).to_contain_text("Match, by")
    expect(page.locator("#done-weights")).to_have_text("1 of 7 done")
    page.keyboard.press("j")
    page.keyboard.press("2")
    note = page.locator("#note-packages")
    expect(note).to_be_visible()
    page.keyboard.press("q")
    page.keyboard.type("The draft shows 318 bags")
    note.blur()
    expect(page.locator("#lacks-packages")).to_have_count(0)
    expect(page.locator("#saved")).to_contain_text("Packages saved: Differs")
    expect(page.locator("#decide")).to_contain_text("1 difference")
    assert verdicts(committed_world) == {"net_weight": "match", "packages": "differs The draft shows 318 bags"}
    page.locator(".tabs").get_by_text("Transport document").click()
    expect(page.locator(".viewbar")).to_contain_text("Page 1 of 2")
    page.keyboard.press(".")
    expect(page.locator(".viewbar")).to_contain_text("Page 2 of 2")
    page.keyboard.press(",")
    expect(page.locator(".viewbar")).to_contain_text("Page 1 of 2")
    page.keyboard.press("+")
    expect(page.locator("#viewer .z150")).to_be_visible()
    page.locator("#viewer svg a").first.click()
    assert "#check-" in page.url
    assert_accessible(page)
    locked = page.get_by_role("link", name="Approve this line…")
    locked.focus()
    expect(locked).to_be_focused()
    expect(locked).to_have_attribute("aria-disabled", "true")


def test_ticked_requests_stay_ticked_while_a_colleague_is_chosen_and_a_filter_still_filters(
    committed_world: World,
    request_with_papers: CertificateRequest,
    server: str,
    page_at: PageAt,
) -> None:
    here, page = committed_world.here, at(page_at, server, committed_world, "queue/?view=nobodys")
    page.locator("[name=chosen]").check()
    page.locator("#to").select_option(str(here.colleague.pk))
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text(f"{request_with_papers.reference} is with {here.colleague} now.")).to_be_visible()
    page.goto(f"{server}/tierra/queue/?view=all-open")
    page.locator("#filters").get_by_label("Exporter").select_option(index=1)
    page.wait_for_url("**exporter=*")
    with tenant(here.certifier):
        request_with_papers.refresh_from_db()
    assert request_with_papers.reviewer == here.colleague


def test_on_a_phone_document_and_checks_are_two_tabs(
    committed_world: World,
    request_with_papers: CertificateRequest,
    server: str,
    page_at: PageAt,
) -> None:
    page = at(page_at, server, committed_world, f"cases/{request_with_papers.reference}/", width=390)
    expect(page.locator("#checks")).to_be_visible()
    expect(page.locator("#viewer")).to_be_hidden()
    page.locator("#p-doc").check()
    expect(page.locator("#viewer")).to_be_visible()
    expect(page.locator("#checks")).to_be_hidden()
    assert_accessible(page)
    assert_no_overflow(page)
    page.goto(f"{server}/tierra/queue/")
    assert_accessible(page)
    assert_no_overflow(page)


def test_without_javascript_everything_is_a_link_or_a_form(
    committed_world: World,
    request_with_papers: CertificateRequest,
    server: str,
    page_at: PageAt,
) -> None:
    page = at(page_at, server, committed_world, "queue/", javascript=False)
    page.get_by_label(request_with_papers.reference, exact=True).check()
    page.get_by_role("button", name="Take selected").click()
    expect(page.get_by_text("is yours now.")).to_be_visible()
    page.get_by_role("link", name=request_with_papers.reference).click()
    page.locator("#v-net_weight-differs").check(force=True)
    page.locator("#note-net_weight").fill("19,080 on the draft")
    page.get_by_role("button", name="Save verdicts").click()
    expect(page.locator("#check-net_weight .said")).to_contain_text("Differs, by")
    assert verdicts(committed_world) == {"net_weight": "differs 19,080 on the draft"}
    page.get_by_role("link", name="Return to the exporter…").click()
    expect(page.locator("#id_point-0")).to_have_value("19,080 on the draft")
    page.get_by_role("button", name="Return the request").click()
    expect(page.get_by_text("Sent back")).to_be_visible()


def test_what_may_be_decided_stands_in_one_row_and_the_reason_against_it_begins_in_sight(
    committed_world: World, request_with_papers: CertificateRequest, server: str, page_at: PageAt
) -> None:
    with tenant(committed_world.here.certifier):
        actions.take(request=request_with_papers, by=committed_world.here.reviewer)
    page = at(page_at, server, committed_world, f"cases/{request_with_papers.reference}/", width=1280)
    tops = {button.bounding_box()["y"] for button in page.locator("#decide > .btn").all()}  # type: ignore[index]
    assert len(tops) == 1
    page.set_viewport_size({"width": 390, "height": 844})
    sentence, button = (page.locator(f"#decide {what}").bounding_box() for what in ("#why > p", ".btn >> nth=-1"))
    assert sentence is not None
    assert button is not None
    assert 0 <= sentence["x"] <= sentence["x"] + sentence["width"] <= 390
    assert button["y"] + button["height"] <= 844
