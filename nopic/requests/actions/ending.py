"""Ways back: the exporter withdraws a request, staff return it for changes, a refused line gives its hold back."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.fees import actions as fees
from nopic.ledger import accounts, inputs
from nopic.requests.actions.drafting import lock
from nopic.requests.checks import Finding
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.requests.steps import cleaned
from nopic.tenants.models import User
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance

RECALLED = "recalled"  # the note in the log by which taking back is told from sending back


@transaction.atomic
def withdraw(*, request: CertificateRequest, by: User, reason: str) -> CertificateRequest:
    """The exporter takes the request back, until the first line is decided. Holds are released.

    Withdrawing what is withdrawn returns it. Raises Overtaken when a line was decided meanwhile.
    """
    lock(request)
    if request.status == RequestStatus.WITHDRAWN:
        return request
    if request.status == RequestStatus.DECIDED:
        raise Overtaken(request)
    lines = _undecided_lines(request)
    release(request, lines, by=by, reason=_("withdrawn"))
    for line in lines:
        advance(line, LineStatus.WITHDRAWN, by=by)
    note = str(cleaned(reason))[:500]
    advance(request, RequestStatus.WITHDRAWN, by=by, note=note, withdrawn_at=now(), questions_due_at=None)
    fees.let_go(certifier_id=request.certifier_id, request_id=request.pk, by=by)
    return request


@transaction.atomic
def recall(*, request: CertificateRequest, by: User) -> CertificateRequest:
    """The exporter takes a sent request back to change it, before anybody began to review it. Holds are released.

    What was sent stays readable. Recalling what is a draft returns it; Overtaken once a reviewer has it.
    """
    lock(request)
    if request.status == RequestStatus.DRAFT and request.recalled_at is not None:
        return request
    if request.status != RequestStatus.SUBMITTED:
        raise Overtaken(request)
    release(request, _undecided_lines(request), by=by, reason=_("recalled"))
    moment = now()
    advance(
        request,
        RequestStatus.DRAFT,
        by=by,
        note=RECALLED,
        revision=request.revision + 1,
        saved_at=moment,
        recalled_at=moment,
        reviewer=None,
        taken_at=None,
    )
    return request


@transaction.atomic
def return_to_exporter(
    *, request: CertificateRequest, by: User, points: Sequence[dict[str, str]]
) -> CertificateRequest:
    """Staff give the request back with a text per box; the exporter changes it and sends it again.

    `points` is [{"box": "10", "text": …}], at least one with a text. Holds are released, the sent version stays
    readable with what was said about it, "request_returned" is owed. Raises Refused or Overtaken.
    """
    lock(request)
    if request.status not in (RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW):
        raise Overtaken(request)
    said = [
        {"box": str(cleaned(point.get("box", "")))[:4].strip(), "text": str(cleaned(point.get("text", ""))).strip()}
        for point in points
    ]
    said = [point for point in said if point["text"]]
    if not said:
        sentence = _("Write what the exporter should change, beside the box it is about")
        raise Refused([Finding("a_return_says_what_to_change", None, "stop", sentence, sentence, field="points")])
    lines = _undecided_lines(request)
    release(request, lines, by=by, reason=_("returned"))
    moment = now()
    RequestVersion.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, number=request.turn).update(
        returned_at=moment, returned_by=str(by), return_points=said
    )
    advance(
        request,
        RequestStatus.DRAFT,
        by=by,
        note="\n".join(f"{point['box']}: {point['text']}" if point["box"] else point["text"] for point in said),
        revision=request.revision + 1,  # a form that was sent before cannot send it again by accident
        saved_at=moment,
        reviewer=None,
        taken_at=None,
    )
    owe("request_returned", request.pk, certifier_id=request.certifier_id)
    return request


@transaction.atomic
def release_line(*, line: RequestLine, by: Actor, reason: str) -> None:
    """Give back what a line holds; nothing when it holds nothing. For the refusal of a line."""
    release(line.request, [line], by=by, reason=reason)


def release(request: CertificateRequest, lines: Sequence[RequestLine], *, by: Actor, reason: str) -> None:
    """Release the holds of lines, accounts locked in the order of their ids."""
    held = accounts.held_for(line.pk for line in lines)
    holding = [(line, line.account_id) for line in lines if line.pk in held and line.account_id is not None]
    locked = accounts.lock(account_id for _line, account_id in holding)
    for line, account_id in holding:
        accounts.release(
            locked[account_id], held[line.pk], line_id=line.pk, turn=request.turn, by=by, reason=str(reason)
        )
        record(line, "hold released", by=by, note=str(reason), kg=str(held[line.pk]))
    inputs.release([line.pk for line in lines], turn=request.turn, by=by, reason=str(reason))


def _undecided_lines(request: CertificateRequest) -> list[RequestLine]:
    """All lines of the request; Overtaken when one of them is decided."""
    lines = list(
        RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, removed=False).order_by(
            "pk"
        )
    )
    if any(line.status != LineStatus.OPEN for line in lines):
        raise Overtaken(request)
    return lines
