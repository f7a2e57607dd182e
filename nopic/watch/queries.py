"""What a certificate's goods are doing now, and whom a concern reaches: open requests and live certificates by impact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from nopic.certificates import policies as certificates
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus
from nopic.requests.models import CertificateRequest, Lot, RequestLine
from nopic.requests.statuses import RequestStatus
from nopic.watch.models import Concern, ConcernDecision, OwedDocument, OwedState, RoutingChange, TreatmentReport
from nopic.watch.words import routing_in_words

ROUTING: Final[dict[str, str | Promise]] = {
    "carrier": lazy("Carrier"),
    "vessel": lazy("Vessel and voyage, flight, or plate"),
    "containers": lazy("Containers and seals"),
    "transport_document": lazy("Transport document number"),
    "arrival_on": lazy("Arrival"),
}
# Goods are on their way, or just entering, for so long after they were to arrive. Our choice: no rule names a number.
AFTER_ARRIVAL = timedelta(days=30)
LIVE = (
    CertificateStatus.PENDING,
    CertificateStatus.ISSUING,
    CertificateStatus.NEEDS_ATTENTION,
    CertificateStatus.ISSUED,
)
# Of a request line: the importer on its certificate, whose NOP ID may have been corrected, or else on its request.
IMPORTER: Final = Coalesce("certificate__importer_id", "request__importer_id")
ENDED = (RequestStatus.DECIDED, RequestStatus.WITHDRAWN)


def current_routing(certificate: Certificate) -> dict[str, Any]:
    """Routing as certified, with what was recorded since; days as ISO text, "" where nothing is known."""
    transport, route = certificate.data["transport"], certificate.data["route"]
    certified = {
        "carrier": transport.get("carrier") or "",
        "vessel": transport.get("vessel") or "",
        "containers": transport.get("containers") or [],
        "transport_document": transport.get("document_number") or "",
        "arrival_on": route.get("arrival_on") or "",
    }
    return {**certified, **certificate.routing}


@dataclass(frozen=True)
class Rerouted:
    """One recorded change; `words` are label, what it was, what it is."""

    change: RoutingChange
    words: tuple[tuple[str, str, str], ...]


def routing_changes(certificate: Certificate) -> list[Rerouted]:
    """What was recorded on the way, newest first."""
    return [
        Rerouted(
            one,
            tuple(
                (str(ROUTING[name]), routing_in_words(name, old), routing_in_words(name, new))
                for name, (old, new) in one.changes.items()
            ),
        )
        for one in certificate.routing_changes.filter(certifier_id=certificate.certifier_id).order_by("-pk")
    ]


def treatment_reports(certificate: Certificate) -> list[TreatmentReport]:
    """What was reported about treatments, newest first."""
    return list(certificate.treatment_reports.filter(certifier_id=certificate.certifier_id).order_by("-pk"))


def open_concerns(certifier_id: int) -> list[Concern]:
    """What a person has to settle, newest first."""
    return list(
        Concern.objects.filter(certifier_id=certifier_id, settled_at=None)
        .select_related("exporter", "importer", "supplier", "item__exporter")
        .order_by("-noticed_at", "-pk")
    )


def reached_lines(concern: Concern) -> Q:
    """Which request lines a concern reaches."""
    match concern.kind:
        case "exporter":
            return Q(request__exporter_id=concern.exporter_id)
        case "importer":
            return Q(Exact(IMPORTER, concern.importer_id))
        case "product":
            return Q(item_id=concern.item_id)
    sold = Lot.objects.filter(certifier_id=concern.certifier_id, line=OuterRef("pk"), supplier_id=concern.supplier_id)
    return Q(Exists(sold))


@dataclass(frozen=True)
class Reached:
    """One live certificate under a concern. `at_stake`: 0 not left, 1 a time frame that runs, 2 on its way."""

    certificate: Certificate
    at_stake: int
    decision: ConcernDecision | None


@dataclass(frozen=True)
class Impact:
    """What a concern reaches, what can still be stopped first."""

    concern: Concern
    requests: Sequence[CertificateRequest]
    certificates: Sequence[Reached]

    @property
    def undecided(self) -> int:
        """Live certificates about which nobody has decided."""
        return sum(1 for one in self.certificates if one.decision is None)


def impact(concern: Concern, today: date) -> Impact:
    """Open requests and live certificates that a concern reaches; five statements."""
    lines = RequestLine.objects.filter(reached_lines(concern), certifier_id=concern.certifier_id, removed=False)
    requests = (
        CertificateRequest.objects.filter(certifier_id=concern.certifier_id, turn__gt=0, lines__in=lines)
        .exclude(status__in=ENDED)
        .select_related("exporter", "importer")
        .distinct()
        .order_by("departure_on", "pk")
    )
    decisions: dict[int, ConcernDecision] = {
        one.certificate_id: one
        for one in ConcernDecision.objects.filter(certifier_id=concern.certifier_id, concern=concern).order_by("pk")
    }
    live = [one for one in live_certificates(concern.certifier_id, lines) if is_live(one, today)]
    reached = [Reached(one, _at_stake(one, today), decisions.get(one.pk)) for one in live]
    reached.sort(key=lambda one: (one.at_stake, certificates.departure_of(one.certificate), one.certificate.pk))
    return Impact(concern, list(requests[:200]), reached)


def live_certificates(certifier_id: int, lines: "QuerySet[RequestLine]") -> "QuerySet[Certificate]":
    """Certificates of some lines that are neither cancelled nor over by their status."""
    return (
        Certificate.objects.filter(
            certifier_id=certifier_id, line__in=lines, status__in=LIVE, cancel_requested_at__isnull=True
        )
        .select_related("request__exporter", "request__policy", "importer", "line__version")
        .prefetch_related(Prefetch("line__lots"))
    )


def is_live(certificate: Certificate, today: date) -> bool:
    """Whether goods may still leave under it, or are on their way."""
    if not certificate.number or certificates.departure_of(certificate) >= today:
        return True
    arrival = certificates.arrival_of(certificate)
    return arrival is None or arrival + AFTER_ARRIVAL >= today


def _at_stake(certificate: Certificate, today: date) -> int:
    coverage = certificate.data["coverage"]
    first = date.fromisoformat(coverage["first_departure"])
    if first > today and certificates.said_left(certificate) is None:
        return 0
    return 1 if coverage["kind"] == "time_frame" and certificates.departure_of(certificate) >= today else 2


OWED_PAGE = 50
LATE = "late"  # owed, and its day has passed


def owed_documents(
    certifier_id: int, *, state: str, today: date, after: tuple[date, int] | None, limit: int = OWED_PAGE
) -> list[OwedDocument]:
    """What certified requests still owe, by days to arrival; keyset pages over (wanted_on, id)."""
    found = OwedDocument.objects.filter(certifier_id=certifier_id).exclude(state=OwedState.CLOSED)
    if state == LATE:
        found = found.filter(state=OwedState.OWED, due_on__lt=today)
    elif state:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(Q(wanted_on__gt=after[0]) | Q(wanted_on=after[0], pk__gt=after[1]))
    return list(found.select_related("request__exporter", "request__importer").order_by("wanted_on", "pk")[: limit + 1])


def owed_counts(certifier_id: int, today: date) -> dict[str, int]:
    """How many are open, how many came and wait for a look, how many are overdue; one statement."""
    is_open = OwedDocument.objects.filter(certifier_id=certifier_id).exclude(state=OwedState.CLOSED)
    return is_open.aggregate(
        all=Count("pk"),
        came=Count("pk", filter=Q(state=OwedState.CAME)),
        overdue=Count("pk", filter=Q(state=OwedState.OWED, due_on__lt=today)),
    )


def owed_of(request: CertificateRequest) -> list[OwedDocument]:
    """What one request owes or has sent without anybody having looked, soonest first."""
    mine = OwedDocument.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    return list(mine.exclude(state=OwedState.CLOSED).order_by("due_on", "pk"))


def owed_by_exporter(certifier_id: int, exporter_id: int, limit: int) -> list[OwedDocument]:
    """What one exporter has still to send, soonest first."""
    mine = OwedDocument.objects.filter(
        certifier_id=certifier_id, request__exporter_id=exporter_id, state=OwedState.OWED
    )
    return list(mine.select_related("request__certifier").order_by("due_on", "pk")[:limit])
