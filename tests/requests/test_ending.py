"""Ways back and sideways: withdrawn, returned and sent again, departed or delayed, held after all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from nopic.ledger import accounts
from nopic.ledger.models import Entry
from nopic.products.models import ProductVersion
from nopic.requests import actions, checks
from nopic.requests.models import CertificateRequest, RequestVersion
from nopic.tenants.models import Policy
from nopic.workflow import clock
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused, advance
from tests import factories
from tests.factories import Side, line_answers

pytestmark = pytest.mark.sent


def today() -> date:
    """Asked anew by each test: a run may go on past midnight."""
    return clock.today("UTC")


def held(here: Side) -> Decimal:
    here.account.refresh_from_db()
    return here.account.held


def decide(here: Side, request: CertificateRequest) -> None:
    """One line refused, as the review does it."""
    line = request.lines.first()
    advance(line, "refused", by=here.reviewer, decided_at=now(), decided_by=here.reviewer, reason_code="hts_wrong")


@pytest.mark.parametrize("taken", [False, True])
def test_a_sent_request_is_withdrawn_and_gives_its_kilograms_back(here: Side, taken: bool) -> None:
    request = factories.submitted(here)
    if taken:
        advance(request, "in_review", by=here.reviewer)
    assert held(here) == 19_200
    actions.withdraw(request=request, by=here.sender, reason="The buyer cancelled.")
    again = actions.withdraw(request=request, by=here.sender, reason="twice")
    assert (again.status, request.lines.get().status, held(here)) == ("withdrawn", "withdrawn", 0)
    assert request.withdrawn_at is not None
    event = AuditEvent.objects.get(subject_type="requests.certificaterequest", new="withdrawn")
    assert event.note == "The buyer cancelled."


def test_a_draft_is_withdrawn_too(here: Side) -> None:
    request = factories.complete_draft(here)
    assert actions.withdraw(request=request, by=here.sender, reason="").status == "withdrawn"


@pytest.mark.sent(False)
def test_what_is_decided_is_not_withdrawn_or_returned(here: Side) -> None:
    request = factories.submitted(here, lines=[line_answers(here), line_answers(here, item=str(here.second_item.pk))])
    advance(request, "in_review", by=here.reviewer)
    decide(here, request)
    with pytest.raises(Overtaken):
        actions.withdraw(request=request, by=here.sender, reason="")
    with pytest.raises(Overtaken):
        actions.return_to_exporter(request=request, by=here.reviewer, points=[{"box": "10", "text": "Less."}])
    assert held(here) == 19_200


def test_a_withdrawn_request_is_not_sent(here: Side) -> None:
    request = factories.complete_draft(here)
    actions.withdraw(request=request, by=here.sender, reason="")
    with pytest.raises(Overtaken):
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)


def test_a_returned_request_is_changed_and_sent_again_and_every_version_stays(here: Side) -> None:
    request = factories.submitted(here)
    before = request.revision
    points = [{"box": "10", "text": " The packing list says 18,000 kg. "}, {"box": "12", "text": ""}]
    actions.return_to_exporter(request=request, by=here.reviewer, points=points)
    first = RequestVersion.objects.get(request=request)
    assert first.return_points == [{"box": "10", "text": "The packing list says 18,000 kg."}]
    assert (first.returned_by, first.returned_at is None) == (str(here.reviewer), False)
    assert (request.status, request.reviewer, held(here)) == ("draft", None, 0)
    assert Dispatch.objects.filter(topic="request_returned", subject_id=request.pk).count() == 1
    with pytest.raises(Overtaken):  # the page that sent it the first time, still open in a tab
        actions.submit(request=request, by=here.sender, declared=True, revision=before)
    entry = {**request.raw["products"]["lines"][0], "net": "18,000", "lots": "VV-26-118"}
    actions.revise(request=request, step="products", raw={"lines": [entry]}, revision=request.revision, by=here.sender)
    actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    assert (request.turn, held(here)) == (2, 18_000)
    kinds = Entry.objects.filter(line_id=request.lines.get().pk).order_by("pk").values_list("kind", "turn")
    assert list(kinds) == [("hold", 1), ("release", 1), ("hold", 2)]
    net = [v.snapshot["lines"][0]["net_kg"] for v in RequestVersion.objects.order_by("number")]
    assert net == ["19200", "18000"]


@pytest.mark.parametrize("points", [[], [{"box": "10", "text": "  "}]])
def test_a_return_says_what_to_change(here: Side, points: list) -> None:
    request = factories.submitted(here)
    with pytest.raises(Refused, match="Write what the exporter should change"):
        actions.return_to_exporter(request=request, by=here.reviewer, points=points)
    assert (request.status, held(here)) == ("submitted", 19_200)


def test_a_draft_is_not_returned(here: Side) -> None:
    with pytest.raises(Overtaken):
        actions.return_to_exporter(
            request=factories.draft(here), by=here.reviewer, points=[{"box": "", "text": "Change it."}]
        )


def test_a_refused_line_gives_its_hold_back_once(here: Side) -> None:
    line = factories.submitted(here).lines.get()
    for _time in range(2):
        actions.release_line(line=line, by=here.reviewer, reason="refused")
    assert held(here) == 0


def test_the_goods_leave_later_says_the_exporter_and_why(here: Side) -> None:
    request = factories.submitted(here)
    CertificateRequest.objects.filter(pk=request.pk).update(departure_on=today() - timedelta(days=2))
    request.refresh_from_db()
    (asked,) = [f for f in checks.findings(request, moment="approval") if f.rule == "has_not_departed"]
    assert asked.asks == "has_it_left"
    later, before = today() + timedelta(days=9), request.revision
    actions.declare_departure(
        request=request, by=here.sender, departed_on=None, new_date=later, why="The vessel is delayed."
    )
    assert (request.departure_on, request.departure_note, request.late) == (later, "The vessel is delayed.", False)
    assert request.raw["departure"]["departure_on"] == later.isoformat()
    assert request.revision > before
    assert checks.findings(request, moment="approval") == []
    moved = AuditEvent.objects.get(verb="departure moved")
    assert (moved.new, moved.note) == (later.isoformat(), "The vessel is delayed.")
    assert RequestVersion.objects.get().snapshot["route"]["departure_on"] != later.isoformat()


def test_goods_that_have_left_are_a_stop_that_nobody_takes_back(here: Side) -> None:
    request = factories.submitted(here)
    for _time in range(2):
        actions.declare_departure(request=request, by=here.sender, departed_on=today(), new_date=None, why="")
    stops = {f.rule for moment in ("approval", "issue") for f in checks.findings(request, moment=moment) if f.is_stop}
    assert "has_not_departed" in stops
    with pytest.raises(Overtaken):
        actions.declare_departure(
            request=request, by=here.sender, departed_on=None, new_date=today() + timedelta(days=3), why="A mistake."
        )
    request.refresh_from_db()
    assert request.departed_on == today()


@pytest.mark.parametrize(
    "answer, sentence",
    [
        ({}, "Tell us whether the goods have left, and the date"),
        ({"departed_on": 1}, "Enter the day the goods left, today or earlier"),
        ({"departed_on": -365}, "is half a year before the request was begun"),
        (
            {"new_date": -2, "why": "x"},
            "That day has passed. Enter the date the goods leave, today or later",
        ),
        ({"new_date": 3}, "Tell us why the goods leave on another day"),
    ],
)
def test_the_answer_about_departure_is_complete(here: Side, answer: dict, sentence: str) -> None:
    request = factories.submitted(here)
    said = {"departed_on": None, "new_date": None, "why": "", **answer}
    said |= {name: today() + timedelta(days=value) for name, value in said.items() if isinstance(value, int)}
    with pytest.raises(Refused, match=sentence):
        actions.declare_departure(request=request, by=here.sender, **said)


def test_what_is_withdrawn_has_no_departure_to_declare(here: Side) -> None:
    request = factories.submitted(here)
    actions.withdraw(request=request, by=here.sender, reason="")
    with pytest.raises(Overtaken):
        actions.declare_departure(request=request, by=here.sender, departed_on=today(), new_date=None, why="")


def test_decided_goods_can_still_be_declared_as_left_but_not_as_leaving_on_another_day(here: Side) -> None:
    request = factories.submitted(here)
    advance(request, "in_review", by=here.reviewer)
    decide(here, request)
    advance(request, "decided", by=here.reviewer)
    later = {"departed_on": None, "new_date": today() + timedelta(days=9), "why": "Delayed."}
    with pytest.raises(Overtaken):
        actions.declare_departure(request=request, by=here.sender, **later)
    actions.declare_departure(request=request, by=here.sender, departed_on=today(), new_date=None, why="")
    assert request.departed_on == today()


@pytest.mark.sent(False)
def test_more_than_is_left_is_refused_or_sent_without_a_hold_as_the_policy_says(here: Side) -> None:
    heavy = line_answers(here, net="120,000", gross="121,000", packages="2000", lots="A")
    request = factories.complete_draft(here, lines=[heavy])
    with pytest.raises(Refused, match="net weight must be 100,000 kg or less"):
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    Policy.objects.create(
        certifier=here.certifier, version=2, data=factories.rules(over_allocation="ask_staff").to_json(), by="x"
    )
    actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    line = request.lines.get()
    assert (request.status, request.policy.version, held(here)) == ("submitted", 2, 0)
    assert [f.severity for f in checks.line_findings(line, moment="approval")] == ["stop"]
    with pytest.raises(Refused, match="net weight must be 100,000 kg or less"):
        actions.hold_line(line=line, by=here.reviewer)
    accounts.allocate(here.account, Decimal(20_000), by=here.reviewer, reason="harvest records of 12 November")
    for _time in range(2):
        actions.hold_line(line=line, by=here.reviewer)
    assert held(here) == 120_000
    assert checks.line_findings(line, moment="approval") == []


def test_a_line_is_judged_by_the_present_entry_of_the_list_if_it_says_the_same(here: Side) -> None:
    line = factories.submitted(here).lines.get()
    facts = {
        field.name: getattr(here.version, field.name)
        for field in ProductVersion._meta.concrete_fields
        if field.name not in ("id", "number", "created_at")
    }
    same = ProductVersion.objects.create(number=2, **{**facts, "brand": "New brand"})
    actions.repin(line=line, by=here.reviewer)
    line.refresh_from_db()
    assert line.version == same
    assert AuditEvent.objects.filter(verb="repinned").count() == 1
    ProductVersion.objects.create(number=3, **{**facts, "wording": "Organic coffee"})
    with pytest.raises(Refused, match="changes on your verified list"):
        actions.repin(line=line, by=here.reviewer)
