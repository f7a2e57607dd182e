"""Two detours of a request, in the browser: it is late, and let pass with a note; the reviewer asks, and the exporter answers."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus
from nopic.requests.models import CertificateRequest
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.workflow.clock import today
from tests import factories
from tests.browser import PageAt, assert_accessible, assert_no_overflow, sign_in
from tests.factories import World
from tests.faults import lab
from tests.mock_oid import MockOid
from tests.review import cases
from tests.story.test_story import TOPICS, a_paper


def looks_right(page: Page) -> None:
    assert_no_overflow(page)
    assert_accessible(page)


def press(page: Page, words: str | re.Pattern[str]) -> None:
    page.locator("main").get_by_role("button", name=words).last.click()
    page.wait_for_load_state()


def test_a_late_request_is_sent_with_its_reason_let_pass_with_a_note_and_issued(
    registry: MockOid, committed_world: World, server: str, page_at: PageAt
) -> None:
    here = committed_world.here
    leaves = (today("UTC") + timedelta(days=2)).isoformat()
    reference = factories.complete_draft(here, departure_on=leaves).reference
    slug, theirs, ours = here.certifier.slug, page_at(390), page_at(1280)
    sign_in(theirs, server, here.sender)
    theirs.goto(f"{server}/{slug}/requests/{reference}/departure/")
    looks_right(theirs)
    theirs.get_by_label(re.compile("^Why is the request late")).fill("The vessel sails earlier than announced")
    press(theirs, "Save and continue")
    theirs.goto(f"{server}/{slug}/requests/{reference}/check/")
    expect(theirs.locator("main")).to_contain_text("The vessel sails earlier than announced")
    theirs.get_by_role("checkbox").check()
    press(theirs, "Send request")
    assert "/sent/" in theirs.url

    with tenant(here.certifier, here.reviewer):
        request = CertificateRequest.objects.get(reference=reference)
        request = review.take(request=request, by=here.reviewer)
        cases.confirm(request, here.reviewer)
    sign_in(ours, server, here.reviewer)
    ours.goto(f"{server}/{slug}/cases/{reference}/")
    expect(ours.locator("main")).to_contain_text("Reason: The vessel sails earlier than announced")
    assert ours.get_by_role("link", name="Approve this line…").get_attribute("aria-disabled") == "true"
    ours.get_by_role("link", name="Let it pass…").click()
    looks_right(ours)
    ours.get_by_label("Why it may pass").fill("Papers complete, the carrier confirmed the date")
    press(ours, "Let it pass")
    expect(ours.locator("main")).to_contain_text("Papers complete, the carrier confirmed the date")
    looks_right(ours)
    ours.get_by_role("link", name="Approve this line…").click()
    press(ours, re.compile("Approve"))
    lab.drain(*TOPICS)
    with tenant(here.certifier):
        assert Certificate.objects.get(request__reference=reference).status == CertificateStatus.ISSUED


@pytest.mark.long
@pytest.mark.parametrize("javascript", [True, False])
def test_questions_stop_the_clock_and_are_answered_point_by_point(
    javascript: bool, committed_world: World, server: str, page_at: PageAt
) -> None:
    here = committed_world.here
    request = cases.taken(here)
    with tenant(here.certifier, here.reviewer):
        cases.confirm(request, here.reviewer, but={"net_weight": ("", "")})
    slug, reference = here.certifier.slug, request.reference
    ours, theirs = page_at(1280, javascript=javascript), page_at(390, javascript=javascript)

    def look(page: Page) -> None:
        if javascript:
            looks_right(page)

    sign_in(ours, server, here.reviewer)
    ours.goto(f"{server}/{slug}/cases/{reference}/")
    _differs(ours, javascript=javascript)
    ours.get_by_role("link", name="Ask the exporter…").click()
    expect(ours.get_by_label("Net weight")).to_have_value(re.compile("the invoice says 18,000 kg"))
    for at, (box, text) in enumerate((("18", "Send the corrected packing list"), ("", "Who loads the container?")), 1):
        ours.get_by_label(re.compile(f"^Point of your own {at}")).fill(text)
        ours.get_by_label(f"What point {at} of your own is about").select_option(box)
    look(ours)
    press(ours, "Ask the exporter")
    expect(ours.locator("main")).to_contain_text("the clock stands still")
    look(ours)
    ours.goto(f"{server}/{slug}/queue/?view=questions")
    expect(ours.locator("#queue")).to_contain_text("clock stopped")

    sign_in(theirs, server, here.sender)
    questions = f"{server}/{slug}/requests/{reference}/questions/"
    theirs.goto(questions)
    expect(theirs.locator("main")).to_contain_text("The clock stands still until you send your answers.")
    look(theirs)
    theirs.get_by_role("button", name=re.compile("^Change the box")).first.click()
    for name, value in {"net": "18,000", "gross": "18,300", "packages": "300", "lots-0-kg": "9,000",
                        "lots-1-kg": "9,000"}.items():  # fmt: skip
        theirs.locator(f"#lines-0-{name}").fill(value)
    press(theirs, re.compile("^Save"))
    theirs.goto(questions)
    theirs.get_by_role("button", name=re.compile("^Add a document")).nth(1).click()
    theirs.locator("#file-packing_list").set_input_files(a_paper("corrected"))
    if javascript:  # the row sends itself
        expect(theirs.locator("#row-packing_list")).to_contain_text("corrected.pdf")
    else:
        press(theirs, "Add the chosen files")
    theirs.goto(questions)
    told = theirs.locator("main").inner_text()
    assert "Net weight: 19,200 kg becomes 18,000 kg" in told
    assert "Document added: corrected.pdf" in told
    press(theirs, re.compile("^Send 3 answers"))
    expect(theirs.locator("#errors")).to_contain_text("Answer point 3")
    look(theirs)
    theirs.locator("#reply-3").fill("Our own crew, at the port")
    press(theirs, re.compile("^Send 3 answers"))
    expect(theirs.locator("body")).to_contain_text("The clock goes on.")
    look(theirs)

    ours.goto(f"{server}/{slug}/cases/{reference}/versions/2/")
    expect(ours.locator("main")).to_contain_text(re.compile(r"19,200 kg[\s\S]*18,000 kg"))
    look(ours)
    ours.goto(f"{server}/{slug}/cases/{reference}/")
    shown = ours.locator("main").inner_text()
    assert "Our own crew, at the port" in shown
    expect(ours.locator("#check-net_weight")).to_contain_text("Before it changed: Differs")
    look(ours)
    with tenant(here.certifier):
        request.refresh_from_db()
        assert (request.status, request.turn, request.questions_due_at) == ("in_review", 2, None)


def _differs(page: Page, *, javascript: bool) -> None:
    """Say of the net weight that it differs, and what was found."""
    verdict, note = page.locator("#v-net_weight-differs"), page.locator("#note-net_weight")
    if not javascript:
        verdict.check(force=True)
        note.fill("the invoice says 18,000 kg")
        return press(page, re.compile("^Save"))
    with page.expect_response(re.compile("/verdicts/")):
        verdict.check(force=True)
    note.fill("the invoice says 18,000 kg")
    with page.expect_response(re.compile("/verdicts/")):
        note.blur()
    expect(page.locator("#decide")).to_contain_text("1 difference")
    return None
