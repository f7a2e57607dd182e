"""The keying sheets of one request, and which requests wait for somebody to key or to confirm."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from nopic.certificates import policies, standing
from nopic.certificates.assisted.actions import PAPER, slot_of
from nopic.certificates.assisted.comparing import Compared, compare, text_of
from nopic.certificates.assisted.sheet import Row, rows
from nopic.certificates.models import Certificate, RegistryEntry, RegistryOperation
from nopic.certificates.statuses import CLOSED_OPERATION, Channel, OperationStatus
from nopic.documents.models import Document
from nopic.requests.models import CertificateRequest
from nopic.tenants.models import User

MOST = 200  # requests on the list of what waits


@dataclass(frozen=True)
class Card:
    """One operation on the sheet: what to key, how far it is, and what was entered before."""

    certificate: Certificate
    operation: RegistryOperation
    rows: Sequence[Row]
    entry: RegistryEntry | None  # what waits for the second person
    taken_back: Sequence[RegistryEntry]
    paper: Document | None
    compared: Sequence[Compared] | None  # None: no PDF, or its text is not there yet
    against: Sequence[str]  # why it may not be begun
    why_not_confirm: Sequence[str]

    @property
    def step(self) -> str:
        """`start`, `enter`, `confirm`, or `later` while an earlier operation of the certificate is open."""
        if self.operation.status == OperationStatus.PENDING:
            return "later" if standing.waits_for_an_earlier_one(self.operation) else "start"
        return "confirm" if self.entry else "enter"


@dataclass(frozen=True)
class Waiting:
    """One request with open work by hand."""

    request: CertificateRequest
    to_key: int
    to_confirm: int


def cards(request: CertificateRequest, *, by: User) -> list[Card]:
    """The open operations of a request by hand, in the order of its lines."""
    found = (
        _open(request.certifier_id)
        .filter(certificate__request_id=request.pk)
        .select_related(
            "certificate__request__policy", "certificate__request__exporter", "certificate__request__importer",
            "certificate__request__contact", "certificate__request__certifier", "certificate__line__account",
        )
        .order_by("certificate__line__position", "sequence")
    )  # fmt: skip
    operations = list(found)
    entries: dict[int, list[RegistryEntry]] = {one.pk: [] for one in operations}
    for entry in (
        RegistryEntry.objects.filter(certifier_id=request.certifier_id, operation__in=operations)
        .select_related("entered_by", "withdrawn_by", "confirmed_by")
        .order_by("pk")
    ):
        entries[entry.operation_id].append(entry)
    papers = {
        one.subject: one
        for one in Document.objects.filter(
            certifier_id=request.certifier_id, dossier_id=request.dossier_id, rule=PAPER, removed_at=None
        ).order_by("pk")
    }
    return [_card(one, entries[one.pk], papers.get(slot_of(one).subject), by) for one in operations]


def card_of(found: Sequence[Card], operation_id: int | None) -> Card | None:
    """The card of one operation."""
    return next((one for one in found if one.operation.pk == operation_id), None)


def waiting(certifier_id: int) -> list[Waiting]:
    """Requests with open work by hand, the next departure first. Two statements."""
    counted = {
        row["certificate__request_id"]: (row["to_key"], row["to_confirm"])
        for row in _open(certifier_id)
        .annotate(entered=_ENTERED)
        .values("certificate__request_id")
        .annotate(to_confirm=Count("pk", filter=Q(entered=True)), to_key=Count("pk", filter=Q(entered=False)))
        .order_by()[:MOST]
    }
    requests = (
        CertificateRequest.objects.filter(certifier_id=certifier_id, pk__in=list(counted))
        .select_related("exporter", "importer", "contact")
        .order_by("departure_on", "pk")
    )
    return [Waiting(one, *counted[one.pk]) for one in requests]


def waiting_count(certifier_id: int) -> int:
    """How many operations wait for somebody by hand; one statement."""
    return _open(certifier_id).count()


def waits(certificate: Certificate) -> bool:
    """Whether something of this certificate waits for somebody by hand; one statement."""
    return _open(certificate.certifier_id).filter(certificate_id=certificate.pk).exists()


_ENTERED = Exists(
    RegistryEntry.objects.filter(
        certifier_id=OuterRef("certifier_id"), operation_id=OuterRef("pk"), withdrawn_at=None, confirmed_at=None
    )
)


def _open(certifier_id: int) -> QuerySet[RegistryOperation]:
    return RegistryOperation.objects.filter(certifier_id=certifier_id, channel=Channel.ASSISTED).exclude(
        status__in=CLOSED_OPERATION
    )


def _card(operation: RegistryOperation, entries: list[RegistryEntry], paper: Document | None, by: User) -> Card:
    certificate = operation.certificate
    entry = next((one for one in entries if one.confirmed_at is None and one.withdrawn_at is None), None)
    text = text_of(paper) if paper else None
    fresh = operation.status == OperationStatus.PENDING
    return Card(
        certificate=certificate,
        operation=operation,
        rows=rows(certificate, operation),
        entry=entry,
        taken_back=[one for one in entries if one.withdrawn_at],
        paper=paper,
        compared=None if text is None else compare(certificate, operation, entry.number if entry else "", text),
        against=policies.obstacles_to_start(operation) if fresh else [],
        why_not_confirm=policies.obstacles_to_confirm(entry, by=by) if entry else [],
    )
