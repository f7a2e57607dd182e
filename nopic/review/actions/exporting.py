"""Somebody of the staff prints a case or takes it along as an archive: it is written down who and when."""

from nopic.requests.models import CertificateRequest
from nopic.review.queries.record import EXPORTED
from nopic.tenants.models import User
from nopic.workflow.audit import record


def note_export(*, request: CertificateRequest, by: User, archive: bool) -> None:
    """Write the event; in the caller's transaction."""
    record(request, EXPORTED[archive], by=by)
