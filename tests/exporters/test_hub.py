"""One request's page over HTTP: a draft's tasks, what came back, where it is, withdrawing, and "Has it left?"."""

from datetime import timedelta

import pytest
from django.test import Client

from nopic.certificates.models import PublicRecord
from nopic.requests import actions
from nopic.requests.models import CertificateRequest
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests import factories
from tests.delivery import consignments
from tests.exporters.test_dashboard import move, returned
from tests.factories import World
from tests.review import cases

pytestmark = pytest.mark.sent


@pytest.fixture
def sender(world: World) -> Client:
    return factories.signed_in(world.here.sender)


@pytest.fixture
def member(world: World) -> Client:
    return factories.signed_in(world.here.member)


def at(request: CertificateRequest, tail: str = "") -> str:
    return f"/tierra/requests/{request.reference}/{tail}"


def fresh(request: CertificateRequest) -> CertificateRequest:
    with tenant(request.certifier):
        return CertificateRequest.objects.get(pk=request.pk)


def test_a_draft_is_a_list_of_six_tasks(world: World, member: Client) -> None:
    request = factories.draft(world.here)
    page = member.get(at(request)).content.decode()
    assert page.count("Not started") == 6
    for step in ("departure", "importer", "products", "transport", "documents", "check"):
        assert f'href="{at(request)}{step}/"' in page
    assert "Give up this draft" in page
    assert f"Started by {world.here.sender}" in page


def test_tasks_say_done_problems_and_ready(world: World, sender: Client) -> None:
    wrong = factories.complete_draft(world.here, port_of_entry="Nowhere")
    page = sender.get(at(wrong)).content.decode()
    assert "1 problem" in page
    assert page.count('<span class="st done">Done</span>') == 4
    whole = factories.complete_draft(world.here)
    page = sender.get(at(whole)).content.decode()
    assert page.count('<span class="st done">Done</span>') == 5
    assert ">Ready</span>" in page


def test_what_came_back_leads_to_the_box_and_to_what_was_sent(world: World, sender: Client) -> None:
    request = returned(
        world, {"box": "10", "text": "19,080 kg?"}, {"box": "18", "text": "Sign it"}, {"box": "", "text": "Call us"}
    )
    page = sender.get(at(request)).content.decode()
    assert f'href="{at(request)}products/#lines-0-net"' in page
    assert f'href="{at(request)}documents/"' in page
    for words in ("19,080 kg?", "Sign it", "Call us", "Sent back", "3 points", "Sent back to you for changes"):
        assert words in page, words
    assert f'href="{at(request)}versions/1/"' in page
    assert world.here.reviewer.name not in page


def test_an_earlier_version_stays_readable_after_a_change(world: World, sender: Client) -> None:
    request = returned(world)
    with tenant(world.here.certifier):
        raw = {"lines": [factories.line_answers(world.here, net="100", lots=[])]}
        actions.revise(
            request=request, step="products", raw=raw, revision=fresh(request).revision, by=world.here.sender
        )
    page = sender.get(at(request, "versions/1/")).content.decode()
    for words in (
        "19,200 kg", "VV-26-118 (9,600 kg)", "Pacific Crane Lines", "APLU 417512 5 PE881960", "commercial_invoice.pdf",
        "The packing list says 19,080 kg", "Cooperativa CANARY-tierra", "As box 5", "buyer@baybridge.example",
    ):  # fmt: skip
        assert words in page, words
    for number in (2, 99999):
        assert sender.get(at(request, f"versions/{number}/")).status_code == 404


