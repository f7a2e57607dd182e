"""What a request costs: the facts that its price depends on, taken from the request as it stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from nopic.fees.models import EventKind
from nopic.fees.queries import QUOTED, Shown, of_request
from nopic.fees.quotes import REPLACEMENT, Facts, Quote, only, quote
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
    """Charges as they are shown, with those that wait for a certificate which was refused said to be none; one statement.

    Nothing is written: a second look opens the line again, and then its fee waits as before. What fell due when the
    request was sent stays due.
    """
    waiting = {row.charge.request_id for row in rows if row.state == QUOTED}
    lines = RequestLine.objects.filter(certifier_id=certifier_id, request_id__in=waiting, removed=False)
    known = list(lines.values_list("request_id", "pk", "status")) if waiting else []
    refused = {pk for _request, pk, status in known if status == LineStatus.REFUSED}
    hoped_for = {request_id for request_id, pk, _status in known if pk not in refused}
    return [
        replace(row, state=EventKind.DROPPED.value, why=_("Not approved"))
        if row.state == QUOTED and (row.charge.line_id in refused or row.charge.request_id not in hoped_for)
        else row
        for row in rows
    ]


def charges_of(request: CertificateRequest) -> list[Shown]:
    """What one request is charged, in the order of its fees."""
    return charged(request.certifier_id, of_request(request.certifier_id, request.pk))
