"""Other requests that name what a request travels in, or lots of it: what the rules about look-alikes compare.

Read once and kept with the facts, so that a decision can be judged again whatever became of the other requests. A draft
is laid beside its exporter's own requests; what was sent, beside those of the whole certifier.
"""

import string
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from nopic.requests.models import CertificateRequest, Lot, RequestLine, RequestVersion, TransportNumber
from nopic.requests.statuses import Coverage, LineStatus, Mode, RequestStatus

MOST_LOTS = 400  # of one exporter's products that leave on one day
MOST = 20  # requests beside one
ENDED = ("cancelled", "superseded", "abandoned")  # certificates: their goods may be asked for again
LEAST = 4  # letters and digits of a number that tells one paper or seal from another
# What people put between the letters and digits of a number. The trigger that keeps TransportNumber does the same.
MARKS = string.punctuation + string.whitespace + "\u00a0\u2007\u202f\u2010\u2011\u2013\u2014"
_COMPACT = str.maketrans(string.ascii_lowercase, string.ascii_uppercase, MARKS)

# A seal and a transport document are used once. The days are those between a departure and one that was moved far.
DAYS_OF_PAPERS = 60
# Containers come back: at sea after the voyage, emptying and the way back, which takes reefers three weeks at the least;
# a wagon within two, a flight's unit within days, a trailer over a land border the next night.
DAYS_OF_UNITS: dict[str, int] = {Mode.SEA: 20, Mode.RAIL: 13, Mode.AIR: 2, Mode.ROAD: 0}


@dataclass(frozen=True)
class Other:
    """A request that shares something with the one looked at: containers, plates, seals, the transport document."""

    reference: str
    status: str
    exporter_id: int
    importer_id: int | None
    importer: str
    departure_on: date
    units: tuple[str, ...]
    papers: tuple[str, ...]  # seals and the transport document

    @property
    def shared(self) -> str:
        """What both name."""
        return ", ".join((*self.units, *self.papers))


@dataclass(frozen=True)
class LotBeside:
    """A lot that a request names which leaves on the same day in the same truck or container."""

    item_id: int
    code: str
    reference: str
    status: str
    importer_id: int | None
    kg: Decimal | None


@dataclass(frozen=True)
class Beside:
    """Everything that was found beside a request."""

    others: list[Other]
    lots: list[LotBeside]


def look(request: CertificateRequest, items: Collection[int]) -> Beside:
    """One statement where nothing names the same, four at most; `items`: the products of which the request names lots."""
    if request.departure_on is None or request.coverage == Coverage.TIME_FRAME:
        return Beside([], [])
    naming = _naming(request)
    if not naming.exists():  # nearly always
        return Beside([], [])
    near = _near(request, request.departure_on, naming)
    return Beside(_others(request, request.departure_on, near), _lots(request, items, near))


def plainly(text: str) -> str:
    """A number or code without its spaces, in capitals."""
    return "".join(text.split()).upper()


def compactly(text: str) -> str:
    """The number of a unit, seal or paper as it is compared: without spaces, hyphens and the like, in capitals."""
    return text.translate(_COMPACT)


def transport_units(request: CertificateRequest) -> dict[str, str]:
    """What the goods travel in, by its plain form: container numbers, and by road or rail the plate as well."""
    plate = {compactly(request.vessel): request.vessel} if request.mode in (Mode.ROAD, Mode.RAIL) else {}
    return {plain: unit for plain, unit in {**_containers(request), **plate}.items() if plain}


def _containers(request: CertificateRequest) -> dict[str, str]:
    numbers = [str(each.get("number") or "") for each in request.containers]
    return {compactly(number): number for number in numbers if compactly(number)}


def _papers(request: CertificateRequest) -> dict[str, str]:
    named = [str(each.get("seal") or "") for each in request.containers]
    known = {compactly(number): number for number in (*named, request.transport_document)}
    return {plain: number for plain, number in known.items() if len(plain) >= LEAST}


# While questions are open, the columns hold what is being typed; what counts is what was sent last.
_SENT = Case(
    When(
        status=RequestStatus.QUESTIONS_OPEN,
        then=Subquery(
            RequestVersion.objects.filter(certifier_id=OuterRef("certifier_id"), request_id=OuterRef("pk"))
            .order_by("-number")
            .values("snapshot")[:1]
        ),
    )
)


def over(line: str = "") -> Q:
    """Products that come to nothing any more, and whose goods may be asked for again; `line`: the way to it, "line__"."""
    status, certificate = f"{line}status__in", f"{line}certificate__status__in"
    return Q(**{status: (LineStatus.REFUSED, LineStatus.WITHDRAWN)}) | Q(**{certificate: ENDED})


Near = dict[CertificateRequest, Mapping[str, Any] | None]  # a request → its version sent last, while questions are open


def _naming(request: CertificateRequest) -> QuerySet[TransportNumber]:
    """Where a unit, seal or paper of the request is named by another."""
    named = transport_units(request).keys() | _papers(request).keys()
    same = TransportNumber.objects.filter(certifier_id=request.certifier_id, plain__in=sorted(named))
    return same.exclude(request_id=request.pk)


