"""Who may do what to a certificate now, and what stands against publishing it: asked by buttons, actions and the ladder."""

from django.utils.translation import gettext as _

from nopic.certificates.models import Certificate, CertificateFile, RegistryAttempt, RegistryOperation
from nopic.certificates.statuses import CertificateStatus, OperationStatus
from nopic.requests.checks import line_findings
from nopic.requests.models import CertificateRequest
from nopic.tenants.policy.reasons import cancel_text
from nopic.workflow.clock import today


def goods_have_left(request: CertificateRequest) -> bool:
    """Declared, or the departure date has passed and nobody has said that they are still there.

    Whoever says that they are still there gives a new date (requirements: already departed).
    """
    if request.departed_on:
        return True
    assert request.policy is not None and request.departure_on is not None  # noqa: S101, PT018 - a sent request has both
    return request.departure_on < today(request.policy.rules.time_zone)


def obstacles_to_publish(certificate: Certificate) -> list[str]:
    """Sentences for the staff that stand against sending it to the registry at this moment.

    Whether the importer is certified is left out: what was remembered of it gives way to the question asked live.
    """
    found = line_findings(certificate.line, moment="issue")
    return [one.staff_sentence for one in found if one.severity == "stop" and one.rule != "importer_is_certified"]


def file_version(certificate: Certificate) -> int:
    """Which PDF tells the truth now: 1 as issued, 2 with "Not valid for import" on it."""
    return 2 if certificate.cancel_requested_at else 1


def file_to_hand_out(certificate: Certificate) -> CertificateFile | None:
    """The PDF that tells the truth now, once it is made: whoever downloads a cancelled certificate reads it on the page."""
    return certificate.files.filter(certifier_id=certificate.certifier_id, version=file_version(certificate)).first()


def obstacles_to_cancel(certificate: Certificate) -> list[str]:
    """Why it cannot be cancelled (any more)."""
    if certificate.cancel_requested_at:
        return [_("Its cancellation has been asked for already.")]
    if certificate.status in (CertificateStatus.CANCELLED, CertificateStatus.ABANDONED):
        return [_("It is not valid any more.")]
    return []


def cancel_sentence(certificate: Certificate) -> str:
    """The coded reason of its cancellation as a sentence, in the words of the policy that it was sent under."""
    if not certificate.cancel_reason:
        return ""
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    return cancel_text(certificate.request.policy.rules.cancellation(certificate.cancel_reason))


def why_cancelled(certificate: Certificate) -> str:
    """The reason for its exporter, importer and broker: the coded sentence, and what staff wrote to them."""
    return " ".join(filter(None, (cancel_sentence(certificate), certificate.cancel_note)))


def resting_operation(certificate: Certificate) -> RegistryOperation | None:
    """The operation that waits for a person, or None."""
    return (
        certificate.operations.filter(certifier_id=certificate.certifier_id, status=OperationStatus.REFUSED)
        .order_by("sequence")
        .first()
    )


def was_sent_twice(certificate: Certificate) -> bool:
    """Whether the registry was seen to hold something else under our reference after a second sending."""
    made = RegistryAttempt.objects.filter(
        certifier_id=certificate.certifier_id, operation__certificate_id=certificate.pk, call="find"
    )
    last = made.order_by("-pk").values_list("outcome", flat=True).first()
    return last == "differs"
