"""Who may change the answers of a request now: the page, the form and the action ask the same function."""

from django.utils.translation import gettext as _

from nopic.requests.facts import rules_of
from nopic.requests.models import CertificateRequest, Correction, OnBehalf, RequestLine
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.tenants.models import User


def may_be_changed(request: CertificateRequest, by: User) -> bool:
    """Whether `by` may change the answers: of a draft, or while questions are open and nothing is decided yet.

    A correction is typed by the one of the staff who began it, until the exporter is asked to confirm it.
    """
    if request.status != RequestStatus.QUESTIONS_OPEN:
        return request.status == RequestStatus.DRAFT
    if (correction := correction_of(request)) is not None:
        return correction.staff_id == by.pk and correction.asked_to_confirm_at is None
    return not is_partly_decided(request)


def is_partly_decided(request: CertificateRequest) -> bool:
    """Whether a line of it is decided or waits for a colleague: then its answers stand."""
    lines = RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, removed=False)
    return lines.exclude(status=LineStatus.OPEN).exists()


def correction_of(request: CertificateRequest) -> Correction | None:
    """The correction by staff that is open, with its request; asks the database only where there can be one."""
    if request.status != RequestStatus.QUESTIONS_OPEN:
        return None
    found = Correction.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, closed_at=None)
    correction = found.select_related("staff").first()
    if correction is not None:
        correction.request = request
    return correction


def unconfirmed(request: CertificateRequest) -> OnBehalf | None:
    """What staff filled in for the exporter of a draft and nobody of it has confirmed, with its request."""
    if request.status != RequestStatus.DRAFT or request.turn:
        return None
    found = OnBehalf.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, confirmed_at=None)
    filing = found.select_related("staff").first()
    if filing is not None:
        filing.request = request
    return filing


def obstacles_to_confirm_on_paper(filing: Correction | OnBehalf, by: User) -> list[str]:
    """A signed form counts where the policy says so; it is added by who entered what it confirms."""
    if not rules_of(filing.request).asking.signed_form_confirms:
        return [_("Your policy does not let a signed form stand for the exporter's own confirmation.")]
    if filing.staff_id != by.pk:
        return [_("%(name)s entered it, and adds the signed form.") % {"name": filing.staff}]
    return []


def obstacles_to_confirm(filing: Correction | OnBehalf, by: User) -> list[str]:
    """Somebody else than who entered it, from the exporter's side; the door asks whether they may send."""
    if filing.staff_id == by.pk:
        return [_("You entered this for the exporter, so somebody of the exporter must confirm it.")]
    return []