def _near(request: CertificateRequest, day: date, naming: QuerySet[TransportNumber]) -> Near:
    """What names the same and leaves within the days that matter, each as it was sent last."""
    near = timedelta(days=DAYS_OF_PAPERS)
    standing = RequestLine.objects.filter(
        certifier_id=request.certifier_id, request_id=OuterRef("pk"), removed=False
    ).exclude(over())
    own = Q(exporter_id=request.exporter_id)
    found = (
        CertificateRequest.objects.filter(
            Q(departure_on__range=(day - near, day + near)) | Q(status=RequestStatus.QUESTIONS_OPEN),
            certifier_id=request.certifier_id,
            coverage=Coverage.SINGLE,
            pk__in=naming.values("request_id"),
        )
        .filter(own if request.status == RequestStatus.DRAFT else own | ~Q(status=RequestStatus.DRAFT))
        .annotate(sent=_SENT)
        .filter(Q(status=RequestStatus.DRAFT) | Exists(standing))
        .exclude(status=RequestStatus.WITHDRAWN)
    )
    sent_first = Case(When(status=RequestStatus.DRAFT, then=1), default=0)
    rows = found.select_related("importer", "replaces_line", "split_line").order_by(sent_first, "-pk")[: MOST * 5]
    for row in rows:
        _read_as_sent(row, row.sent)
    return {row: row.sent for row in rows if row.departure_on and abs(row.departure_on - day) <= near}


def _others(request: CertificateRequest, day: date, near: Near) -> list[Other]:
    apart = [row for row in near if not _belong_together(request, row)]
    return [other for row in apart if (other := _shared(request, day, row)).shared][:MOST]


def _read_as_sent(row: CertificateRequest, sent: Mapping[str, Any] | None) -> None:
    if sent is not None:
        by, leaves = sent["transport"], sent["route"]["departure_on"]
        row.mode, row.vessel, row.containers = by["mode"], by.get("vessel") or "", by["containers"]
        row.transport_document = by.get("document_number") or ""
        row.departure_on = date.fromisoformat(leaves) if leaves else row.departure_on


def _belong_together(one: CertificateRequest, other: CertificateRequest) -> bool:
    """Whether one stands in the place of the other's certificate, or was split off it."""
    pairs = ((one, other), (other, one))
    return any(line and line.request_id == b.pk for a, b in pairs for line in (a.replaces_line, a.split_line))


def _shared(request: CertificateRequest, day: date, row: CertificateRequest) -> Other:
    assert row.departure_on is not None  # noqa: S101 - found by its day
    days = abs((row.departure_on - day).days)
    here, there = (_containers(one) if days else transport_units(one) for one in (request, row))
    comes_back = days > DAYS_OF_UNITS.get(request.mode, 0)
    papers, their_papers = _papers(request), _papers(row)
    return Other(
        row.reference, row.status, row.exporter_id, row.importer_id, row.importer.name if row.importer else "",
        row.departure_on, () if comes_back else tuple(here[plain] for plain in sorted(here.keys() & there.keys())),
        tuple(papers[plain] for plain in sorted(papers.keys() & their_papers.keys())),
    )  # fmt: skip


def _lots(request: CertificateRequest, items: Collection[int], near: Near) -> list[LotBeside]:
    """What stands in the place of a certificate has that one's lots, and a time frame names them later."""
    mine = transport_units(request).keys()
    if not mine or not items or request.replaces_id:
        return []
    others = (
        Lot.objects.filter(
            certifier_id=request.certifier_id, line__item_id__in=items, line__removed=False,
            line__request__exporter_id=request.exporter_id, line__request__departure_on=request.departure_on,
            line__request__coverage=Coverage.SINGLE, line__request__replaces_id=None,
        )
        .exclude(line__request_id=request.pk)
        .exclude(line__request__status__in=(RequestStatus.WITHDRAWN, RequestStatus.QUESTIONS_OPEN))
        .exclude(over("line__"))
        .select_related("line__request")
        .order_by("-pk")[:MOST_LOTS]
    )  # fmt: skip
    rows = [lot for lot in others if mine & transport_units(lot.line.request).keys()]
    alone = Counter(lot.line_id for lot in rows)  # a line of one lot is that lot
    return [
        LotBeside(
            lot.line.item_id or 0, plainly(lot.code), lot.line.request.reference, lot.line.request.status,
            lot.line.request.importer_id,
            lot.line.net_kg if lot.kg is None and alone[lot.line_id] == 1 else lot.kg,
        )
        for lot in rows
    ] + _lots_as_sent(request, items, near)  # fmt: skip


def _lots_as_sent(request: CertificateRequest, items: Collection[int], near: Near) -> list[LotBeside]:
    """Lots of requests with open questions, of which the rows hold what is being typed."""
    mine = transport_units(request).keys()
    rows = {
        row: sent["lines"]
        for row, sent in near.items()
        if sent
        and (row.exporter_id, row.departure_on, row.replaces_id) == (request.exporter_id, request.departure_on, None)
        and mine & transport_units(row).keys()
    }
    if not rows:
        return []
    lines = RequestLine.objects.filter(certifier_id=request.certifier_id, request__in=list(rows))
    standing = set(lines.exclude(over()).values_list("pk", flat=True))
    return [
        LotBeside(
            line["item"], plainly(lot["code"]), row.reference, row.status, row.importer_id,
            Decimal(kg) if (kg := lot["kg"] or (line["net_kg"] if len(line["lots"]) == 1 else None)) else None,
        )
        for row, told in rows.items()
        for line in told
        if line["id"] in standing and line["item"] in items
        for lot in line["lots"]
    ]  # fmt: skip
