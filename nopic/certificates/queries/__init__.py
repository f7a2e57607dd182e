"""What lists and pages ask about certificates. Newest first, by keyset: page 5,000 costs what page 1 costs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Value

from nopic.certificates import policies
from nopic.certificates.models import Certificate, PublicRecord, RegistryAttempt, RegistryOperation, Revision
from nopic.certificates.queries.versions import compared, open_version, versions, wishes_to_cancel
from nopic.certificates.statuses import CLOSED_OPERATION, CertificateStatus, Channel, RevisionStatus
from nopic.oid.numbers import WrongFormat, read_certificate_number
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import Coverage
from nopic.tenants.models import RegistryCredential
from nopic.workflow.clock import now

__all__ = [
    "PAGE",
    "UNDERWAY",
    "WAITING_LONG",
    "Attention",
    "Evidence",
    "Page",
    "attention",
    "by_id",
    "compared",
    "evidence",
    "find",
    "for_certifier",
    "for_exporter",
    "for_request",
    "is_valid",
    "open_frames",
    "open_version",
    "record_printed_at",
    "registry_key",
    "state",
    "versions",
    "waiting_counts",
    "wishes_to_cancel",
]

PAGE = 50
UNDERWAY = (CertificateStatus.PENDING, CertificateStatus.ISSUING, CertificateStatus.NEEDS_ATTENTION)
WAITING_LONG = timedelta(minutes=15)  # an operation still open after this is shown, although nothing is wrong yet


@dataclass(frozen=True)
class Page:
    """One page of a list; `after` is the id to ask the next page with, or None at the end."""

    certificates: Sequence[Certificate]
    after: int | None


@dataclass(frozen=True)
class Attention:
    """One certificate that a person should look at, with the evidence: every exchange with the registry."""

    certificate: Certificate
    why: str  # empty: it only waits longer than usual
    operation: RegistryOperation | None
    attempts: Sequence[RegistryAttempt]
    since: datetime


def state(certificate: Certificate, today: date | None = None) -> str:
    """The one word for a certificate, as the table of statuses knows it.

    `cancelled` from the moment that the cancellation was asked for; `shipped` when its single shipment has left, by
    the rule of `policies.left_on`; of a time frame `used_up` when its last kilogram has left, `ended` when its last
    day of departure has passed. `today` is the office's day, which spares a list the policy of every request.
    """
    if certificate.status != CertificateStatus.ISSUED:
        return certificate.status
    if certificate.cancel_requested_at:
        return CertificateStatus.CANCELLED
    if policies.is_time_frame(certificate):
        if certificate.used_up_on:
            return "used_up"
        ended = today and policies.departure_of(certificate) < today
        return "ended" if ended else CertificateStatus.ISSUED
    has_left = policies.said_left(certificate) or (today and policies.departure_of(certificate) < today)
    return "shipped" if has_left else CertificateStatus.ISSUED


def is_valid(certificate: Certificate) -> bool:
    """Issued, and nobody has asked to cancel it."""
    return certificate.status == CertificateStatus.ISSUED and certificate.cancel_requested_at is None


def for_certifier(
    certifier_id: int,
    *,
    search: str = "",
    requests: Collection[int] = (),
    state: str = "",
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """All certificates of a certifier, or those of a number, or of the `requests` that the same words found."""
    return _page(_of(certifier_id), certifier_id, search, requests, state, after, limit)


def for_exporter(
    certifier_id: int,
    exporter_id: int,
    *,
    search: str = "",
    requests: Collection[int] = (),
    state: str = "",
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """The certificates of one exporter."""
    found = _of(certifier_id).filter(request__certifier_id=certifier_id, request__exporter_id=exporter_id)
    return _page(found, certifier_id, search, requests, state, after, limit)


def for_request(request: CertificateRequest) -> list[Certificate]:
    """The certificates of one request, in the order of its lines."""
    return list(
        _of(request.certifier_id)
        .filter(request_id=request.pk)
        .prefetch_related(Prefetch("files"))
        .order_by("line__position")
    )


def record_printed_at(certificate: Certificate) -> datetime | None:
    """When the newest record of its shipments was printed; None before the first."""
    mine = PublicRecord.objects.filter(certifier_id=certificate.certifier_id, certificate_id=certificate.pk)
    found: datetime | None = mine.values_list("record_at", flat=True).first()
    return found


def at_a_glance(certifier_id: int, exporter_id: int, today: date, newest: int) -> tuple[Sequence[Certificate], ...]:
    """An exporter's newest certificates; and those, at most twenty, under which a shipment may leave. One statement."""
    own = Certificate.objects.filter(certifier_id=certifier_id, request__exporter_id=exporter_id)
    own = own.filter(request__certifier_id=certifier_id).order_by("-pk")
    frames = _in_state(own, CertificateStatus.ISSUED).filter(request__coverage=Coverage.TIME_FRAME)
    frames = frames.filter(request__last_departure_on__gte=today).order_by("request__last_departure_on")
    keys = own.values("pk")[:newest].union(frames.values("pk")[:20])
    rows = list(_of(certifier_id).filter(pk__in=keys).order_by("-pk"))
    valid = [one for one in rows if policies.is_time_frame(one) and is_valid(one)]
    return rows[:newest], [one for one in valid if policies.departure_of(one) >= today]


