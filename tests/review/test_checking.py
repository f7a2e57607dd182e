"""Confirming: one verdict at a time, waiving with a reason, raising a verified quantity inside the case."""

from datetime import timedelta
from decimal import Decimal

import pytest

from nopic.certificates import actions as certificates
from nopic.ledger.models import Account
from nopic.requests.actions import submit
from nopic.requests.models import CertificateRequest, Supplier
from nopic.review import actions, policies, queries
from nopic.review.models import CheckVerdict
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import Side, World
from tests.review import cases

pytestmark = pytest.mark.sent


def judge(
    side: Side, request: CertificateRequest, verdict: str = "match", note: str = "", **other: object
) -> CheckVerdict:
    given = {"check_id": "net_weight", "by": side.reviewer, "line": cases.line(request)} | other
    return actions.judge(request=request, verdict=verdict, note=note, **given)


def test_the_first_verdict_takes_the_case(world: World) -> None:
    here = world.here
    request = cases.sent(here)
    with tenant(here.certifier):
        standing = judge(here, request)
        request.refresh_from_db()
        assert request.reviewer == here.reviewer
        assert (standing.by, standing.verdict, standing.turn) == (here.reviewer, "match", 1)


def test_a_verdict_changed_stands_once_and_the_log_keeps_the_one_before(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        judge(here, request)
        judge(here, request, "differs", "318 bags on the draft")
        judge(here, request, "differs", "318 bags on the draft")
        assert CheckVerdict.objects.get(check_id="net_weight").note == "318 bags on the draft"
        told = list(AuditEvent.objects.filter(verb="checked").order_by("id").values_list("old", "new"))
    assert told == [("", "match"), ("match", "differs")]


def test_a_note_as_long_as_a_browser_lets_it_be_is_kept_to_its_end(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    lines = ["x" * 99] * 20  # 1,999 characters with line ends of one; browsers send two
    with tenant(here.certifier):
        standing = judge(here, request, "differs", "\r\n".join(lines))
        assert standing.note == "\n".join(lines)
        assert judge(here, request, "differs", "\r\n".join(lines)).at == standing.at


def test_nobody_else_confirms_a_taken_case(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier), pytest.raises(Overtaken):
        judge(here, request, by=here.colleague)


@pytest.mark.parametrize(("check", "of_line"), [("no_such_check", True), ("net_weight", False), ("sent_in_time", True)])
def test_only_checks_of_the_policy_have_verdicts(world: World, check: str, of_line: bool) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier), pytest.raises(KeyError):
        judge(here, request, check_id=check, line=cases.line(request) if of_line else None)


def test_an_unknown_verdict_is_refused(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier), pytest.raises(ValueError):
        judge(here, request, "perhaps")


def late(side: Side) -> CertificateRequest:
    """A request sent one day before departure, with a reason."""
    tomorrow = (clock.today("UTC") + timedelta(days=1)).isoformat()
    return factories.submitted(side, departure_on=tomorrow, late_reason="The vessel sails earlier than announced")


def test_a_late_request_is_a_stop_until_it_is_waived_with_a_reason(world: World) -> None:
    here = world.here
    request = late(here)
    with tenant(here.certifier):
        line = cases.line(request)
        cases.confirm(request, here.reviewer)
        assert [f.rule for f in policies.obstacles_to_approve(line)] == ["is_sent_in_time"]
        with pytest.raises(Refused):
            actions.waive(request=request, line=None, rule="is_sent_in_time", reason="  ", by=here.reviewer)
        actions.waive(
            request=request, line=None, rule="is_sent_in_time", reason="Papers are complete", by=here.reviewer
        )
        assert policies.obstacles_to_approve(line) == []
        noted = next(f for f in queries.load(request).findings if f.rule == "is_sent_in_time")
        assert (noted.severity, noted.waived_by, noted.waived_why) == (
            "note",
            str(here.reviewer),
            "Papers are complete",
        )


def test_what_may_not_be_waived_is_not(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        here.exporter.status = "suspended"
        here.exporter.save()
        with pytest.raises(Refused):
            actions.waive(
                request=request, line=None, rule="exporter_is_certified", reason="we know them", by=here.reviewer
            )


def over(side: Side) -> CertificateRequest:
    """A request for more than the verified quantity, where the policy lets staff decide."""
    with tenant(side.certifier):
        Policy.objects.create(
            certifier=side.certifier, version=2, data=factories.rules(over_allocation="ask_staff").to_json(), by="test"
        )
    lots = [{"code": "VV-26-118", "kg": "120,000", "supplier": "own"}]
    line = factories.line_answers(side, net="120,000", gross="122,000", packages="2,000", lots=lots)
    return factories.submitted(side, lines=[line])


@pytest.mark.sent(False)
def test_raising_the_verified_quantity_lifts_the_stop_and_holds_the_kilograms(world: World) -> None:
    here = world.here
    request = over(here)
    with tenant(here.certifier):
        line = cases.line(request)
        cases.confirm(request, here.reviewer)
        assert [f.rule for f in policies.obstacles_to_approve(line)] == ["quantity_is_within_what_is_left"]
        with pytest.raises(Refused, match="10,000 kg too little"):
            actions.raise_allocation(line=line, kg=Decimal(10_000), reason="harvest records", by=here.reviewer)
        assert Account.objects.get(pk=here.account.pk).allocated == 100_000
        actions.raise_allocation(line=line, kg=Decimal(25_000), reason="harvest records", by=here.reviewer)
        account = Account.objects.get(pk=here.account.pk)
        assert (account.allocated, account.held) == (125_000, 120_000)
        assert policies.obstacles_to_approve(line) == []


@pytest.mark.parametrize(("kg", "reason"), [("0", "why"), ("-5", "why"), ("5", " ")])
def test_raising_needs_kilograms_and_a_reason(world: World, kg: str, reason: str) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier), pytest.raises(Refused):
        actions.raise_allocation(line=cases.line(request), kg=Decimal(kg), reason=reason, by=here.reviewer)


def test_a_request_that_was_sent_again_is_checked_anew_and_shows_what_was_said_before(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        points = [{"box": "10", "text": "Which weight is right?"}]
        actions.return_to_exporter(request=request, by=here.reviewer, points=points, revision=request.revision)
    request = _resend(request, here)
    with tenant(here.certifier):
        request.refresh_from_db()
        check = next(c for c in queries.load(request).checks(cases.line(request)) if c.id == "net_weight")
        assert check.standing is None
        assert check.before is not None
        assert check.before.verdict == "match"


def _resend(request: CertificateRequest, side: Side) -> CertificateRequest:
    from nopic.requests import actions as requests

    with tenant(side.certifier, side.sender):
        request.refresh_from_db()
        return requests.submit(request=request, by=side.sender, declared=True, revision=request.revision)


def test_a_paper_that_is_changed_under_a_verdict_is_looked_at_again(world: World) -> None:
    here = world.here
    draft = factories.complete_draft(here)
    with tenant(here.certifier, here.sender):
        factories.paper(draft, "phytosanitary_certificate")
        request = submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
        actions.take(request=request, by=here.reviewer)
        cases.confirm(request, here.reviewer)
        request.refresh_from_db()
        seen, line = request.revision, cases.line(request)
        [reviewed] = request.dossier.documents.filter(rule="phytosanitary_certificate")
        certificates.take_paper_off(request=request, document=reviewed, by=here.sender)
        other = factories.paper(request, "phytosanitary_certificate", sha256="f" * 64, name="other.pdf")
        certificates.paper_came(request=request, document=other, by=here.sender)
        with pytest.raises(Overtaken) as lost:
            actions.approve(line=line, by=here.reviewer, revision=seen)
        assert "changed while you were looking at it" in policies.what_happened(lost.value.subject, here.reviewer)
        request.refresh_from_db()
        checks = {check.id: check for check in queries.load(request).checks(line)}
        assert [name for name, check in checks.items() if check.standing is None] == ["treatment"]
        assert checks["treatment"].before is not None
        with pytest.raises(Refused, match="1 check is still open"):
            actions.approve(line=line, by=here.reviewer, revision=request.revision)
        judged = {"request": request, "line": None, "verdict": "match", "note": "", "by": here.reviewer}
        with pytest.raises(Overtaken):  # pressed on a page that still shows the first file
            actions.judge(**judged, check_id="treatment", revision=seen)
        actions.judge(**judged, check_id="sent_in_time", revision=seen)
        actions.judge(**judged, check_id="treatment", revision=request.revision)
        with pytest.raises(Refused, match="say whether it names the product as organic"):
            actions.approve(line=line, by=here.reviewer, revision=request.revision)
        cases.say_organic(request, here.reviewer)
        certificate = actions.approve(line=line, by=here.reviewer, revision=request.revision)
        assert certificate.data["treatment"]["phyto_seen"]
        with pytest.raises(Overtaken):
            certificates.take_paper_off(request=request, document=other, by=here.sender)


def test_what_was_let_pass_of_one_supplier_is_not_let_pass_of_another(world: World) -> None:
    here = world.here
    first, second = factories.supplier(here, "Cabana"), factories.supplier(here, "Dos Rios")
    lots = [{"code": each.name, "kg": "9,600", "supplier": str(each.pk)} for each in (first, second)]
    request = cases.taken(here, lines=[factories.line_answers(here, lots=lots)])
    with tenant(here.certifier):
        Supplier.objects.filter(pk=first.pk).update(registry_status="suspended", nop_id="9010000001")
        actions.waive(
            request=request,
            line=None,
            rule="suppliers_are_certified",
            reason="Certified when it sold",
            by=here.reviewer,
        )
        Supplier.objects.filter(pk=second.pk).update(registry_status="suspended", nop_id="9010000002")
        case = queries.load(CertificateRequest.objects.get(pk=request.pk))
        found = {f.sentence.split(" is ")[0]: f.severity for f in case.findings if f.rule == "suppliers_are_certified"}
        assert found == {"Cabana": "note", "Dos Rios": "stop"}


def test_an_override_that_nothing_needs_any_more_asks_for_no_second_person(world: World) -> None:
    here = world.here
    rules = factories.rules(second_person={"override": True})
    with tenant(here.certifier):
        Policy.objects.create(certifier=here.certifier, version=2, data=rules.to_json(), by="the test")
    request = late(here)
    with tenant(here.certifier):
        cases.confirm(request, here.reviewer)
        actions.waive(request=request, line=None, rule="is_sent_in_time", reason="Complete", by=here.reviewer)
        case = queries.load(CertificateRequest.objects.get(pk=request.pk))
        assert queries.second_reasons(case, case.lines[0]) == ["override"]
        leaves = clock.today("UTC") + timedelta(days=20)
        actions.declare_departure(
            request=request, by=here.reviewer, departed_on=None, new_date=leaves, why="The vessel is late"
        )
        case = queries.load(CertificateRequest.objects.get(pk=request.pk))
        assert queries.second_reasons(case, case.lines[0]) == []
