"""What waits for the exporter in each request of a list: what staff entered for it, as long as nobody has confirmed it, and
papers that were not accepted, as long as nothing came in their place."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from nopic.documents.models import Ruling
from nopic.documents.statuses import RulingKind
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import SlotView
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus


@dataclass(frozen=True, slots=True)
class Entered:
    """What staff entered for the exporter and waits for it: a draft, or a correction of what was sent."""

    by: str
    asked_by: str
    shown_at: datetime | None  # when the exporter was asked to confirm it


def with_entered(requests: "QuerySet[CertificateRequest]") -> "QuerySet[CertificateRequest]":
    """The same requests, each knowing for `entered` what staff entered; joined, no further statement."""
    return requests.annotate(
        correcting=FilteredRelation("corrections", condition=Q(corrections__closed_at=None)),
        filling=FilteredRelation("on_behalf", condition=Q(on_behalf__confirmed_at=None)),
        entered_by=Coalesce("correcting__staff__name", "filling__staff__name"),
        entered_for=Coalesce("correcting__asked_by", "filling__asked_by"),
        entered_shown_at=Coalesce("correcting__asked_to_confirm_at", "filling__asked_to_confirm_at"),
    )


def entered(request: CertificateRequest) -> Entered | None:
    """What staff entered in a request of `with_entered`, while nobody of the exporter has confirmed it."""
    by: str | None = request.entered_by  # type: ignore[attr-defined]
    if by is None:
        return None
    return Entered(by, request.entered_for, request.entered_shown_at)  # type: ignore[attr-defined]


def with_refused(requests: "QuerySet[CertificateRequest]") -> "QuerySet[CertificateRequest]":
    """The same requests, each knowing for `refused` whether the last word on a paper was "not accepted"; no further statement."""
    of_request = Ruling.objects.filter(certifier_id=OuterRef("certifier_id"), dossier_id=OuterRef("dossier_id"))
    newer = of_request.filter(rule=OuterRef("rule"), subject=OuterRef("subject"), pk__gt=OuterRef("pk"))
    return requests.annotate(
        some_refused=Exists(of_request.filter(~Exists(newer), ruling=RulingKind.NOT_ACCEPTED)),
    )


def refused(request: CertificateRequest) -> list[SlotView]:
    """Rows of an open or recalled request of `with_refused` that are not accepted as they stand; the list is read only
    where the last word on a paper was that."""
    may_stop = request.status in OPEN_REQUEST or (request.status == RequestStatus.DRAFT and request.recalled_at)
    if not (may_stop and request.some_refused):  # type: ignore[attr-defined]
        return []
    return [slot for slot in load(request).slots if slot.state == "refused" and slot.reason]
