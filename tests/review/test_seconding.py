"""An approval that meets the policy's conditions waits for a different person; the database refuses the same one."""

import pytest
from django.db import IntegrityError, connection, transaction

from nopic.certificates.models import Certificate
from nopic.ledger import accounts
from nopic.requests.models import CertificateRequest
from nopic.review import actions, queries
from nopic.review.models import Decision, SecondCheck
from nopic.review.queues import Selection, figures, page
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import Side, World, signed_in
from tests.ledger.test_accounts import together
from tests.review import cases


def strict(side: Side, **conditions: object) -> None:
    """A policy that asks for a second person."""
    rules = factories.rules(second_person=conditions or {"first_request": True})
    with tenant(side.certifier):
        Policy.objects.create(certifier=side.certifier, version=2, data=rules.to_json(), by="the test")


def waiting(side: Side, **conditions: object) -> CertificateRequest:
    """A request whose line was approved by the reviewer and waits."""
    strict(side, **conditions)
    request = cases.ready(side)
    with tenant(side.certifier):
        assert actions.approve(line=cases.line(request), by=side.reviewer, revision=request.revision) is None
        request.refresh_from_db()
    return request


def test_the_line_waits_held_without_a_certificate_until_a_colleague_confirms(world: World) -> None:
    side, request = world.here, waiting(world.here)
    with tenant(side.certifier):
        line = cases.line(request)
        assert (line.status, request.status, request.second_reasons) == ("second_check", "in_review", ["first_request"])
        assert (Certificate.objects.count(), line.pk in accounts.held_for([line.pk])) == (0, True)
        with pytest.raises(Refused):
            actions.confirm(line=line, by=side.reviewer, revision=request.revision)
        certificate = actions.confirm(line=line, by=side.colleague, revision=request.revision)
        line.refresh_from_db()
        request.refresh_from_db()
        assert (line.status, line.decided_by, request.status, request.second_reasons) == (
            "approved", side.reviewer, "decided", [],
        )  # fmt: skip
        assert (certificate.approved_by, certificate.status) == (side.colleague, "pending")
        with pytest.raises(Overtaken):
            actions.confirm(line=line, by=side.admin, revision=request.revision)
        kept = Decision.objects.order_by("pk").values_list("outcome", "by")
        assert list(kept) == [("approved", str(side.reviewer)), ("confirmed", str(side.colleague))]
    page = signed_in(side.admin).get(f"/tierra/cases/{request.reference}/decisions/").content.decode()
    assert (page.count(": Approved<"), page.count(": Confirmed<"), ": Refused<" in page) == (1, 1, False)


def test_a_colleague_sends_it_back_with_a_note_and_the_reviewer_decides_again(world: World) -> None:
    side, request = world.here, waiting(world.here)
    with tenant(side.certifier):
        line = cases.line(request)
        with pytest.raises(Refused):
            actions.send_back(line=line, by=side.colleague, note=" ")
        actions.send_back(line=line, by=side.colleague, note="The seal is another one")
        request.refresh_from_db()
        line = cases.line(request)
        assert (line.status, line.decided_by, request.second_reasons) == ("open", None, [])
        assert queries.sent_back(line.pk, line.certifier_id).note == "The seal is another one"
        assert actions.approve(line=line, by=side.reviewer, revision=request.revision) is None
        assert SecondCheck.objects.filter(settled_at=None).count() == 1


def test_a_paper_that_comes_while_a_colleague_is_waited_for_is_said_to_be_organic_or_not_before_they_confirm(
    world: World,
) -> None:
    side, request = world.here, waiting(world.here)
    with tenant(side.certifier):
        factories.paper(request, "packing_list", sha256="e" * 64, name="second.pdf")
        line, act = cases.line(request), {"by": side.colleague, "revision": request.revision}
        with pytest.raises(Refused, match=r"\(second.pdf\): say whether it names the product as organic"):
            actions.confirm(line=line, **act)
        cases.say_organic(request, side.reviewer)
        assert actions.confirm(line=line, **act).status == "pending"


