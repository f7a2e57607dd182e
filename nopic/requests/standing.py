"""What waits for the exporter in each request of a list: what staff entered for it, as long as nobody has confirmed it, and
papers that were not accepted, as long as nothing came in their place."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, JSONObject

from nopic.documents.models import Document, Ruling
from nopic.documents.statuses import RulingKind
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import OPEN_REQUEST


@dataclass(frozen=True, slots=True)
class Entered:
    """What staff entered for the exporter and waits for it: a draft, or a correction of what was sent."""

    by: str
    asked_by: str
    shown_at: datetime | None  # when the exporter was asked to confirm it


@dataclass(frozen=True, slots=True)
class RefusedPaper:
    """One row of the document list with the reviewer's reason."""

    rule: str
    reason: str


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
    """The same requests, each knowing for `refused` what was decided last about its papers; no further statement."""
    standing = Document.objects.filter(
        certifier_id=OuterRef("certifier_id"), dossier_id=OuterRef("dossier_id"), rule=OuterRef("rule"),
        subject=OuterRef("subject"), removed_at=None,
    )  # fmt: skip
    newest = (
        Ruling.objects.filter(certifier_id=OuterRef("certifier_id"), dossier_id=OuterRef("dossier_id"))
        .order_by("rule", "subject", "-pk")
        .distinct("rule", "subject")
    )
    told = JSONObject(
        rule="rule", ruling="ruling", reason="reason", files="files", there=ArraySubquery(standing.values("pk"))
    )
    return requests.annotate(rulings=ArraySubquery(newest.values(told=told)))


def refused(request: CertificateRequest) -> list[RefusedPaper]:
    """What was not accepted of an open request of `with_refused`: the newest ruling, about the files that stand there now."""
    if request.status not in OPEN_REQUEST:
        return []
    return [
        RefusedPaper(told["rule"], told["reason"])
        for told in request.rulings  # type: ignore[attr-defined]
        if told["ruling"] == RulingKind.NOT_ACCEPTED and set(told["files"]) == set(told["there"])
    ]
