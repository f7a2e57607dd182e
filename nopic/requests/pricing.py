"""What a request costs: the facts that its price depends on, taken from the request as it stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from nopic.fees.models import EventKind
from nopic.fees.queries import QUOTED, Shown, of_request
from nopic.fees.quotes import REPLACEMENT, Facts, Quote, only, quote
from nopic.requests.beside import over
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import Coverage, LineStatus
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules

Line = tuple[int | None, str]  # its id, and the product's name


def quote_of(
    request: CertificateRequest, rules: Rules, now: datetime, lines: Sequence[Line] | None = None
) -> Quote | None:
    """What it costs to send the request at this moment; None where the price list is empty.

    `lines` spares reading them (one statement) where the caller has them at hand.
    """
    if rules.fees.is_free:
        return None
    if request.replaces_id is not None:  # the certificate that it replaces was charged already
        return only(REPLACEMENT, rules.fees.replacement, rules.fees)
    if lines is None:
        lines = list(
            RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, removed=False)
            .exclude(status=LineStatus.WITHDRAWN)
            .order_by("position", "pk")
            .values_list("pk", "item__code")
        )
    office, turnaround = Office(rules), rules.turnaround(request.turnaround)
    departure = request.departure_on
    return quote(
        rules.fees,
        Facts(
            lines=lines,
            turnaround=turnaround.code,
            turnaround_title=turnaround.title,
            several_shipments=request.coverage == Coverage.TIME_FRAME,
            late=departure is not None and office.is_late(now, departure),
            same_day=departure is not None and departure == office.local(now).date(),
        ),
    )


def charged(certifier_id: int, rows: Sequence[Shown]) -> list[Shown]:
    """Charges as they are shown, with those said to be none that wait for a certificate which was refused, or given up
    before it was published; two statements.

    Nothing is written: a second look opens the line again, and then its fee waits as before. What fell due when the
    request was sent stays due.
    """
    waiting = {row.charge.request_id for row in rows if row.state == QUOTED}
    if not waiting:
        return list(rows)
    lines = RequestLine.objects.filter(certifier_id=certifier_id, request_id__in=waiting, removed=False)
    ended = {pk: (of, status) for pk, of, status in lines.filter(over()).values_list("pk", "request_id", "status")}
    hoped_for = set(lines.exclude(over()).values_list("request_id", flat=True))

    def shown(row: Shown) -> Shown:
        mine, line_id = row.charge.request_id, row.charge.line_id
        if row.state != QUOTED or (line_id not in ended and mine in hoped_for):
            return row
        about = [status for pk, (of, status) in ended.items() if (pk == line_id if line_id else of == mine)]
        why = _("Not published") if LineStatus.APPROVED in about else _("Not approved")
        return replace(row, state=EventKind.DROPPED.value, why=why)

    return [shown(row) for row in rows]


def charges_of(request: CertificateRequest) -> list[Shown]:
    """What one request is charged, in the order of its fees."""
    return charged(request.certifier_id, of_request(request.certifier_id, request.pk))
