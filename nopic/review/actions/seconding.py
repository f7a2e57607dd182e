"""A second pair of eyes: what an approval waits for, how a different person confirms it or sends it back, how whoever
approved takes it back, and what follows when nobody else was there.

That the person is a different one is a constraint of the table, that nothing is approved without it a trigger.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.review import evidence, policies, queries
from nopic.review.actions.checking import line_of
from nopic.review.actions.issuing import begin_certificate
from nopic.review.actions.looking import open_second_look
from nopic.review.actions.taking import lock
from nopic.review.models import SecondCheck
from nopic.review.policies.seconding import obstacles_to_take_approval_back
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

    The rules are asked again as they stand now, and what it rested on is kept as a decision of its own. Raises Overtaken
    (settled already, or changed since `revision`) or Refused with what stands against it, the approver's own
    confirmation among it.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    waiting = _waiting(current)
    if fresh.revision != revision:
        raise Overtaken(fresh)
    case = queries.load(fresh)
    if against := policies.obstacles_to_confirm(current, by=by, case=case):
        raise Refused(against)
    evidence.keep(case, current, "confirmed", by=by)
    waiting.confirmed_by, waiting.settled_at = by, now()
    waiting.save(update_fields=["confirmed_by", "settled_at"])
    record(current, "confirmed by a colleague", by=by, old=str(waiting.approved_by))
    certificate = begin_certificate(line=current, by=by)
    note_reasons(fresh)
    return certificate


@transaction.atomic
def go_on_alone(*, line: RequestLine, by: User, because: str, revision: int) -> Certificate:
    """Nobody else is on duty: the approver goes on with a reason, and another person reviews it afterwards.

    What it rested on is kept as a decision of its own. Raises Overtaken (settled already, or changed since `revision`)
    or Refused: no reason, not by the policy, or a colleague is on duty.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    waiting = _waiting(current)
    if fresh.revision != revision:
        raise Overtaken(fresh)
    case = queries.load(fresh)
    if against := policies.obstacles_to_go_on_alone(current, by=by, case=case):
        raise Refused(against)
    said = _tidy(because)
    if not said:
        raise Refused([_("Write why it cannot wait for a colleague.")])
    evidence.keep(case, current, "alone", by=by)
    waiting.alone_because, waiting.settled_at = said, now()
    waiting.save(update_fields=["alone_because", "settled_at"])
    record(current, "went on alone", by=by, note=said)
    certificate = begin_certificate(line=current, by=by)
    note_reasons(fresh)
    return certificate


@transaction.atomic
def review_afterwards(*, check: SecondCheck, by: User, in_order: bool, note: str) -> SecondCheck:
    """Another person says whether what was approved alone is in order. If not, the note stands on the certificate and in
    the list until a person has decided what becomes of it: nothing is cancelled by itself.

    Raises Overtaken when somebody reviewed it, Refused for the approver's own, or not in order without a note.
    """
    fresh = _locked(check)
    if fresh.reviewed_at is not None:
        raise Overtaken(fresh)
    if against := policies.obstacles_to_review_afterwards(fresh, by=by):
        raise Refused(against)
    said = _tidy(note)
    if not in_order and not said:
        raise Refused([_("Write what is not in order.")])
    fresh.reviewed_by, fresh.reviewed_at, fresh.note = by, now(), said
    fresh.alarm = "" if in_order else said
    fresh.save(update_fields=["reviewed_by", "reviewed_at", "note", "alarm"])
    record(fresh.line, "found in order afterwards" if in_order else "found not in order afterwards", by=by, note=said)
    return fresh


@transaction.atomic
def close_alarm(*, check: SecondCheck, by: User, because: str) -> SecondCheck:
    """Say what was decided about an approval that was found not in order; it leaves the list and stays in the record.

    Raises Overtaken when it is settled, Refused without a word or for the approver's own.
    """
    fresh = _locked(check)
    if fresh.closed_at is not None:
        raise Overtaken(fresh)
    if against := policies.obstacles_to_close_alarm(fresh, by=by):
        raise Refused(against)
    said = _tidy(because)
    if not said:
        raise Refused([_("Write what was decided.")])
    fresh.closed_by, fresh.closed_at, fresh.closed_because = by, now(), said
    fresh.save(update_fields=["closed_by", "closed_at", "closed_because"])
    record(fresh.line, "finding settled", by=by, note=said)
    return fresh


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
    said = _tidy(note)
    if not said:
        raise Refused([_("Write to your colleague what you found.")])
    waiting.sent_back_by, waiting.note, waiting.settled_at = by, said, now()
    waiting.save(update_fields=["sent_back_by", "note", "settled_at"])
    advance(current, LineStatus.OPEN, by=by, note=said, decided_at=None, decided_by=None)
    open_second_look(current)
    note_reasons(fresh)
    return current


@transaction.atomic
def take_approval_back(*, line: RequestLine, by: User) -> RequestLine:
    """Whoever approved takes it back while it waits: the line is open again. That the approval was made stays in the
    history and among the decisions; nobody settled it, so no second check of it is kept.

    Raises Overtaken when it is settled already, Refused for anybody but the approver.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    waiting = _waiting(current)
    if against := obstacles_to_take_approval_back(current, by=by):
        raise Refused(against)
    waiting.delete()
    advance(current, LineStatus.OPEN, by=by, decided_at=None, decided_by=None)
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


def _locked(check: SecondCheck) -> SecondCheck:
    """The row alone: whatever else changes a settled check locks it, too, and nothing besides."""
    mine = SecondCheck.objects.filter(certifier_id=check.certifier_id, pk=check.pk)
    mine.select_for_update().values_list("pk").get()
    return mine.select_related("line", "approved_by", "reviewed_by", "closed_by").get()


def _tidy(text: str) -> str:
    return text.replace("\x00", "").strip()[:2000]


def _waiting(line: RequestLine) -> SecondCheck:
    waiting = queries.open_second_check(line.pk, line.certifier_id)
    if line.status != LineStatus.SECOND_CHECK or waiting is None:
        raise Overtaken(line)
    return waiting