def by_id(certifier_id: int, certificate_ids: Collection[int]) -> dict[int, Certificate]:
    """Certificates with what a list shows of them; one statement."""
    return {one.pk: one for one in _of(certifier_id).filter(pk__in=list(certificate_ids))}


def find(certifier_id: int, certificate_id: int, *, exporter_id: int | None = None) -> Certificate | None:
    """One certificate with what its page shows; None when it is not this certifier's, or not this exporter's."""
    found = _of(certifier_id).filter(pk=certificate_id)
    if exporter_id is not None:
        found = found.filter(request__exporter_id=exporter_id)
    return found.select_related("request__policy", "replaces", "approved_by", "cancel_requested_by").first()


@dataclass(frozen=True)
class Evidence:
    """One call owed to the registry, with every exchange about it."""

    operation: RegistryOperation
    attempts: Sequence[RegistryAttempt]


def evidence(certificate: Certificate) -> list[Evidence]:
    """What was tried for a certificate, oldest first; two statements."""
    operations = list(certificate.operations.filter(certifier_id=certificate.certifier_id).order_by("sequence"))
    tried: dict[int, list[RegistryAttempt]] = {operation.pk: [] for operation in operations}
    for attempt in RegistryAttempt.objects.filter(
        certifier_id=certificate.certifier_id, operation__in=operations
    ).order_by("pk"):
        tried[attempt.operation_id].append(attempt)
    return [Evidence(operation, tried[operation.pk]) for operation in operations]


def attention(certifier_id: int) -> list[Attention]:
    """What needs a person, oldest first, then what merely waits long. A fixed number of statements."""
    late = now() - WAITING_LONG
    waiting = (
        RegistryOperation.objects.filter(certifier_id=certifier_id, created_at__lt=late, channel=Channel.HTTP)
        .exclude(status__in=CLOSED_OPERATION)
        .values("certificate_id")
    )
    found = list(
        _of(certifier_id)
        .filter(~Q(attention="") | Q(pk__in=waiting))
        .prefetch_related(
            Prefetch("operations", RegistryOperation.objects.filter(certifier_id=certifier_id).order_by("sequence"))
        )
        .order_by("pk")[:200]
    )
    attempts: dict[int, list[RegistryAttempt]] = {}
    for attempt in RegistryAttempt.objects.filter(
        certifier_id=certifier_id, operation__certificate_id__in=[one.pk for one in found]
    ).order_by("pk"):
        attempts.setdefault(attempt.operation_id, []).append(attempt)
    shown = [_attention(one, attempts) for one in found]
    return sorted(shown, key=lambda one: (not one.why, one.since))


