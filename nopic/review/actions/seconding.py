"""A second pair of eyes: what an approval waits for, and how a different person confirms it or sends it back.

That the person is a different one is a constraint of the table, that nothing is approved without it a trigger.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.review import policies, queries
from nopic.review.actions.checking import line_of
from nopic.review.actions.issuing import begin_certificate
from nopic.review.actions.looking import open_second_look
from nopic.review.actions.taking import lock
from nopic.review.models import SecondCheck
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused, advance


def wait_for_colleague(*, line: RequestLine, reasons: Sequence[str], by: User) -> SecondCheck:
    """An approved line waits: its kilograms stay held, no certificate begins. Inside the approval's transaction."""
    requests.hold_line(line=line, by=by)
    moment = now()
    waiting = SecondCheck.objects.create(
        certifier_id=line.certifier_id, line=line, reasons=list(reasons), approved_by=by, approved_at=moment
    )
    advance(line, LineStatus.SECOND_CHECK, by=by, note=", ".join(reasons), decided_at=moment, decided_by=by)
    note_reasons(line.request)
    return waiting


@transaction.atomic
def confirm(*, line: RequestLine, by: User, revision: int) -> Certificate:
    """A different person confirms: the line is approved and its certificate begins, as an approval does it.

    The rules are asked again as they stand now. Raises Overtaken (settled already, or changed since `revision`) or
    Refused with what stands against it, the approver's own confirmation among it.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    waiting = _waiting(current)
    if fresh.revision != revision:
        raise Overtaken(fresh)
    if against := policies.obstacles_to_confirm(current, by=by, case=queries.load(fresh)):
        raise Refused(against)
    waiting.confirmed_by, waiting.settled_at = by, now()
    waiting.save(update_fields=["confirmed_by", "settled_at"])
    record(current, "confirmed by a colleague", by=by, old=str(waiting.approved_by))
    certificate = begin_certificate(line=current, by=by)
    note_reasons(fresh)
    return certificate


@transaction.atomic
def send_back(*, line: RequestLine, by: User, note: str) -> RequestLine:
    """A different person does not confirm: the line is open again before its reviewer, with what was found.

    Raises Overtaken when it is settled already, Refused without a note or for the approver's own.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    waiting = _waiting(current)
    if against := policies.obstacles_to_send_back(current, by=by):
        raise Refused(against)
    said = note.replace("\x00", "").strip()[:2000]
    if not said:
        raise Refused([_("Write to your colleague what you found.")])
    waiting.sent_back_by, waiting.note, waiting.settled_at = by, said, now()
    waiting.save(update_fields=["sent_back_by", "note", "settled_at"])
    advance(current, LineStatus.OPEN, by=by, note=said, decided_at=None, decided_by=None)
    open_second_look(current)
    note_reasons(fresh)
    return current


def note_reasons(request: CertificateRequest) -> None:
    """Write on the request why lines of it wait for a colleague, for the queue."""
    if request.status != RequestStatus.IN_REVIEW:
        return
    waiting = SecondCheck.objects.filter(
        certifier_id=request.certifier_id, line__request_id=request.pk, settled_at=None
    ).order_by("pk")
    reasons = list(dict.fromkeys(code for row in waiting for code in row.reasons))
    CertificateRequest.objects.filter(certifier_id=request.certifier_id, pk=request.pk).update(second_reasons=reasons)
    request.second_reasons = reasons


def _waiting(line: RequestLine) -> SecondCheck:
    waiting = queries.open_second_check(line.pk, line.certifier_id)
    if line.status != LineStatus.SECOND_CHECK or waiting is None:
        raise Overtaken(line)
    return waiting
