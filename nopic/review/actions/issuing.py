"""The last step of an approval, by one person or confirmed by a second: pinned, held, frozen, owed to the registry."""

from django.utils.translation import gettext as _

from nopic.certificates import actions as certificates
from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import UNDECIDED_LINE, LineStatus, RequestStatus
from nopic.tenants.models import User
from nopic.workflow.clock import now
from nopic.workflow.transitions import Refused, advance


def begin_certificate(*, line: RequestLine, by: User) -> Certificate:
    """Approve a line against which nothing stands; inside the caller's transaction, with the request locked.

    `decided_by` stays the reviewer whose decision was confirmed. Raises Refused when the certificate cannot be written.
    """
    certificates.lock_replaced(line.request)  # before the account, as whoever issues it
    requests.repin(line=line, by=by)
    requests.hold_line(line=line, by=by)
    advance(line, LineStatus.APPROVED, by=by, decided_at=now(), decided_by=line.decided_by or by)
    try:
        certificate = certificates.begin(line=line, by=by)
    except ValueError as error:  # something a certificate must say is missing; nothing of it is kept
        raise Refused([_("The certificate cannot be written yet: %(why)s.") % {"why": error}]) from error
    close_if_decided(line.request, by)
    return certificate


def close_if_decided(request: CertificateRequest, by: User) -> None:
    """The request is decided when none of its lines is open or waits for a colleague."""
    waiting = RequestLine.objects.filter(
        certifier_id=request.certifier_id, request_id=request.pk, removed=False, status__in=UNDECIDED_LINE
    )
    if not waiting.exists():
        advance(request, RequestStatus.DECIDED, by=by, decided_at=now(), second_reasons=[])
