"""The decision, line by line: what stands against it, what follows from it, and what two people at once get."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.policies import obstacles_to_publish
from nopic.ledger.models import Account
from nopic.products.models import ProductVersion
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.review import actions, policies, queries
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests.delivery import consignments
from tests.factories import Side, World
from tests.review import cases

pytestmark = pytest.mark.sent


def test_the_date_it_leaves_is_fixed_by_the_first_approved_line(world: World) -> None:
    here = world.here
    request = cases.two_lines(here)
    with tenant(here.certifier):
        cases.confirm(request, here.reviewer)
        request.refresh_from_db()
        later = request.departure_on + timedelta(days=10)
        certificate = actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
        with pytest.raises(Refused, match="cannot be moved any more"):
            actions.declare_departure(
                request=request, by=here.reviewer, departed_on=None, new_date=later, why="The vessel is delayed."
            )
        assert obstacles_to_publish(certificate) == []
        CertificateRequest.objects.filter(pk=request.pk).update(departure_on=later)  # should a date ever slip through
        certificate.refresh_from_db()
        assert obstacles_to_publish(certificate) == [
            "The date of departure was moved after the approval: the certificate would say another one."
        ]


def test_what_was_confirmed_of_the_departure_is_asked_again_when_it_is_moved(world: World) -> None:
    here = world.here
    request = cases.two_lines(here)
    with tenant(here.certifier):
        cases.confirm(request, here.reviewer)
        request.refresh_from_db()
        later = request.departure_on + timedelta(days=10)
        actions.declare_departure(
            request=request, by=here.reviewer, departed_on=None, new_date=later, why="The vessel is delayed."
        )
        case = queries.load(CertificateRequest.objects.get(pk=request.pk))
        again = {check.id for check in case.checks(cases.line(request)) if check.standing is None}
        assert {"sent_in_time", "not_left"} <= again
        assert "net_weight" not in again


def test_what_the_office_hears_of_the_departure_reaches_the_public_record(world: World) -> None:
    here = world.here
    made = consignments.make(here, world.importer)
    today = clock.today("UTC")
    with tenant(here.certifier):
        CertificateRequest.objects.filter(pk=made.request.pk).update(status="in_review", reviewer=here.reviewer)
        actions.declare_departure(request=made.request, by=here.reviewer, departed_on=today, new_date=None, why="")
        assert PublicRecord.objects.get(certificate=made.certificate).departed_on == today


def test_approving_the_only_line_decides_the_request_and_begins_one_certificate(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        certificate = actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
        request.refresh_from_db()
        line = cases.line(request)
        assert certificate.line_id == line.pk
        assert (line.status, line.decided_by) == (LineStatus.APPROVED, here.reviewer)
        assert request.status == RequestStatus.DECIDED
        assert request.decided_at is not None
        assert Account.objects.get(pk=here.account.pk).held == 19_200, "held until it is issued"


def test_one_line_is_approved_while_the_other_waits(world: World) -> None:
    here = world.here
    request = cases.two_lines(here)
    with tenant(here.certifier):
        cases.confirm(request, here.reviewer)
        request.refresh_from_db()
        actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
        request.refresh_from_db()
        assert request.status == RequestStatus.IN_REVIEW
        assert "open" in str(policies.obstacles_to_approve(cases.line(request, 2), by=here.reviewer)[0])
        cases.confirm(request, here.reviewer, position=2)
        actions.refuse(line=cases.line(request, 2), by=here.reviewer, reason_code="hts_wrong", text="Not this code")
        request.refresh_from_db()
        assert request.status == RequestStatus.DECIDED


def test_refusing_frees_the_kilograms_and_tells_the_exporter(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        line = cases.line(request)
        actions.refuse(line=line, by=here.reviewer, reason_code="volume_unsupported", text="The harvest was smaller")
        line.refresh_from_db()
        assert (line.status, line.reason_code, line.reason_text) == (
            LineStatus.REFUSED, "volume_unsupported", "The harvest was smaller",
        )  # fmt: skip
        assert Account.objects.get(pk=here.account.pk).held == 0
        assert Dispatch.objects.filter(topic="line_refused", subject_id=line.pk, done_at=None).count() == 1
        assert not Certificate.objects.exists()


@pytest.mark.parametrize(("code", "text"), [("", "text"), ("not_a_reason", "text"), ("hts_wrong", "  ")])
def test_a_refusal_needs_a_reason_of_the_policy_and_a_text(world: World, code: str, text: str) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        with pytest.raises(Refused):
            actions.refuse(line=cases.line(request), by=here.reviewer, reason_code=code, text=text)
        assert cases.line(request).status == LineStatus.OPEN


def _nothing_checked(side: Side, request: CertificateRequest) -> None:
    request.verdicts.all().delete()


def _a_difference_without_a_note(side: Side, request: CertificateRequest) -> None:
    actions.judge(
        request=request, line=cases.line(request), check_id="packages", verdict="differs", note=" ", by=side.reviewer
    )


def _suspended(side: Side, request: CertificateRequest) -> None:
    side.exporter.status = "suspended"
    side.exporter.save()


def _importer_gone(side: Side, request: CertificateRequest) -> None:
    importer = side.contact.importer
    importer.status = "surrendered"
    importer.save()


def _departed(side: Side, request: CertificateRequest) -> None:
    CertificateRequest.objects.filter(pk=request.pk).update(departed_on="2026-01-05")


def _product_suspended(side: Side, request: CertificateRequest) -> None:
    _new_version(side, status="suspended")


def _wording_changed(side: Side, request: CertificateRequest) -> None:
    _new_version(side, wording="Organic roasted coffee")


def _new_version(side: Side, **changes: object) -> ProductVersion:
    version = ProductVersion.objects.get(pk=side.version.pk)
    version.pk, version.number = None, 2
    for name, value in changes.items():
        setattr(version, name, value)
    version.save(force_insert=True)
    return version


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_nothing_checked, "checks are still open"),
        (_a_difference_without_a_note, "A difference needs a note: Packages"),
        (_suspended, "not certified today"),
        (_importer_gone, "not certified, says INTEGRITY"),
        (_departed, "Declared as left"),
        (_product_suspended, "no approved version"),
        (_wording_changed, "the verified list differs"),
    ],
)
def test_approval_is_locked_and_says_why(
    world: World, spoil: Callable[[Side, CertificateRequest], None], says: str
) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        spoil(here, request)
        request.refresh_from_db()
        line = cases.line(request)
        told = [policies.sentence(each) for each in policies.obstacles_to_approve(line, by=here.reviewer)]
        assert any(says in each for each in told), told
        with pytest.raises(Refused) as refused:
            actions.approve(line=line, by=here.reviewer, revision=request.revision)
        assert any(says in policies.sentence(each) for each in refused.value.findings)
        assert not Certificate.objects.exists()
        assert cases.line(request).status == LineStatus.OPEN


def test_a_difference_with_a_note_and_not_applicable_do_not_lock(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        cases.confirm(
            request, here.reviewer,
            but={"packages": ("differs", "The carrier counts pallets"), "treatment": ("n_a", "")},
        )  # fmt: skip
        assert policies.obstacles_to_approve(cases.line(request), by=here.reviewer) == []


def test_a_version_that_says_the_same_is_pinned_anew_and_logged(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        newer = _new_version(here, note="Another package size", package_kg=30)
        actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
        assert cases.line(request).version_id == newer.pk
        assert AuditEvent.objects.filter(verb="repinned").exists()


def test_what_changed_since_the_page_was_read_is_not_approved(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        with pytest.raises(Overtaken):
            actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision - 1)
        assert cases.line(request).status == LineStatus.OPEN


def test_a_colleague_does_not_decide_my_case(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    line_of = lambda: cases.line(request)  # noqa: E731
    with tenant(here.certifier):
        with pytest.raises(Overtaken):
            actions.approve(line=line_of(), by=here.colleague, revision=request.revision)
        with pytest.raises(Overtaken):
            actions.refuse(line=line_of(), by=here.colleague, reason_code="hts_wrong", text="no")
        with pytest.raises(Overtaken):
            actions.return_to_exporter(
                request=request, by=here.colleague, points=[{"box": "10", "text": "?"}], revision=request.revision
            )
        assert line_of().status == LineStatus.OPEN


def test_a_request_goes_back_as_a_whole_and_frees_its_kilograms(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        points = [{"box": "10", "text": "The draft bill of lading shows 19,080 kg. Which is right?"}]
        actions.return_to_exporter(request=request, by=here.reviewer, points=points, revision=request.revision)
        request.refresh_from_db()
        assert (request.status, request.reviewer) == (RequestStatus.DRAFT, None)
        assert request.versions.get(number=1).return_points == points
        assert Account.objects.get(pk=here.account.pk).held == 0


def test_a_request_with_a_decided_line_does_not_go_back(world: World) -> None:
    here = world.here
    request = cases.two_lines(here)
    with tenant(here.certifier):
        actions.take(request=request, by=here.reviewer)
        actions.refuse(line=cases.line(request), by=here.reviewer, reason_code="hts_wrong", text="no")
        request.refresh_from_db()
        with pytest.raises(Refused, match="cannot go back"):
            actions.return_to_exporter(
                request=request, by=here.reviewer, points=[{"box": "", "text": "?"}], revision=request.revision
            )


def race(side: Side, *works: Callable[[], object]) -> list[object]:
    """Do several things at the same moment, each in a connection of its own; results or exceptions in order."""
    together = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        try:
            with tenant(side.certifier):
                together.wait(timeout=60)
                return work()
        except (Overtaken, Refused) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_two_sessions_that_approve_at_once_make_one_certificate(committed_world: World) -> None:
    here = committed_world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        line = cases.line(request)

    def approve() -> object:
        return actions.approve(line=line, by=here.reviewer, revision=request.revision)

    results = race(here, approve, approve)
    lost = [each for each in results if isinstance(each, Overtaken)]
    assert len(lost) == 1, results
    assert f"approved already, by {here.reviewer}" in policies.what_happened(lost[0].subject)
    with tenant(here.certifier):
        assert Certificate.objects.count() == 1
        assert Account.objects.get(pk=here.account.pk).held == 19_200


def test_approve_and_refuse_at_once_leave_one_decision(committed_world: World) -> None:
    here = committed_world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        line = cases.line(request)
    results = race(
        here,
        lambda: actions.approve(line=line, by=here.reviewer, revision=request.revision),
        lambda: actions.refuse(line=line, by=here.reviewer, reason_code="hts_wrong", text="no"),
    )
    assert sum(isinstance(each, Overtaken) for each in results) == 1, results
    with tenant(here.certifier):
        line.refresh_from_db()
        approved = line.status == LineStatus.APPROVED
        assert Certificate.objects.count() == int(approved)
        assert Account.objects.get(pk=here.account.pk).held == (19_200 if approved else 0)


def test_two_reviewers_who_take_at_once_leave_one_reviewer(committed_world: World) -> None:
    here = committed_world.here
    request = cases.sent(here)
    results = race(
        here,
        lambda: actions.take(request=request, by=here.reviewer),
        lambda: actions.take(request=request, by=here.colleague),
    )
    lost = [each for each in results if isinstance(each, Overtaken)]
    assert len(lost) == 1
    with tenant(here.certifier):
        request.refresh_from_db()
        assert str(request.reviewer) in policies.what_happened(lost[0].subject)


def test_what_the_paper_cannot_print_is_refused_before_a_number_exists(world: World) -> None:
    """A published certificate without its PDF would help nobody; a name can be transcribed while it is not approved."""
    request = cases.ready(world.here)
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=request.pk).update(consignee_name="ร้านกาแฟ")
        request.refresh_from_db()
        line = cases.line(request)
        with pytest.raises(Refused, match="cannot be printed"):
            actions.approve(line=line, by=world.here.reviewer, revision=request.revision)
        assert not Certificate.objects.filter(line=line).exists()
