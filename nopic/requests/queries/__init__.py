"""What pages show of a request: the list, the summary in the order of the certificate, the document list, the pictures.

Every function takes a number of statements that does not grow with the number of rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from nopic.documents.models import Document
from nopic.ledger.models import Account
from nopic.products.models import ProductVersion
from nopic.requests import facts as loading
from nopic.requests.checks.parties import exporter_is_certified
from nopic.requests.facts import Facts
from nopic.requests.lending import lent
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.requests.queries.boxes import Box, summary
from nopic.requests.queries.frozen import of_certificate, of_version
from nopic.requests.slots import SlotView
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.requests.timing import Ruler, promise, ruler
from nopic.tenants.models import Exporter
from nopic.workflow.clock import now as the_present

__all__ = [
    "Box",
    "DrawDown",
    "Ruler",
    "SlotView",
    "came_back",
    "documents",
    "drawdown",
    "drawdown_of",
    "drawdowns",
    "for_exporter",
    "is_untouched",
    "last_sent",
    "leaves_on",
    "may_say_more",
    "of_certificate",
    "of_version",
    "promise",
    "returned",
    "ruler",
    "summary",
    "why_not_start",
    "with_lines",
    "with_returns",
]


def for_exporter(exporter_id: int, *, certifier_id: int | None = None) -> "QuerySet[CertificateRequest]":
    """An exporter's requests, newest first, with importer and lines (`request.standing_lines`), three statements in all.

    Each line has its item with all versions (`line.item.versions.all()`), so that a draft's product has its wording. What
    was sent of those that are being changed is `request.sent`, a snapshot.
    """
    versions = RequestVersion.objects.filter(certifier_id=certifier_id, request_id=OuterRef("pk"))
    sent = versions.filter(number=OuterRef("turn")).values("snapshot")[:1]
    return with_lines(
        CertificateRequest.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id)
        .annotate(sent=Case(When(status=RequestStatus.QUESTIONS_OPEN, then=Subquery(sent))))
        .order_by("-pk")
    )


def with_lines(requests: "QuerySet[CertificateRequest]") -> "QuerySet[CertificateRequest]":
    """Requests with what a list shows of them."""
    lines = (
        RequestLine.objects.filter(removed=False)
        .select_related("version", "item")
        .prefetch_related(Prefetch("item__versions", queryset=ProductVersion.objects.order_by("-number")))
        .order_by("position")
    )
    return requests.select_related("importer", "contact", "exporter", "reviewer").prefetch_related(
        Prefetch("lines", queryset=lines, to_attr="standing_lines")
    )


def came_back(request: CertificateRequest) -> RequestVersion | None:
    """The version that was sent back to the exporter, while it is being changed; one statement, or none."""
    if not request.turn or request.status != RequestStatus.DRAFT:
        return None
    versions = RequestVersion.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    return versions.defer("snapshot").filter(number=request.turn, returned_at__isnull=False).first()


_SAYS_MORE = (RequestStatus.DRAFT, RequestStatus.QUESTIONS_OPEN, RequestStatus.WITHDRAWN)


def may_say_more(request: CertificateRequest) -> bool:
    """Whether a request that was sent may say what nobody has sent: it is with its exporter, staff correct it, or it was
    withdrawn meanwhile.
    """
    return bool(request.turn) and request.status in _SAYS_MORE


def last_sent(request: CertificateRequest) -> RequestVersion | None:
    """The version that was sent last, where the request may say what nobody has sent. None where it says what was sent;
    one statement at most.
    """
    if not may_say_more(request):
        return None
    versions = RequestVersion.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    return versions.filter(number=request.turn).first()


def leaves_on(request: CertificateRequest, sent: Mapping[str, Any] | None) -> date | None:
    """The day of departure that was sent (a snapshot), or was declared since with a reason; never one that is only typed."""
    if sent is None or sent["departure"]["note"] != request.departure_note:
        return request.departure_on
    said = sent["route"]["departure_on"]
    return date.fromisoformat(said) if said else None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a draft came back with."""

    points: list[dict[str, str]]  # as in RequestVersion.return_points
    at: datetime


def with_returns(requests: "QuerySet[CertificateRequest]") -> "QuerySet[CertificateRequest]":
    """The same requests, each knowing for `returned` what it came back with; joined, no further statement."""
    last = Q(versions__number=F("turn"), versions__returned_at__isnull=False)
    return requests.annotate(
        back=FilteredRelation("versions", condition=last),
        back_points=F("back__return_points"),
        back_at=F("back__returned_at"),
    )