def test_whoever_approved_takes_it_back_while_it_waits(world: World) -> None:
    side, request = world.here, waiting(world.here)
    with tenant(side.certifier):
        line = cases.line(request)
        with pytest.raises(Refused, match="you can confirm it or send it back"):
            actions.take_approval_back(line=line, by=side.colleague)
        actions.take_approval_back(line=line, by=side.reviewer)
        request.refresh_from_db()
        line = cases.line(request)
        assert (line.status, line.decided_by, request.status, request.second_reasons) == ("open", None, "in_review", [])
        assert (SecondCheck.objects.count(), line.pk in accounts.held_for([line.pk])) == (0, True)
        assert line.decisions.get().outcome == "approved"  # what it rested on is kept
        for verb, by in ((actions.take_approval_back, side.reviewer), (actions.send_back, side.colleague)):
            with pytest.raises(Overtaken):
                verb(line=line, by=by, **({"note": "The seal"} if verb is actions.send_back else {}))
        assert f"Product 1: {side.reviewer} took the approval back" in [
            each.text for each in queries.history(request, "UTC")
        ]
        assert actions.approve(line=line, by=side.reviewer, revision=request.revision) is None
        assert (
            actions.confirm(line=cases.line(request), by=side.colleague, revision=request.revision).status == "pending"
        )
        with pytest.raises(Overtaken):
            actions.take_approval_back(line=line, by=side.reviewer)


def test_an_approval_is_taken_back_or_confirmed_never_both(committed_world: World) -> None:
    side, request = committed_world.here, waiting(committed_world.here)

    def work(n: int) -> str:
        with tenant(side.certifier):
            line = cases.line(request)
            if n % 2:
                return actions.take_approval_back(line=line, by=side.reviewer).status
            return actions.confirm(line=line, by=side.colleague, revision=request.revision).status

    results = together(6, work)
    won = [each for each in results if isinstance(each, str)]
    assert len(won) == 1
    assert sum(isinstance(each, Overtaken) for each in results) == 5
    with tenant(side.certifier):
        assert (Certificate.objects.count(), cases.line(request).status) == (
            (1, "approved") if won == ["pending"] else (0, "open")
        )


@pytest.mark.parametrize("column", ["confirmed_by_id", "sent_back_by_id", "reviewed_by_id"])
def test_the_database_refuses_the_same_person(world: World, column: str) -> None:
    side = world.here
    waiting(side)
    with tenant(side.certifier), pytest.raises(IntegrityError, match="second_check_by_another"), transaction.atomic():
        connection.cursor().execute(
            f"UPDATE review_secondcheck SET settled_at = now(), {column} = %s", [side.reviewer.pk]
        )


def test_the_database_lets_no_line_through_that_nobody_confirmed(world: World) -> None:
    side = world.here
    waiting(side)
    with tenant(side.certifier), pytest.raises(IntegrityError, match="waits for a second person"), transaction.atomic():
        connection.cursor().execute("UPDATE requests_requestline SET status = 'approved' WHERE status = 'second_check'")


@pytest.mark.parametrize(
    ("conditions", "reasons"),
    [
        ({"above_kg": "19199.999"}, ["weight"]),
        ({"above_kg": "19200"}, []),
        ({"above_percent": 19}, ["balance"]),
        ({"above_percent": 20}, []),
        ({"late": True, "new_supplier": True, "override": True}, []),
        ({"first_request": True, "above_kg": "1"}, ["first_request", "weight"]),
    ],
)
def test_what_the_policy_names_is_what_counts(world: World, conditions: dict, reasons: list[str]) -> None:
    strict(world.here, **conditions)
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        case = queries.load(CertificateRequest.objects.select_related("policy", "exporter", "certifier", "dossier").get(pk=request.pk))  # fmt: skip
        assert queries.second_reasons(case, case.lines[0]) == reasons