def _attention(certificate: Certificate, attempts: dict[int, list[RegistryAttempt]]) -> Attention:
    operations = list(certificate.operations.all())
    current = next((one for one in operations if one.status not in CLOSED_OPERATION), None)
    made = [attempt for one in operations for attempt in attempts.get(one.pk, [])]
    since = made[-1].at if made else certificate.approved_at
    return Attention(certificate, certificate.attention, current, made, since)


def waiting_counts(certifier_id: int) -> dict[str, int]:
    """How many certificates need a person, revisions wait for a decision and wishes to cancel for an answer; one statement."""
    waiting: dict[str, QuerySet[Any]] = {
        "attention": Certificate.objects.filter(certifier_id=certifier_id).exclude(attention=""),
        "revisions": Revision.objects.filter(certifier_id=certifier_id, status=RevisionStatus.REQUESTED),
        "wishes": wishes_to_cancel(),
    }
    each = [
        found.order_by().values(what=Value(name)).annotate(n=Count("*")).values_list("what", "n")
        for name, found in waiting.items()
    ]
    return dict.fromkeys(waiting, 0) | dict(each[0].union(*each[1:], all=True))


def registry_key(certifier_id: int) -> str:
    """What the banner of the staff says about the certifier's key at the registry: ok, missing or rejected."""
    credential = RegistryCredential.objects.filter(certifier_id=certifier_id).first()
    if credential is None:
        return "missing"
    return "rejected" if credential.rejected_at else "ok"


def _of(certifier_id: int) -> QuerySet[Certificate]:
    return Certificate.objects.filter(certifier_id=certifier_id).select_related(
        "request__exporter", "importer", "line__version"
    )


def _page(
    found: QuerySet[Certificate],
    certifier_id: int,
    search: str,
    requests: Collection[int],
    wanted: str,
    after: int | None,
    limit: int,
) -> Page:
    found = _in_state(found, wanted)
    if words := search.strip():
        found = found.filter(_matches(words, requests))
    if after is not None:
        found = found.filter(pk__lt=after)
    # The keys first, from this table alone, and every table with its certifier: what policies leave PostgreSQL can only
    # guess (measured: 1 row for 39,000), and it would join a certifier's whole history to sort it.
    keys = found.order_by("-pk").values("pk")[: limit + 1]  # a limit is never flattened into the join around it
    same = {f"{path}__certifier_id": certifier_id for path in ("request", "request__exporter", "line")}
    rows = list(_of(certifier_id).filter(pk__in=keys, **same).order_by("-pk"))
    return Page(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def _in_state(found: QuerySet[Certificate], wanted: str) -> QuerySet[Certificate]:
    if wanted == CertificateStatus.CANCELLED:
        return found.filter(Q(status=wanted) | Q(status=CertificateStatus.ISSUED, cancel_requested_at__isnull=False))
    if wanted == CertificateStatus.ISSUED:
        return found.filter(status=wanted, cancel_requested_at=None)
    if wanted == "attention":
        return found.exclude(attention="")
    if wanted == "revision":
        return found.filter(pk__in=Revision.objects.filter(status=RevisionStatus.REQUESTED).values("certificate_id"))
    if wanted == "wish":
        return found.filter(pk__in=wishes_to_cancel().values("certificate_id"))
    if wanted == "underway":
        return found.filter(status__in=UNDERWAY)
    return found.filter(status=wanted) if wanted else found


def _matches(words: str, requests: Collection[int]) -> Q:
    """A whole number; else what begins with it as a range (LIKE has no index under row-level security), or a request."""
    try:
        return Q(number=read_certificate_number(words))
    except WrongFormat:
        return Q(number__gte=words, number__lt=words + "~") | Q(request_id__in=list(requests))