def returned(request: CertificateRequest) -> Returned | None:
    """What a request of `with_returns` came back with, while it is being changed."""
    at: datetime | None = request.back_at  # type: ignore[attr-defined]
    if at is None or request.status != RequestStatus.DRAFT:
        return None
    return Returned(request.back_points, at)  # type: ignore[attr-defined]


def is_untouched(request: CertificateRequest, version: RequestVersion | None) -> bool:
    """Whether nothing was saved, added or removed since the version came back."""
    if version is None or version.returned_at is None or request.saved_at > version.returned_at:
        return False
    since = Q(uploaded_at__gt=version.returned_at) | Q(removed_at__gt=version.returned_at)
    files = Document.objects.filter(since, certifier_id=request.certifier_id, dossier_id=request.dossier_id)
    return not files.exists()


def documents(request: CertificateRequest) -> list[SlotView]:
    """The document list of the request, in the policy's order, with files and answers."""
    return loading.load(request).slots


@dataclass(frozen=True, slots=True)
class DrawDown:
    """Kilograms of one product and harvest year, seen from one line. `allocated` and `left` None: there is no cap."""

    allocated: Decimal | None
    certified: Decimal
    held_by_others: Decimal
    this: Decimal
    left: Decimal | None  # after this line; never below 0
    over: Decimal  # beyond the verified quantity


def drawdown(line: RequestLine) -> DrawDown:
    """The bar of one saved line; what earlier lines of the same request ask for counts as held by others."""
    drawn = drawdowns(line.request).get(line.pk)
    return drawn or _drawn(None, line.net_kg or Decimal(0), Decimal(0), Decimal(0))


def drawdowns(request: CertificateRequest, facts: Facts | None = None) -> dict[int, DrawDown]:
    """The bars of all lines of a request, by line id, in a fixed number of statements."""
    facts = facts or loading.load(request)
    return {
        each.line.pk: _drawn(
            each.account, each.line.net_kg or Decimal(0), each.own_held, facts.asked_before(each), each.lent
        )
        for each in facts.lines
    }


def drawdown_of(
    *, request: CertificateRequest, item_id: int, crop_year: int, kg: Decimal, line_id: int | None = None
) -> DrawDown:
    """The bar while somebody types: `kg` of a product, for a line that may not be saved yet."""
    account = Account.objects.filter(
        certifier_id=request.certifier_id, item_id=item_id, crop_year=crop_year, item__exporter_id=request.exporter_id
    ).first()
    same = Q(certifier_id=request.certifier_id, request_id=request.pk, item_id=item_id, crop_year=crop_year)
    earlier = RequestLine.objects.filter(same, removed=False, status=LineStatus.OPEN).order_by("position", "pk")
    others = Decimal(0)
    for each in earlier:
        if each.pk == line_id:
            break
        others += each.net_kg or Decimal(0)
    return _drawn(account, kg, Decimal(0), others, lent(request, account))


def _drawn(
    account: Account | None, this: Decimal, own_held: Decimal, others: Decimal, lent_kg: Decimal = Decimal(0)
) -> DrawDown:
    """`lent_kg` are of the certificate that the request replaces: they are this one's then, and counted once."""
    allocated = account.allocated if account else Decimal(0)
    certified = max((account.issued if account else Decimal(0)) - lent_kg, Decimal(0))
    held = (account.held if account else Decimal(0)) - own_held + others
    rest = None if allocated is None else allocated - certified - held - this
    return DrawDown(
        allocated=allocated,
        certified=certified,
        held_by_others=held,
        this=this,
        left=None if rest is None else max(rest, Decimal(0)),
        over=Decimal(0) if rest is None else max(-rest, Decimal(0)),
    )


def date_is_fixed(request: CertificateRequest) -> bool:
    """Whether the day of departure cannot be moved any more: a line was approved, and its certificate names that day."""
    approved = RequestLine.objects.filter(
        certifier_id=request.certifier_id, request_id=request.pk, removed=False, status=LineStatus.APPROVED
    )
    return request.status == RequestStatus.DECIDED or approved.exists()


def why_not_start(exporter: Exporter) -> str:
    """Why this exporter may not start a request today, or nothing: the rule that will judge it when it is sent."""
    moment = the_present()
    rules = loading.policy_of(exporter.certifier_id, moment).rules
    blank = CertificateRequest(certifier=exporter.certifier, exporter=exporter)
    found = exporter_is_certified(Facts(request=blank, rules=rules, now=moment, lines=[]), "draft")
    return found[0].sentence if found else ""