def test_the_queue_says_why_to_everybody_but_the_one_who_approved(world: World) -> None:
    side = world.here
    waiting(side)
    with tenant(side.certifier):
        seen = {}
        for person in (side.reviewer, side.colleague):
            selection = Selection(certifier_id=side.certifier.pk, me=person.pk, view="needs-a-colleague")
            shown, _pace = page(selection, side.policy.rules)
            looks = [look for group in shown.groups for row in group.rows for look in row.look]
            seen[person] = (figures(selection).views["needs-a-colleague"], ("act", "Needs a colleague: exporter's first request") in looks)  # fmt: skip
        assert seen == {side.reviewer: (0, False), side.colleague: (1, True)}


def test_eight_colleagues_confirming_at_once_make_one_certificate(committed_world: World) -> None:
    side, request = committed_world.here, waiting(committed_world.here)

    def work(n: int) -> str:
        with tenant(side.certifier):
            by = side.colleague if n % 2 else side.admin
            return actions.confirm(line=cases.line(request), by=by, revision=request.revision).status

    results = together(8, work)
    assert results.count("pending") == 1
    assert sum(isinstance(result, Overtaken) for result in results) == 7
    with tenant(side.certifier):
        assert Certificate.objects.count() == 1


def test_it_is_confirmed_and_sent_back_on_pages(world: World) -> None:
    side, request = world.here, waiting(world.here)
    base = f"/{side.certifier.slug}/cases/{request.reference}/"
    mine = signed_in(side.reviewer).get(base).content.decode()
    assert "Approved; it waits for a colleague: exporter&#x27;s first request." in mine
    assert (
        'waits for a colleague <span class="muted any">exporter&#x27;s first request' in mine
    )  # the history has no codes either
    assert ">Second check<" in mine
    assert signed_in(side.reviewer).post(f"{base}lines/1/confirm/").status_code == 422
    assert "Take the approval back…" in mine
    colleague = signed_in(side.colleague)
    assert "Take the approval back…" not in colleague.get(base).content.decode()
    assert colleague.post(f"{base}lines/1/approved/back/").status_code == 422
    assert signed_in(side.reviewer).post(f"{base}lines/1/approved/back/").status_code == 302
    assert b"Approve this line" in signed_in(side.reviewer).get(base).content
    with tenant(side.certifier):
        request.refresh_from_db()
        actions.approve(line=cases.line(request), by=side.reviewer, revision=request.revision)
    assert "approved it and needs a colleague" in colleague.get(base).content.decode()
    assert colleague.post(f"{base}lines/1/back/", {"note": ""}).status_code == 422
    assert colleague.get(f"{base}lines/1/confirm/").status_code == 200
    assert colleague.post(f"{base}lines/1/back/", {"note": "Look at the seal"}).status_code == 302
    assert b"Look at the seal" in signed_in(side.reviewer).get(base).content
    assert b"Look at the seal" in signed_in(side.reviewer).get(f"{base}lines/1/approve/").content
    assert b"not confirmed by a colleague" in signed_in(side.reviewer).get("/tierra/queue/").content
    with tenant(side.certifier):
        request.refresh_from_db()
        actions.approve(line=cases.line(request), by=side.reviewer, revision=request.revision)
    assert b"not confirmed by a colleague" not in colleague.get("/tierra/queue/?view=needs-a-colleague").content
    assert colleague.post(f"{base}lines/1/confirm/").status_code == 302
    assert f"Approved by {side.reviewer}, confirmed by {side.colleague}" in colleague.get(base).content.decode()
    exporter = signed_in(side.sender).get(f"/{side.certifier.slug}/requests/{request.reference}/").content.decode()
    assert "Look at the seal" not in exporter
    with tenant(side.certifier):
        assert Certificate.objects.count() == 1
