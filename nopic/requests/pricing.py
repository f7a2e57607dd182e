"""What a request costs: the facts that its price depends on, taken from the request as it stands."""

from collections.abc import Sequence
from datetime import datetime

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
