"""The decision, line by line: approve (a certificate begins), refuse (the kilograms are free again), give back, cancel;
and the answer to "Has it left?", on which it rests."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import actions as certificates
from nopic.certificates import projection
from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LineStatus
from nopic.review import evidence, policies, queries
from nopic.review.actions.checking import line_of
from nopic.review.actions.issuing import begin_certificate, close_if_decided
from nopic.review.actions.looking import settle_second_look
from nopic.review.actions.seconding import wait_for_colleague
from nopic.review.actions.taking import lock
from nopic.tenants.models import User
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance


@transaction.atomic
def approve(*, line: RequestLine, by: User, revision: int) -> Certificate | None:
    """Approve one line: its certificate exists from now on and is owed to the registry. None when the policy asks for a
    second person: then the line waits in `second_check`, held, until a colleague confirms it.

    One transaction: the request is locked, the rules are asked again as they stand now, the product's present version
    is pinned if it says the same, the kilograms are held, and the certificate's data are frozen. Raises Overtaken when
    the line is decided or the request changed since `revision`, Refused with what stands against it.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    if current.status != LineStatus.OPEN:
        raise Overtaken(current)
    if fresh.revision != revision or policies.obstacles_to_decide(fresh, by):
        raise Overtaken(fresh)
    case = queries.load(fresh)
    if against := policies.obstacles_to_approve(current, by=by, case=case):
        raise Refused(against)
    evidence.keep(case, current, "approved", by=by)
    mine = next(each for each in case.lines if each.line.pk == current.pk)
    settle_second_look(current, by)
    if reasons := queries.second_reasons(case, mine):
        wait_for_colleague(line=current, reasons=reasons, by=by)
        return None
    return begin_certificate(line=current, by=by)


@transaction.atomic
def refuse(*, line: RequestLine, by: User, reason_code: str, text: str) -> RequestLine:
    """Refuse one line with a coded reason of the policy and a text for the exporter; what it held is free again.

    Owes "line_refused", by which the exporter is told. Raises Refused (no reason, no text) or Overtaken.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    if current.status != LineStatus.OPEN:
        raise Overtaken(current)
    if policies.obstacles_to_refuse(current, by=by):
        raise Overtaken(fresh)
    said = text.replace("\x00", "").strip()[:2000]
    codes = {reason.code for reason in fresh.policy.rules.refusal_reasons} if fresh.policy is not None else set()
    if reason_code not in codes:
        raise Refused([_("Choose a reason from the list.")])
    if not said:
        raise Refused([_("Write to the exporter what was found and what they can do.")])
    evidence.keep(queries.load(fresh), current, "refused", by=by)
    settle_second_look(current, by)
    requests.release_line(line=current, by=by, reason=_("refused"))
    advance(
        current,
        LineStatus.REFUSED,
        by=by,
        note=said,
        decided_at=now(),
        decided_by=by,
        reason_code=reason_code,
        reason_text=said,
    )
    owe("line_refused", current.pk, certifier_id=current.certifier_id)
    close_if_decided(fresh, by)
    return current


@transaction.atomic
def return_to_exporter(
    *, request: CertificateRequest, by: User, points: Sequence[dict[str, str]], revision: int
) -> CertificateRequest:
    """Give the request back with a text per box. Raises Overtaken (not mine, or changed) or Refused (nothing said)."""
    fresh = lock(request)
    if fresh.revision != revision or policies.obstacles_to_decide(fresh, by):
        raise Overtaken(fresh)
    if against := policies.obstacles_to_return(queries.load(fresh), by=by):
        raise Refused(against)
    return requests.return_to_exporter(request=fresh, by=by, points=points)


@transaction.atomic
def declare_departure(
    *, request: CertificateRequest, by: User, departed_on: date | None, new_date: date | None, why: str
) -> CertificateRequest:
    """Record what the exporter told the office about the departure; see nopic.requests.actions.declare_departure.

    Only by the reviewer who has the case. The public record of what is issued already says it at once. Raises Refused
    or Overtaken.
    """
    fresh = lock(request)
    if policies.obstacles_to_decide(fresh, by):
        raise Overtaken(fresh)
    said = requests.declare_departure(request=fresh, by=by, departed_on=departed_on, new_date=new_date, why=why)
    projection.refresh_request(said)
    return said


@transaction.atomic
def cancel(*, certificate: Certificate, by: User, reason: str, note: str = "") -> Certificate:
    """Cancel a certificate with a coded reason of the policy; see nopic.certificates.actions.cancel."""
    return certificates.cancel(certificate=certificate, by=by, reason=reason, note=note)
