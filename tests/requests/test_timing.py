"""The clock of a request: the class that was chosen, the promise that is kept, and the moments that follow each other."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nopic.demo.seed.timing import at
from nopic.ledger import accounts
from nopic.requests import actions, checks, timing
from nopic.requests.models import CertificateRequest
from nopic.tenants.models import Policy
from nopic.tenants.policy import ClosedDay, FilingRule, Rules, Turnaround
from nopic.workflow.transitions import Refused
from tests import factories
from tests.factories import Side

TUESDAY = datetime(2026, 11, 17, 10, tzinfo=UTC)
FAST = Turnaround(code="fast", name="Fast", unit="hours", amount=24)
CLASSES = Rules(turnarounds=(Turnaround(code="standard", amount=2), FAST))


def policy(side: Side, rules: Rules, version: int = 2) -> Policy:
    return Policy.objects.create(
        certifier=side.certifier, version=version, data=rules.to_json(), by="x", effective_from=TUESDAY
    )


def sent(side: Side, **changes: object) -> CertificateRequest:
    request = factories.complete_draft(side, **changes)
    return actions.submit(request=request, by=side.sender, declared=True, revision=request.revision)


def choose(side: Side, request: CertificateRequest, code: str) -> None:
    raw = {**request.raw.get("departure", {}), "turnaround": code}
    actions.revise(request=request, step="departure", raw=raw, revision=request.revision, by=side.sender)


def test_the_class_that_was_chosen_is_promised_and_stays(here: Side) -> None:
    policy(here, CLASSES)
    with at(TUESDAY):
        request = factories.complete_draft(here)
        choose(here, request, "fast")
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    assert (request.turnaround, request.decide_by) == ("fast", TUESDAY + timedelta(days=1))
    policy(here, replace(CLASSES, turnarounds=(Turnaround(code="standard", amount=9),)), version=3)
    request.refresh_from_db()
    asked = (datetime(2026, 11, 17, 11, tzinfo=UTC), datetime(2026, 11, 17, 15, tzinfo=UTC))
    assert timing.moved_promise(request, [asked]) == TUESDAY + timedelta(days=1, hours=4)


def test_without_a_choice_it_is_the_default_class(here: Side) -> None:
    policy(here, Rules())
    with at(TUESDAY):
        request = sent(here)
    assert (request.turnaround, request.decide_by) == ("standard", datetime(2026, 11, 19, 17, tzinfo=UTC))


def test_a_class_that_the_certifier_does_not_offer_any_more_must_be_chosen_anew(here: Side) -> None:
    first = policy(here, CLASSES)
    request = factories.complete_draft(here)
    choose(here, request, "fast")
    Policy.objects.create(certifier=here.certifier, version=first.version + 1, data=Rules().to_json(), by="x")
    with pytest.raises(Refused) as refused:
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    assert [(one.sentence, one.field) for one in refused.value.findings] == [
        ("Choose how quickly you need the decision", "departure#turnaround")
    ]


def test_an_exporter_without_a_certificate_is_promised_later(here: Side) -> None:
    version = policy(here, Rules(first_request_extra_days=3))
    draft = factories.complete_draft(here)
    assert timing.promise_of(draft, version, TUESDAY) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    with at(TUESDAY):
        request = sent(here)
    assert request.decide_by == datetime(2026, 11, 24, 17, tzinfo=UTC)
    line = request.lines.get()
    locked = accounts.lock([line.account_id])
    accounts.issue(locked[line.account_id], line.net_kg, line_id=line.pk, turn=1, by=here.reviewer)
    assert timing.promise_of(draft, version, TUESDAY) == datetime(2026, 11, 19, 17, tzinfo=UTC)


def journey(here: Side, **facts: object) -> CertificateRequest:
    known = {
        "mode": "sea", "place_of_loading": "Callao", "country_of_loading": "Peru", "port_code": "2811",
        "departure_on": date(2026, 12, 11), "arrival_on": date(2026, 12, 29),
    }  # fmt: skip
    return CertificateRequest(certifier=here.certifier, exporter=here.exporter, **{**known, **facts})


@pytest.mark.parametrize(
    ("facts", "zone", "moment"),
    [
        ({}, "America/Lima", "2026-12-10T00:00-05:00"),
        ({"mode": "air"}, "America/Los_Angeles", "2026-12-28T20:00-08:00"),  # Oakland
        ({"mode": "road", "port_code": "0106"}, "America/New_York", "2026-12-28T23:00-05:00"),  # Houlton, Maine
        ({"mode": "rail", "port_code": "3403"}, "America/Chicago", "2026-12-28T22:00-06:00"),  # Portal
        ({"place_of_loading": "Nowhere"}, "UTC", "2026-12-10T00:00+00:00"),  # the office's clock
    ],
)
def test_customs_is_measured_on_the_clock_of_the_place(here: Side, facts: dict, zone: str, moment: str) -> None:
    found = timing.filing_of(journey(here, **facts), Rules())
    assert found is not None
    assert (found.zone, found.at) == (zone, datetime.fromisoformat(moment))


def test_there_is_no_customs_deadline_without_a_mode_a_date_or_a_row_of_the_policy(here: Side) -> None:
    assert timing.filing_of(journey(here, mode=""), Rules()) is None
    assert timing.filing_of(journey(here, mode="air", arrival_on=None), Rules()) is None
    assert timing.filing_of(journey(here), Rules(filing=())) is None


def test_sending_decision_and_customs_follow_each_other_with_their_reasons(here: Side) -> None:
    rules = Rules(time_zone="America/Lima", country="PE", cut_off=CLASSES.closing)
    decision = datetime(2026, 11, 19, 17, tzinfo=ZoneInfo("America/Lima"))
    found = timing.deadlines(journey(here), rules, TUESDAY, decision)
    assert [(each.title, each.when) for each in found] == [
        ("Send the request by", "Fri 4 Dec, 17:00 Lima"),
        ("Decision by", "Thu 19 Nov, 17:00 Lima"),
        ("Customs data, usually by", "Thu 10 Dec, 00:00 Lima"),
    ]
    assert found[0].why == (
        f"{here.certifier.name} asks for 3 working days before the goods leave. The day of sending counts until the "
        "cut-off hour."
    )
    assert found[1].why == "2 working days. Weekends and holidays do not count."
    assert found[2].why == (
        "Usually customs wants the data of the cargo 24 hours before it is loaded. Counted from the beginning of Friday "
        "11 December, as the hour is not known."
    )
    assert [each.clash for each in found] == ["", "", ""]


def test_while_questions_are_open_no_decision_is_promised(here: Side) -> None:
    asked = journey(here, status="questions_open", questions_due_at=datetime(2026, 11, 20, 17, tzinfo=UTC))
    found = timing.deadlines(asked, Rules(), TUESDAY, datetime(2026, 11, 19, 17, tzinfo=UTC))
    assert [each.title for each in found] == ["Was to be sent by", "Answers by", "Customs data, usually by"]
    assert (found[1].when, found[1].passed) == ("Fri 20 Nov, 17:00 UTC", False)


def test_a_decision_that_comes_after_the_customs_deadline_is_said(here: Side) -> None:
    rules = Rules(filing=(FilingRule(mode="sea", hours=720, measured_from="departure", why="Our liner asks for it"),))
    decision = datetime(2026, 11, 19, 17, tzinfo=UTC)
    late = timing.deadlines(journey(here), rules, TUESDAY, decision)[-1]
    assert late.why.startswith("Our liner asks for it. ")
    assert (late.passed, late.clash) == (True, "The decision is promised for later than that.")


def test_a_closed_day_that_is_announced_later_does_not_move_the_promise_of_a_sent_request(here: Side) -> None:
    policy(here, Rules())
    with at(TUESDAY):
        request = sent(here)
    due = request.decide_by
    policy(here, Rules(closed_days=(ClosedDay(date(2026, 11, 19), "Inventory"),)), version=3)
    request.refresh_from_db()
    assert timing.moved_promise(request, []) == due
    late = [each for each in checks.findings(request, moment="approval") if each.rule == "is_sent_in_time"]
    assert late == []
