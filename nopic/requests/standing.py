"""What staff entered for an exporter in each request of a list, for as long as the exporter has not confirmed it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from nopic.requests.models import CertificateRequest


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
