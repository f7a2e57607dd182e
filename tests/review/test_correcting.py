"""Staff correct a sent request for its exporter: nothing is decided meanwhile, confirming makes a version, rejecting none."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from nopic.ledger import accounts
from nopic.requests import actions as requests
from nopic.requests.changes import changes
from nopic.requests.models import CertificateRequest, Correction
from nopic.review import actions, policies
from nopic.review.policies.correcting import obstacles_to_correct
from nopic.review.queues import Selection, figures
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import World
from tests.review import cases, correcting
from tests.review.correcting import fresh

pytestmark = pytest.mark.sent

KG = Decimal(19_200)


def test_while_it_is_entered_nothing_is_decided_and_only_who_began_it_types(world: World) -> None:
    side, request = world.here, correcting.begun(world.here)
    raw = {"lines": [factories.line_answers(side, id="", net="1")]}
    with tenant(side.certifier):
        assert (request.status, request.questions_due_at) == ("questions_open", None)
        assert "correction is being entered" in str(policies.obstacles_to_decide(request, side.reviewer)[0])
        with pytest.raises(Overtaken):
            actions.refuse(line=cases.line(request), by=side.reviewer, reason_code="hts_wrong", text="No")
        for other in (side.sender, side.colleague):
            with pytest.raises(Overtaken):
                requests.revise(request=request, step="products", raw=raw, revision=request.revision, by=other)
        with pytest.raises(Overtaken):
            actions.confirm_correction(request=request, by=side.sender, revision=request.revision)
        with pytest.raises(Overtaken):
            actions.reject_correction(request=request, by=side.sender, why="not asked yet", revision=request.revision)
        me = figures(Selection(certifier_id=side.certifier.pk, me=side.reviewer.pk)).views
        assert (me["to-review"], me["questions"]) == (1, 0)  # theirs to go on with, until the exporter is asked


def test_confirming_makes_a_version_and_the_old_one_stays_readable(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    with tenant(side.certifier, side.sender):
        correction = Correction.objects.get()
        shown = [(one["box"], one["old"], one["new"], one["why"]) for one in correction.boxes]
        assert shown[0] == ("10", "19,200 kg", "18,000 kg", "The truck took less")
        assert request.questions_due_at == correction.due_at
        assert set(Dispatch.objects.filter(subject_id=correction.pk).values_list("topic", flat=True)) >= {
            "correction_to_confirm", "correction_due",
        }  # fmt: skip
        assert accounts.held_for([cases.line(request).pk]) == {cases.line(request).pk: KG}
        actions.confirm_correction(request=request, by=side.sender, revision=request.revision)
        request = fresh(request)
        assert (request.status, request.turn, request.reviewer_id) == ("in_review", 2, side.reviewer.pk)
        assert accounts.held_for([cases.line(request).pk]) == {cases.line(request).pk: Decimal(18_000)}
        old, new = request.versions.order_by("number").values_list("snapshot", flat=True)
        assert [each.box for each in changes(old, new)] == ["10", "11", "11", "12"]
        correction.refresh_from_db()
        assert (correction.outcome, correction.confirmed_by) == ("confirmed", side.sender)
        with pytest.raises(Overtaken):  # pressed twice
            actions.confirm_correction(request=request, by=side.sender, revision=request.revision)


def test_rejecting_leaves_what_was_sent_and_says_why(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    with tenant(side.certifier, side.sender):
        shown = request.revision
        with pytest.raises(Refused, match="Write what is wrong"):
            actions.reject_correction(request=request, by=side.sender, why=" \x00 ", revision=shown)
        with pytest.raises(Overtaken):  # a page that is out of date rejects nothing
            actions.reject_correction(request=request, by=side.sender, why="All of it", revision=shown - 1)
        actions.reject_correction(request=request, by=side.sender, why="The truck took all of it", revision=shown)
        request = fresh(request)
        line = cases.line(request)
        assert (request.status, request.turn, line.net_kg, line.version_id) == ("in_review", 1, KG, side.version.pk)
        assert accounts.held_for([line.pk]) == {line.pk: KG}
        assert Correction.objects.get().answer == "The truck took all of it"
        assert AuditEvent.objects.get(verb="correction rejected").note == "The truck took all of it"
        correcting.said_by_rosa()
        again = actions.begin_correction(
            request=request, by=side.reviewer, asked=correcting.said_by_rosa(), revision=request.revision
        )
        assert again.turn == 1


def test_taken_back_it_is_as_if_nothing_had_been_typed(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here, asked=False)
    with tenant(side.certifier, side.reviewer):
        with pytest.raises(Overtaken):
            actions.take_correction_back(request=request, by=side.colleague)
        with pytest.raises(Overtaken):  # it is no question
            actions.take_back(request=request, by=side.reviewer)
        actions.take_correction_back(request=request, by=side.reviewer)
        request = fresh(request)
        assert (request.status, cases.line(request).net_kg) == ("in_review", KG)
        assert not Dispatch.objects.filter(topic="correction_taken_back").exists()  # the exporter was never asked


def test_the_clock_stands_while_the_exporter_is_asked_and_not_while_staff_type(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    promised = request.decide_by
    with tenant(side.certifier, side.sender):
        moment = now()
        CertificateRequest.objects.update(submitted_at=moment - timedelta(days=22))
        Correction.objects.update(
            started_at=moment - timedelta(days=21), asked_to_confirm_at=moment - timedelta(days=7)
        )
        actions.confirm_correction(request=request, by=side.sender, revision=request.revision)
        office = Office(side.policy.rules)
        first, last = office.local(promised).date(), office.local(fresh(request).decide_by).date()
        assert office.working_days_between(first, last) == 5


def test_only_what_was_shown_is_confirmed_and_by_somebody_else(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    with tenant(side.certifier, side.sender):
        document = factories.paper(request, "commercial_invoice", name="new.pdf")
        requests.papers_changed(request=request, document=document, by=side.sender)
        with pytest.raises(Overtaken):
            actions.confirm_correction(request=request, by=side.sender, revision=request.revision - 1)
        with pytest.raises(Refused, match="somebody of the exporter"):
            actions.confirm_correction(request=request, by=side.reviewer, revision=request.revision)
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.update(confirmed_by=side.reviewer)


def test_nothing_changed_or_without_a_reason_or_impossible_is_not_shown_to_the_exporter(world: World) -> None:
    side, request = world.here, correcting.begun(world.here)

    def ask(*whys: str) -> None:
        actions.ask_for_confirmation(request=request, by=side.reviewer, whys=whys, revision=fresh(request).revision)

    with tenant(side.certifier, side.reviewer):
        with pytest.raises(Refused, match="Nothing is changed yet"):
            ask()
    request = correcting.typed(side, request)
    with tenant(side.certifier, side.reviewer):
        with pytest.raises(Refused) as refused:
            ask("a", " ", "c", "d")
        assert [finding.field for finding in refused.value.findings] == ["correction#why-1"]
    request = correcting.typed(
        side, request, net="150,000", packages="2500", gross="151,000", lots=[{"code": "A", "supplier": "own"}]
    )
    with tenant(side.certifier, side.reviewer):
        with pytest.raises(Refused, match="left"):
            ask("a", "b", "c", "d")
        assert Correction.objects.get().asked_to_confirm_at is None


def test_it_is_the_reviewers_before_anything_is_decided_and_one_at_a_time(world: World) -> None:
    side = world.here
    request = cases.taken(side)
    with tenant(side.certifier, side.reviewer):
        said = correcting.said_by_rosa()
        with pytest.raises(Overtaken):
            actions.begin_correction(request=request, by=side.colleague, asked=said, revision=request.revision)
        with pytest.raises(Overtaken):
            actions.begin_correction(request=request, by=side.reviewer, asked=said, revision=request.revision + 1)
    two = cases.two_lines(side)
    with tenant(side.certifier, side.reviewer):
        two = actions.take(request=two, by=side.reviewer)
        actions.refuse(line=cases.line(two, 2), by=side.reviewer, reason_code="hts_wrong", text="No")
        two = fresh(two)
        assert obstacles_to_correct(two, side.reviewer) != []
        with pytest.raises(Refused, match="its answers stand"):
            actions.begin_correction(request=two, by=side.reviewer, asked=said, revision=two.revision)


def test_a_withdrawn_request_closes_its_correction(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    with tenant(side.certifier, side.sender):
        actions.withdraw(request=request, by=side.sender, reason="")
        assert (fresh(request).status, Correction.objects.get().outcome) == ("withdrawn", "withdrawn")
