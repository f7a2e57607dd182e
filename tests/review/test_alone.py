"""Nobody else is on duty: the approver goes on with a reason, by the policy, and another person reviews it afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from nopic.certificates.models import Certificate
from nopic.demo.seed.timing import at
from nopic.requests.models import CertificateRequest
from nopic.review import actions, queries
from nopic.review.evidence import rerun
from nopic.review.models import Decision, SecondCheck
from nopic.review.queues import Selection, figures
from nopic.tenants import actions as tenants
from nopic.tenants import roster
from nopic.tenants.context import tenant
from nopic.tenants.models import User
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests.factories import Side, World, signed_in
from tests.ledger.test_accounts import together
from tests.review import cases
from tests.review.test_seconding import waiting

WEDNESDAY = datetime(2027, 3, 3, 15, tzinfo=UTC)  # everybody is in the office
BECAUSE = "The cut-off of the vessel is tonight"


@pytest.fixture
def office_hours() -> Iterator[None]:
    with at(WEDNESDAY):
        yield


def away(side: Side, *people: User) -> None:
    """Noted as away today; inside the door."""
    today = roster.today_of(side.certifier.pk)
    for person in people:
        tenants.add_absence(
            certifier_id=side.certifier.pk, person=person, first_on=today, last_on=today, cover=None, by=side.admin
        )


def waits(side: Side, *, may: bool = True) -> CertificateRequest:
    """An approval of the reviewer that waits; whether the policy lets them go on alone."""
    return waiting(side, first_request=True, alone_may_override=may)


def alone(side: Side) -> SecondCheck:
    """An approval that the reviewer made alone; inside nothing."""
    request = waits(side)
    with tenant(side.certifier):
        away(side, side.colleague, side.admin)
        actions.go_on_alone(line=cases.line(request), by=side.reviewer, because=BECAUSE, revision=request.revision)
        return SecondCheck.objects.get()


def test_only_the_approver_goes_on_by_the_policy_with_a_reason_while_nobody_else_is_there(
    world: World, office_hours: None
) -> None:
    side, request = world.here, waits(world.here)

    def go_on(by: User, because: str = BECAUSE) -> Certificate:
        return actions.go_on_alone(line=cases.line(request), by=by, because=because, revision=request.revision)

    with tenant(side.certifier):
        with pytest.raises(Refused, match=f"on duty confirms it: {side.admin}, {side.colleague}"):
            go_on(side.reviewer)
        away(side, side.admin)
        with pytest.raises(Refused, match=f"on duty confirms it: {side.colleague}"):
            go_on(side.reviewer)
        away(side, side.colleague)
        for by, because in ((side.colleague, BECAUSE), (side.reviewer, "\x00 ")):
            with pytest.raises(Refused):
                go_on(by, because)
        assert (cases.line(request).status, Certificate.objects.count()) == ("second_check", 0)
        certificate = go_on(side.reviewer)
        line = cases.line(request)
        assert (line.status, line.decided_by, certificate.approved_by) == ("approved", side.reviewer, side.reviewer)
        with pytest.raises(Overtaken):
            go_on(side.reviewer)
        kept = Decision.objects.get(outcome="alone")
        assert (kept.by, rerun(kept).is_same) == (str(side.reviewer), True)
        assert AuditEvent.objects.get(verb="went on alone").note == BECAUSE


def test_out_of_hours_nobody_else_is_on_duty(world: World) -> None:
    side = world.here
    with at(WEDNESDAY + timedelta(hours=8)):
        request = waits(side)
        with tenant(side.certifier):
            actions.go_on_alone(line=cases.line(request), by=side.reviewer, because=BECAUSE, revision=request.revision)
            assert cases.line(request).status == "approved"


def test_a_policy_that_does_not_say_so_lets_nobody_go_on(world: World, office_hours: None) -> None:
    side, request = world.here, waits(world.here, may=False)
    with tenant(side.certifier):
        away(side, side.colleague, side.admin)
        with pytest.raises(Refused, match="rules let nobody go on alone"):
            actions.go_on_alone(line=cases.line(request), by=side.reviewer, because=BECAUSE, revision=request.revision)


def test_another_person_finds_it_in_order_once_and_it_leaves_the_list(world: World, office_hours: None) -> None:
    side, check = world.here, alone(world.here)
    with tenant(side.certifier):
        with pytest.raises(Refused, match="approved it yourself"):
            actions.review_afterwards(check=check, by=side.reviewer, in_order=True, note="")
        assert list(queries.gone_on_alone(side.certifier.pk)) == [check]
        actions.review_afterwards(check=check, by=side.colleague, in_order=True, note="")
        assert list(queries.gone_on_alone(side.certifier.pk)) == []
        with pytest.raises(Overtaken):
            actions.review_afterwards(check=check, by=side.admin, in_order=False, note="no")
        with pytest.raises(Refused, match="Nothing was found"):
            actions.close_alarm(check=check, by=side.admin, because="x")
        verbs = AuditEvent.objects.filter(subject_id=check.line_id, verb__endswith="afterwards")
        assert [(event.verb, event.actor) for event in verbs] == [("found in order afterwards", str(side.colleague))]


def test_the_case_says_that_one_person_approved_it_and_what_the_review_found(world: World, office_hours: None) -> None:
    side, check = world.here, alone(world.here)
    with tenant(side.certifier):
        case = f"/tierra/cases/{check.line.request.reference}/"
    staff = signed_in(side.colleague)
    assert f"{side.reviewer} approved it alone. Nobody has reviewed it yet." in staff.get(case).content.decode()
    with tenant(side.certifier):
        actions.review_afterwards(check=check, by=side.colleague, in_order=False, note="The seal is another one")
    page = staff.get(case).content.decode()
    assert f"Not in order, says {side.colleague}: The seal is another one" in page
    assert f"/tierra/approved-alone/{check.pk}/" in page
    told = staff.get(f"/tierra/approved-alone/{check.pk}/").content.decode()
    assert f"{BECAUSE}<br>Not in order, says {side.colleague}" in told  # reasons end without a full stop


def test_what_is_not_in_order_stays_in_the_list_until_another_person_settles_it(
    world: World, office_hours: None
) -> None:
    side, check = world.here, alone(world.here)

    def counted() -> int:
        return figures(Selection(certifier_id=side.certifier.pk, me=side.colleague.pk)).elsewhere.alone

    with tenant(side.certifier):
        assert counted() == 1
        with pytest.raises(Refused, match="what is not in order"):
            actions.review_afterwards(check=check, by=side.colleague, in_order=False, note=" ")
        actions.review_afterwards(check=check, by=side.colleague, in_order=False, note="The seal is another one")
        assert counted() == 1
        with pytest.raises(Refused, match="approved it yourself"):
            actions.close_alarm(check=check, by=side.reviewer, because="It is fine")
        actions.close_alarm(check=check, by=side.admin, because="Seal corrected by the carrier")
        assert (counted(), list(queries.gone_on_alone(side.certifier.pk))) == (0, [])
        with pytest.raises(Overtaken):
            actions.close_alarm(check=check, by=side.colleague, because="Again")
        assert Certificate.objects.get().status == "pending"
        reference = check.line.request.reference
    case = signed_in(side.reviewer).get(f"/tierra/cases/{reference}/").content.decode()
    assert f"Settled by {side.admin}: Seal corrected by the carrier" in case


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("reviewed_by_id = {me}, reviewed_at = settled_at", "second_check_by_another"),
        ("reviewed_at = settled_at", "second_check_reviewed_whole"),
        ("alarm = 'x'", "second_check_reviewed_whole"),
        ("reviewed_by_id = {other}, reviewed_at = settled_at - interval '1 s'", "second_check_reviewed_whole"),
        ("closed_by_id = {other}, closed_at = settled_at, closed_because = 'x'", "second_check_closed_whole"),
        ("alone_because = ''", "second_check_settled_one_way"),
    ],
)
def test_the_database_keeps_the_columns_together(
    world: World, office_hours: None, change: str, constraint: str
) -> None:
    side = world.here
    alone(side)
    text = change.format(me=side.reviewer.pk, other=side.colleague.pk)
    with tenant(side.certifier), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        connection.cursor().execute(f"UPDATE review_secondcheck SET {text}")


def test_an_older_settled_row_does_not_let_a_line_through(world: World, office_hours: None) -> None:
    side, request = world.here, waits(world.here)
    with tenant(side.certifier):
        line = cases.line(request)
        older = SecondCheck.objects.get()
        SecondCheck.objects.filter(pk=older.pk).update(confirmed_by=side.colleague, settled_at=older.approved_at)
        SecondCheck.objects.create(
            certifier=side.certifier, line=line, reasons=[], approved_by=side.reviewer, approved_at=older.approved_at
        )
        with pytest.raises(IntegrityError, match="waits for a second person"), transaction.atomic():
            connection.cursor().execute("UPDATE requests_requestline SET status = 'approved' WHERE id = %s", [line.pk])


def test_two_who_review_at_once_settle_it_once(committed_world: World, office_hours: None) -> None:
    side, check = committed_world.here, alone(committed_world.here)

    def work(n: int) -> str:
        with tenant(side.certifier):
            by = side.colleague if n % 2 else side.admin
            return actions.review_afterwards(check=check, by=by, in_order=True, note="").note

    results = together(4, work)
    assert results.count("") == 1
    assert sum(isinstance(result, Overtaken) for result in results) == 3


def test_it_is_done_on_pages(world: World, office_hours: None) -> None:
    side, request = world.here, waits(world.here)
    base = f"/{side.certifier.slug}/"
    case = f"{base}cases/{request.reference}/"
    me, colleague = signed_in(side.reviewer), signed_in(side.colleague)
    button = "Nobody else is on duty: go on alone"
    assert button not in me.get(case).content.decode()
    assert me.post(f"{case}lines/1/alone/", {"because": BECAUSE}).status_code == 422
    with tenant(side.certifier):
        away(side, side.colleague, side.admin)
    assert button in me.get(case).content.decode()
    assert button not in colleague.get(case).content.decode()
    assert "Write why it cannot wait" in me.post(f"{case}lines/1/alone/", {"because": ""}).content.decode()
    assert me.post(f"{case}lines/1/alone/", {"because": BECAUSE}).status_code == 302
    assert "went on alone" in me.get(case).content.decode()

    queue = colleague.get(f"{base}queue/").content.decode()
    assert "Approved by one person" in queue
    assert BECAUSE in colleague.get(f"{base}approved-alone/").content.decode()
    with tenant(side.certifier):
        check = SecondCheck.objects.get()
        certificate = Certificate.objects.get()
    one = f"{base}approved-alone/{check.pk}/"
    assert me.post(one, {"found": "in_order"}).status_code == 422
    assert "a colleague looks at it" in me.get(one).content.decode()
    told = colleague.post(one, {"found": "not_in_order", "note": " "})
    assert (told.status_code, "Write what is not in order" in told.content.decode()) == (422, True)
    assert colleague.post(one, {"found": "not_in_order", "note": "Another seal"}).status_code == 302
    page = colleague.get(f"{base}certificates/{certificate.pk}/").content.decode()
    assert f"Not in order, says {side.colleague}" in page
    assert "Another seal" in page
    assert colleague.post(one, {"reason": "Carrier corrected it"}).status_code == 302
    assert "Nothing is left to review." in colleague.get(f"{base}approved-alone/").content.decode()
    assert "Settled by" in colleague.get(one).content.decode()
    exporter = signed_in(side.sender).get(f"{base}requests/{request.reference}/").content.decode()
    assert "alone" not in exporter
