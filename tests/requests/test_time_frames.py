"""A request for several shipments in a time frame: what it asks, what it does not, and what stands against it."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from nopic.frames import actions as frames
from nopic.presentation.words import full_day, span
from nopic.requests import checks, snapshot, steps
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import RequestStatus
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow import clock
from nopic.workflow.transitions import Refused
from tests.factories import Side, World, complete_draft, draft, rules, signed_in, submitted
from tests.frames.stories import frame_answers, frame_sent, issued, permitted


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def stops(side: Side, request: CertificateRequest, moment: checks.Moment) -> list[str]:
    with tenant(side.certifier):
        return [one.sentence for one in checks.findings(request, moment=moment) if one.is_stop]


def departure_page(side: Side, request: CertificateRequest) -> str:
    return (
        signed_in(side.sender).get(f"/{side.certifier.slug}/requests/{request.reference}/departure/").content.decode()
    )


def test_a_time_frame_is_offered_only_where_it_is_permitted(here: Side) -> None:
    request = draft(here)
    assert 'name="coverage"' not in departure_page(here, request)
    permitted(here)
    page = departure_page(here, request)
    assert "Up to 92 days and 60,000 kg, recorded truck by truck" in page


def test_a_complete_one_is_sent_without_lots_packages_and_ship(here: Side) -> None:
    request = frame_sent(here)
    assert request.status == RequestStatus.SUBMITTED
    assert (request.coverage, request.vessel, request.containers, request.arrival_on) == ("time_frame", "", [], None)


def test_the_transport_step_asks_only_what_is_the_same_for_every_shipment(here: Side) -> None:
    permitted(here)
    request = complete_draft(here, **frame_answers(here))
    page = (
        signed_in(here.sender).get(f"/{here.certifier.slug}/requests/{request.reference}/transport/").content.decode()
    )
    asked = [name for name in ("mode", "port_of_entry", "treatment", "arrival_on", "vessel", "containers-0-number")
             if f'name="{name}"' in page]  # fmt: skip
    assert asked == ["mode", "port_of_entry", "treatment"]


def test_too_long_a_time_frame_names_the_last_departure_that_is_possible(here: Side) -> None:
    permitted(here)
    answers = frame_answers(here, days=93)
    with pytest.raises(Refused) as refused:
        submitted(here, **answers)
    said = [one.sentence for one in refused.value.findings]
    assert any("The time frame must be 92 days or shorter. Choose a last departure of " in one for one in said)


def test_too_heavy_a_time_frame_says_what_was_granted(here: Side) -> None:
    permitted(here, max_kg=Decimal(30_000))
    with pytest.raises(Refused) as refused:
        submitted(here, **frame_answers(here))
    assert [one.sentence for one in refused.value.findings if one.box == 10] == [
        "Organic green coffee CANARY-tierra: the time frame may be for 30,000 kg or less"
    ]


def test_a_permission_withdrawn_meanwhile_stands_against_approval(here: Side) -> None:
    request = frame_sent(here)
    assert stops(here, request, "approval") == []
    with tenant(here.certifier, here.reviewer):
        from nopic.frames.models import Permission

        frames.withdraw(permission=Permission.objects.get(certifier=here.certifier), reason="why", by=here.reviewer)
    assert [one.rule for one in _found(here, request) if one.is_stop] == ["time_frame_is_permitted"]


def _found(side: Side, request: CertificateRequest) -> list[checks.Finding]:
    with tenant(side.certifier):
        return checks.findings(request, moment="approval")


def test_without_a_choice_between_one_and_several_the_step_says_so(here: Side) -> None:
    permitted(here)
    with tenant(here.certifier):
        reading = steps.read("departure", {"departure_on": clock.today("UTC").isoformat()}, request=draft(here))
    assert [one.sentence for one in reading.problems if one.field == "coverage"] == [
        "Choose one shipment or a time frame"
    ]


def test_the_certificate_says_the_period_and_leaves_lots_and_packages_to_the_record(here: Side) -> None:
    request = frame_sent(here)
    with tenant(here.certifier, here.reviewer):
        data = snapshot.certificate_data(request.lines.get(), decided_by=here.reviewer)
    first = clock.today("America/Lima") + timedelta(days=20)  # as stories.frame_answers counts
    assert data["coverage"] == {
        "kind": "time_frame",
        "first_departure": first.isoformat(),
        "last_departure": (first + timedelta(days=59)).isoformat(),
    }
    assert (data["net_weight_kg"], data["packages"], data["gross_weight_kg"], data["lots"]) == ("40000", None, None, [])


def test_the_lead_time_counts_to_the_first_departure(here: Side) -> None:
    permitted(here)
    today = clock.today("UTC")
    answers = frame_answers(here) | {
        "departure_on": today.isoformat(),
        "late_reason": "The buyer came only now, sorry.",
    }
    answers["last_departure_on"] = (today + timedelta(days=30)).isoformat()
    assert submitted(here, **answers).late


def test_a_single_request_that_a_time_frame_covers_is_told_to_add_the_shipment_there(here: Side) -> None:
    certificate = issued(here)
    request = complete_draft(here)
    with tenant(here.certifier):
        notes = [one for one in checks.findings(request, moment="submit") if one.rule == "no_time_frame_covers_it"]
    assert [(one.severity, one.sentence) for one in notes] == [
        (
            "note",
            f"Organic green coffee CANARY-tierra: your certificate {certificate.number} covers this importer and day."
            " Add the shipment there",
        )
    ]


def test_the_line_at_the_foot_of_the_policy_it_was_sent_under_is_frozen_with_the_certificate(here: Side) -> None:
    with tenant(here.certifier, here.sender):
        plain = submitted(here)
        certifier = here.certifier.pk
        data = rules(pdf_footer="Registration 417").to_json()
        Policy.objects.create(certifier_id=certifier, version=2, data=data, by="x")
        lines = [plain.lines.get(), submitted(here).lines.get()]
        frozen = [snapshot.certificate_data(line, decided_by=here.reviewer)["certifier"] for line in lines]
    assert [one.get("footer") for one in frozen] == [None, "Registration 417"]
    assert "footer" not in frozen[0]


def test_the_case_says_that_it_is_for_several_shipments_and_until_when(here: Side) -> None:
    request = frame_sent(here)
    page = signed_in(here.reviewer).get(f"/{here.certifier.slug}/cases/{request.reference}/").content.decode()
    assert request.last_departure_on is not None
    assert f"several shipments, the last on {full_day(request.last_departure_on)}" in page
    assert "one shipment" not in page


def test_whoever_approves_a_time_frame_reads_its_cap_and_its_days(here: Side) -> None:
    request = frame_sent(here)
    approve = f"/{here.certifier.slug}/cases/{request.reference}/lines/1/approve/"
    shown = signed_in(here.reviewer).get(approve).context
    facts = shown["facts"]
    assert f"several shipments of {here.version.wording}, up to 40,000 kg together" in shown["consequence"]
    assert "replaced" not in shown["consequence"]  # of a time frame nothing is
    assert request.last_departure_on is not None
    assert [(box, text) for box, _label, text in facts if box in {"10", "12", "17"}] == [
        ("10", "up to 40,000 kg"),
        ("12", "In the record of shipments"),
        ("17", span(request.departure_on, request.last_departure_on)),
    ]


def test_a_copy_of_a_time_frame_says_that_it_is_for_one_shipment(here: Side) -> None:
    request, sender = frame_sent(here), signed_in(here.sender)
    at = f"/{here.certifier.slug}/requests/"
    page = sender.post(f"{at}new/", {"copy": request.reference, "key": str(uuid4())}, follow=True).content.decode()
    assert "What is new today?" in page
    assert "It is for one shipment now." in page
