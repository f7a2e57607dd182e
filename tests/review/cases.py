"""Cases for the tests of the review: sent requests, taken and checked by the actions that people use."""

from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import actions, queries
from nopic.review.models import CheckVerdict, SecondCheck
from nopic.tenants.context import tenant
from nopic.tenants.models import User
from nopic.workflow.audit import record
from tests import factories
from tests.factories import Side


def sent(side: Side, **changes: object) -> CertificateRequest:
    """A sent request nobody has taken."""
    return factories.submitted(side, **changes)


def two_lines(side: Side, **changes: object) -> CertificateRequest:
    """A sent request for coffee and quinoa."""
    quinoa = factories.line_answers(
        side,
        item=str(side.second_item.pk),
        net="6,000",
        packages="240",
        gross="6,100",
        lots=[{"code": "QW-26-011", "kg": "6,000", "supplier": "own"}],
    )
    return factories.submitted(side, lines=[factories.line_answers(side), quinoa], **changes)


def taken(side: Side, by: User | None = None, **changes: object) -> CertificateRequest:
    """A request in review by the reviewer."""
    request = sent(side, **changes)
    with tenant(side.certifier):
        return actions.take(request=request, by=by or side.reviewer)


def line(request: CertificateRequest, position: int = 1) -> RequestLine:
    """A line of a request; inside the door."""
    return request.lines.get(position=position, removed=False)


def confirm(
    request: CertificateRequest, by: User, *, position: int = 1, but: dict[str, tuple[str, str]] | None = None
) -> None:
    """Give every check of one line a Match, except `but`: {check: (verdict, note)}; every paper says organic. Inside the door."""
    shown = line(request, position)
    given: dict[str, CheckVerdict] = {}  # the first Match of each scope
    for check in queries.load(request).checks(shown):
        verdict, note = (but or {}).get(check.id, ("match", ""))
        of = shown if check.row.scope == "line" else None
        if not verdict:
            continue
        if (verdict, note, check.standing) == ("match", "", None) and (first := given.get(check.row.scope)):
            _again(first, check.id)
            continue
        made = actions.judge(request=request, line=of, check_id=check.id, verdict=verdict, note=note, by=by)
        if (verdict, note) == ("match", ""):
            given.setdefault(check.row.scope, made)
    say_organic(request, by)


def _again(given: CheckVerdict, check_id: str) -> None:
    """The rows that the same Match on another check leaves: some twenty checks by the action are most of a test's time."""
    CheckVerdict.objects.create(
        certifier_id=given.certifier_id, request_id=given.request_id, line_id=given.line_id, turn=given.turn,
        check_id=check_id, verdict=given.verdict, by=given.by, at=given.at, revision=given.revision,
    )  # fmt: skip
    record(given.request, "checked", by=given.by, new=given.verdict, check=check_id, line=given.line_id)


def say_organic(request: CertificateRequest, by: User) -> None:
    """Say of every paper of which it is asked that it names the product as organic; inside the door."""
    for slot in queries.load(request).facts.slots:
        for file in slot.unsaid:
            actions.confirm_organic(request=request, document_id=file.pk, named=True, by=by)


def ready(side: Side, **changes: object) -> CertificateRequest:
    """A request in review whose first line may be approved."""
    request = taken(side, **changes)
    with tenant(side.certifier):
        confirm(request, side.reviewer)
        request.refresh_from_db()
    return request


def approved_alone(side: Side, because: str, **changes: object) -> SecondCheck:
    """An approval that its reviewer went on with alone, to be reviewed; the policy of the world asks for no second one."""
    request = ready(side, **changes)
    with tenant(side.certifier):
        certificate = actions.approve(line=line(request), by=side.reviewer, revision=request.revision)
        return SecondCheck.objects.create(
            certifier=side.certifier, line=certificate.line, reasons=["late"], approved_by=side.reviewer,
            approved_at=certificate.approved_at, settled_at=certificate.approved_at, alone_because=because,
        )  # fmt: skip
