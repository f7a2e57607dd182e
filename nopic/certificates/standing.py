"""In whose place a certificate stands, what stands or comes in its own, and what was split off it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q

from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CLOSED_OPERATION, OPEN_REVISION, CertificateStatus, OperationKind
from nopic.presentation.words import day
from nopic.requests.lending import goods_are_on, still_elsewhere
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus


def replacement_of(certificate: Certificate) -> Certificate | None:
    """The certificate that takes its place or has taken it; None when there is none, or it was given up."""
    mine = Certificate.objects.filter(certifier_id=certificate.certifier_id, replaces_id=certificate.pk)
    return mine.exclude(status=CertificateStatus.ABANDONED).first()


def is_being_replaced(certificate: Certificate) -> bool:
    """Whether the registry may have its replacement already: that goods leave under the old number no longer stops it."""
    sent = RegistryOperation.objects.filter(
        certifier_id=certificate.certifier_id, kind=OperationKind.ISSUE, last_sent_at__isnull=False
    )
    taken = replacement_of(certificate)
    return taken is not None and sent.filter(certificate_id=taken.pk).exists()


def open_replacement(certificate: Certificate) -> CertificateRequest | None:
    """The request for its replacement that is a draft or not decided yet."""
    return CertificateRequest.objects.filter(
        certifier_id=certificate.certifier_id, replaces_id=certificate.pk,
        status__in=(RequestStatus.DRAFT, *OPEN_REQUEST),
    ).first()  # fmt: skip


@dataclass(frozen=True)
class Place:
    """In whose place a certificate is, and what is or comes in its own."""

    replaces: Certificate | None
    replaced_by: Certificate | None
    begun: CertificateRequest | None
    day: str = ""  # when it was replaced, in words

    @property
    def number(self) -> str:
        """The number to use instead."""
        return (self.replaced_by.number if self.replaced_by else "") or ""


def place(certificate: Certificate) -> Place:
    """Both links of a certificate; three statements."""
    taken = replacement_of(certificate)
    when, policy = certificate.superseded_at, certificate.request.policy
    return Place(
        certificate.replaces, taken, None if taken else open_replacement(certificate),
        day(when.astimezone(ZoneInfo(policy.rules.time_zone)).date()) if when and policy else "",
    )  # fmt: skip


def to_be_replaced(request: CertificateRequest) -> Certificate | None:
    """The certificate in whose place the one of this request is to come, while it is a draft or not decided; None of most."""
    if request.replaces_id is None or request.status not in (RequestStatus.DRAFT, *OPEN_REQUEST):
        return None
    return Certificate.objects.get(certifier_id=request.certifier_id, pk=request.replaces_id)


@dataclass(frozen=True)
class SplitFrom:
    """The certificate whose goods a request is about in part (or the one in its place), and whether they are free.

    `waits`: they are on it, and the version without them is under way. Neither free nor waiting: that version was refused.
    """

    certificate: Certificate
    free: bool
    waits: bool


def split_from(request: CertificateRequest) -> SplitFrom | None:
    """Of what a request was split off; None of most."""
    if request.split_line is None:
        return None
    first = Certificate.objects.get(certifier_id=request.certifier_id, line_id=goods_are_on(request.split_line).pk)
    free = not still_elsewhere(request)
    under_way = first.revisions.filter(certifier_id=first.certifier_id, status__in=OPEN_REVISION)
    return SplitFrom(first, free, not free and under_way.exists())


def split_off(request: CertificateRequest, *, line_id: int | None = None) -> list[CertificateRequest]:
    """Requests for parts of the goods of a request, or of one line of it, oldest first; without the withdrawn ones."""
    found = CertificateRequest.objects.filter(certifier_id=request.certifier_id, split_line__request_id=request.pk)
    if line_id is not None:
        found = found.filter(split_line_id=line_id)
    return list(found.exclude(status=RequestStatus.WITHDRAWN).order_by("pk"))


def waits_for_an_earlier_one(operation: RegistryOperation) -> bool:
    """Operations of one certificate are done in their sequence; those of the one that it replaces before."""
    before = Q(certificate_id=operation.certificate_id, sequence__lt=operation.sequence)
    if operation.kind == OperationKind.ISSUE and operation.certificate.replaces_id:
        before |= Q(certificate_id=operation.certificate.replaces_id)
    elif operation.sequence == 1:
        return False
    waiting = RegistryOperation.objects.filter(before, certifier_id=operation.certifier_id)
    return waiting.exclude(status__in=CLOSED_OPERATION).exists()
