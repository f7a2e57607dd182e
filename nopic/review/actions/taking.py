"""Who has a case: taken by one reviewer at a time, given back, given to a colleague, or taken over from one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus
from nopic.review import policies
from nopic.tenants.models import User
from nopic.tenants.roster import stand_in
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused, advance


@dataclass(frozen=True)
class Outcome:
    """What became of a request: done, with a sentence where it went to another than who was meant, or why not."""

    request: CertificateRequest
    why_not: str = ""
    said: str = ""


def lock(request: CertificateRequest) -> CertificateRequest:
    """The request as it stands, held until the end of the transaction.

    Locked first and read afterwards: a joined row is read before the wait, so it would still name the former reviewer.
    """
    mine = CertificateRequest.objects.filter(certifier_id=request.certifier_id, pk=request.pk)
    mine.select_for_update(no_key=True).values_list("pk").get()
    return mine.select_related("certifier", "exporter", "importer", "contact", "policy", "reviewer").get()


@transaction.atomic
def take(*, request: CertificateRequest, by: User) -> CertificateRequest:
    """Take a sent request that nobody has: it is in review, mine. Taking what is mine changes nothing.

    Raises Overtaken with the request as it stands, so that the answer can say who has it since when.
    """
    return hold(lock(request), by)


def hold(fresh: CertificateRequest, by: User) -> CertificateRequest:
    """Make sure that a locked request is `by`'s; the first verdict does the same as Take."""
    if policies.obstacles_to_take(fresh, by):
        raise Overtaken(fresh)
    if fresh.status == RequestStatus.SUBMITTED:
        advance(fresh, RequestStatus.IN_REVIEW, by=by, reviewer=by, taken_at=now())
    elif fresh.reviewer_id is None:  # a second look came back without anybody
        _hand(fresh, by, by=by)
    return fresh


@transaction.atomic
def release(*, request: CertificateRequest, by: User) -> CertificateRequest:
    """Give a case back to the queue; verdicts stay. Raises Overtaken when it is not `by`'s."""
    fresh = lock(request)
    if policies.obstacles_to_release(fresh, by):
        raise Overtaken(fresh)
    advance(fresh, RequestStatus.SUBMITTED, by=by, note="given back", reviewer=None, taken_at=None)
    return fresh


@transaction.atomic
def assign(*, request: CertificateRequest, to: User, by: User) -> Outcome:
    """Give an open request to a reviewer of this certifier, or to whoever covers while that one is away.

    Raises Refused when `to` is none or nobody who covers is there, Overtaken when the request is closed.
    """
    fresh = lock(request)
    if fresh.status not in OPEN_REQUEST:
        raise Overtaken(fresh)
    if against := policies.obstacles_to_assign(fresh, to):
        raise Refused(against)
    standing = stand_in(fresh.certifier_id, to)
    gets = standing.person
    if gets is None:
        raise Refused([standing.sentence])
    if gets != to and (against := policies.obstacles_to_assign(fresh, gets)):
        raise Refused([standing.sentence, *against])
    note = f"covers for {to}" if gets != to else ""
    if fresh.status == RequestStatus.SUBMITTED:
        said = f"assigned to {gets}" + (f", who {note}" if note else "")
        advance(fresh, RequestStatus.IN_REVIEW, by=by, note=said, reviewer=gets, taken_at=now())
    elif fresh.reviewer_id != gets.pk:
        _hand(fresh, gets, by=by, note=note)
    return Outcome(fresh, said=standing.sentence)


@transaction.atomic
def take_over(*, request: CertificateRequest, by: User, seen: int | None) -> Outcome:
    """Take a case over from the reviewer whom the page showed (`seen`); who is noted as away hands it to their cover.

    Raises Overtaken when somebody else has it by now, Refused as `assign` does.
    """
    fresh = lock(request)
    if fresh.status not in OPEN_REQUEST or fresh.reviewer_id not in (seen, by.pk):
        raise Overtaken(fresh)
    return assign(request=fresh, to=by, by=by)


def bulk_take(*, requests: Iterable[CertificateRequest], by: User) -> list[Outcome]:
    """Take several, each for itself: what somebody else has stays there and says so. In the order of their ids."""
    outcomes = []
    for request in sorted(requests, key=lambda each: each.pk):
        try:
            outcomes.append(Outcome(take(request=request, by=by)))
        except Overtaken as lost:
            outcomes.append(Outcome(request, policies.what_happened(lost.subject, by)))
    return outcomes


def _hand(fresh: CertificateRequest, to: User, *, by: User, note: str = "") -> None:
    """Change the reviewer of a case in review; who had it stays in the audit log."""
    was = str(fresh.reviewer) if fresh.reviewer is not None else ""
    moment = now()
    CertificateRequest.objects.filter(certifier_id=fresh.certifier_id, pk=fresh.pk).update(reviewer=to, taken_at=moment)
    fresh.reviewer, fresh.taken_at = to, moment
    record(fresh, "assigned", by=by, old=was, new=str(to), note=note)