def test_a_sent_request_says_where_it_is(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    page = sender.get(at(request)).content.decode()
    for words in (
        "We have it. Decision by", "What was sent", "0901.11.0015", "commercial_invoice.pdf", "Withdraw this request",
        f"Sent by {world.here.sender}",
    ):  # fmt: skip
        assert words in page, words
    assert "What to do" not in page
    assert f'href="{at(request, "documents/")}"' in page
    assert sender.get(at(request, "documents/")).status_code == 200
    with tenant(world.here.certifier):
        review.take(request=fresh(request), by=world.here.reviewer)
    page = sender.get(at(request)).content.decode()
    assert "A reviewer began to check it" in page
    assert world.here.reviewer.name not in page


def test_what_was_sent_says_all_of_it_whatever_became_of_the_request(world: World, sender: Client) -> None:
    request = cases.sent(world.here, broker_name="Harbor Line", broker_email="desk@harborline.example")
    shown = [page.context["boxes"] for page in [sender.get(at(request))]]
    with tenant(world.here.certifier):
        taken = review.take(request=fresh(request), by=world.here.reviewer)
        review.ask(
            request=taken, by=world.here.reviewer, points=[review.Point("Which weight is right?", "10")], language="en",
            due_at=clock.now() + timedelta(days=3), revision=taken.revision,
        )  # fmt: skip
    assert "desk@harborline.example" in str(shown[0])
    page = sender.get(at(request))
    assert page.context["boxes"] == shown[0]
    assert "the clock stands still until you answer." in page.content.decode()  # true also when they are overdue


def test_the_confirmation_names_the_promise_and_later_gives_way_to_the_page(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    page = sender.get(at(request, "sent/")).content.decode()
    assert f"Request {request.reference} is sent" in page
    assert "Decision by" in page
    assert "What happens next" in page
    with tenant(world.here.certifier):
        review.take(request=fresh(request), by=world.here.reviewer)
    assert sender.get(at(request, "sent/"))["Location"] == at(request)


def test_a_refused_request_gives_the_reason_and_the_way_to_ask_again(world: World, sender: Client) -> None:
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        review.refuse(line=cases.line(request), by=world.here.reviewer, reason_code="hts_wrong", text="Use 0901.12")
    page = sender.get(at(request)).content.decode()
    assert "Use 0901.12" in page
    assert "Refused" in page
    assert "Ask for a second look" in page
    assert "Withdraw this request" not in page
    assert "Refused" in sender.get("/tierra/requests/all/").content.decode()


def test_an_issued_request_shows_its_certificates(world: World, sender: Client) -> None:
    issued = consignments.make(world.here, world.importer, lines=2)
    page = sender.get(at(issued.request)).content.decode()
    assert "2 certificates issued on" in page
    for certificate in issued.certificates:
        assert str(certificate.number) in page


def test_withdrawing_says_what_it_means_and_frees_the_kilograms(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    page = sender.get(at(request, "withdraw/")).content.decode()
    assert "its kilograms are free again" in page
    answer = sender.post(at(request, "withdraw/"), {"reason": "The buyer stepped back"})
    assert answer["Location"] == "/tierra/requests/"
    assert fresh(request).status == "withdrawn"
    page = sender.get(at(request)).content.decode()
    assert "You withdrew it on" in page
    assert "The buyer stepped back" in page
    again = sender.post(at(request, "withdraw/"), follow=True).content.decode()
    assert "cannot be changed any more" in again


def test_a_decided_request_is_not_withdrawn(world: World, sender: Client) -> None:
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        review.refuse(line=cases.line(request), by=world.here.reviewer, reason_code="hts_wrong", text="No")
    page = sender.post(at(request, "withdraw/"), {"reason": ""}, follow=True).content.decode()
    assert "cannot be changed any more" in page
    assert fresh(request).status == "decided"


def test_too_long_a_reason_is_said_and_nothing_happens(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    answer = sender.post(at(request, "withdraw/"), {"reason": "x" * 501})
    assert answer.status_code == 422
    assert answer.content.decode().count("Why: use 500 characters or fewer") == 2
    assert fresh(request).status == "submitted"


def test_a_member_gives_up_a_draft_but_not_what_was_sent(world: World, member: Client) -> None:
    sent, draft = cases.sent(world.here), factories.draft(world.here)
    page = member.get(at(sent)).content.decode()
    assert "Withdraw this request" not in page
    assert "Has it left?" not in page
    for tail in ("withdraw/", "departed/"):
        assert member.get(at(sent, tail)).status_code == 403
        assert member.post(at(sent, tail), {"left": "yes", "on": clock.today("UTC").isoformat()}).status_code == 403
    assert member.post(at(draft, "withdraw/"), {}).status_code == 302
    assert fresh(draft).status == "withdrawn"
    assert fresh(sent).status == "submitted"


def test_a_new_date_moves_the_departure_and_says_why(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    later = clock.today("UTC") + timedelta(days=40)
    answer = sender.post(
        at(request, "departed/"), {"left": "no", "on": later.isoformat(), "why": "The vessel is delayed"}
    )
    assert answer["Location"] == at(request)
    assert fresh(request).departure_on == later
    page = sender.get(at(request)).content.decode()
    assert "moved the departure to" in page
    assert "The vessel is delayed" in page


def test_that_it_has_left_stops_the_request_and_is_said_once(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    today = clock.today("UTC")
    assert sender.post(at(request, "departed/"), {"left": "yes", "on": today.isoformat()}).status_code == 302
    assert fresh(request).departed_on == today
    page = sender.get(at(request)).content.decode()
    assert "We cannot issue a certificate for goods that have left" in page
    again = sender.post(
        at(request, "departed/"), {"left": "no", "on": today.isoformat(), "why": "no"}, follow=True
    ).content.decode()
    assert "cannot be changed any more" in again
    assert fresh(request).departed_on == today


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose whether it has left"),
        ({"left": "maybe", "on": "2026-12-01"}, "Choose whether it has left"),
        ({"left": "yes", "on": "soon"}, "Enter the day it left, or the new date"),
        ({"left": "yes", "on": "2999-01-01"}, "Enter the day the goods left, today or earlier"),
        (
            {"left": "no", "on": "2020-01-01", "why": "late"},
            "That day has passed. Enter the date the goods leave, today or later",
        ),
        ({"left": "no", "on": "", "why": "late"}, "Enter the day it left, or the new date"),
    ],
)
def test_an_answer_that_cannot_be_is_said_at_the_field_and_in_the_summary(
    world: World, sender: Client, typed: dict[str, str], sentence: str
) -> None:
    request = cases.sent(world.here)
    before = fresh(request).departure_on
    answer = sender.post(at(request, "departed/"), typed)
    assert answer.status_code == 422
    assert answer.content.decode().count(sentence) >= 2
    assert (fresh(request).departure_on, fresh(request).departed_on) == (before, None)


def test_another_date_needs_a_reason(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    later = (clock.today("UTC") + timedelta(days=30)).isoformat()
    answer = sender.post(at(request, "departed/"), {"left": "no", "on": later, "why": " "})
    assert answer.status_code == 422
    assert answer.content.decode().count("Tell us why the goods leave on another day") == 2


def test_the_importer_sees_the_day_an_issued_shipment_left(world: World, sender: Client) -> None:
    issued = consignments.make(world.here, world.importer)
    today = clock.today("UTC")
    page = sender.get(at(issued.request, "departed/")).content.decode()
    assert "The day it left" in page
    assert "another day" not in page
    assert sender.post(at(issued.request, "departed/"), {"left": "no", "on": today.isoformat()}).status_code == 422
    assert sender.post(at(issued.request, "departed/"), {"left": "yes", "on": today.isoformat()}).status_code == 302
    with tenant(world.here.certifier):
        assert PublicRecord.objects.get(certificate=issued.certificate).departed_on == today


def test_a_passed_date_asks_on_the_page_of_the_request(world: World, sender: Client) -> None:
    draft, sent = factories.complete_draft(world.here), factories.submitted(world.here)
    for request in (draft, sent):
        move(request, departure_on=clock.today("UTC") - timedelta(days=2))
    assert "It was to leave on" in sender.get(at(sent)).content.decode()
    text = sender.get(at(draft)).content.decode()  # nobody relies on the date of a draft: it is an answer to mend
    assert "It was to leave on" not in text
    assert "That day has passed" in text


def test_what_the_reviewer_asked_for_stands_at_its_step_and_untouched_is_said(world: World, sender: Client) -> None:
    request = returned(world, {"box": "10", "text": "Compare the weight."}, {"box": "", "text": "All else fine."})
    asked = "What the reviewer asks you to change"
    pages = {step: sender.get(at(request, f"{step}/")).content.decode() for step in ("products", "transport", "check")}
    assert "Compare the weight." in pages["products"]
    assert "sent back" in pages["products"]
    assert asked not in pages["transport"]
    assert "All else fine." in pages["check"]
    assert "Nothing was changed since it came back" in pages["check"]
    assert "Nothing changed yet" in sender.get(at(request)).content.decode()
    with tenant(world.here.certifier, world.here.sender):
        raw = request.raw["transport"]
        actions.revise(request=request, step="transport", raw=raw, revision=request.revision, by=world.here.sender)
    assert "Nothing was changed since" not in sender.get(at(request, "check/")).content.decode()
    assert "Ready" in sender.get(at(request)).content.decode()


@pytest.mark.sent(False)
@pytest.mark.parametrize("tail", ["", "sent/", "withdraw/", "departed/", "versions/1/"])
def test_requests_of_others_are_not_found(world: World, sender: Client, tail: str) -> None:
    theirs = cases.sent(world.there)
    cases.sent(world.there)
    assert sender.get(at(theirs, tail)).status_code == 404
    assert sender.get(at(theirs, tail).replace("tierra", "nordhof")).status_code == 404
    assert sender.get(f"/tierra/requests/x%00y/{tail}").status_code == 404
