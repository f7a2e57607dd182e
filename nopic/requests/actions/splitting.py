"""Beginning a request for the part of a certificate's goods that leaves later."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from nopic.requests.actions.copying import WAY, everything_of
from nopic.requests.actions.drafting import revise, start
from nopic.requests.actions.goods import Part, typed
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.models import Importer, User
from nopic.workflow.audit import record
from nopic.workflow.transitions import Overtaken

_CLASS = ("coverage", "turnaround")


@transaction.atomic
def start_split(
    *, line: RequestLine, part: Part, stays_kg: Decimal, importer: Importer, by: User, key: UUID | None = None
) -> CertificateRequest:
    """A new draft with the answers behind `line`, of its goods only `part`; `stays_kg` of them stay where they are.

    Places are the same, `importer` is the certificate's; vessel, arrival, transport document and papers are new. The same `key` again is the
    same draft; Overtaken when it began another one.
    """
    request = start(exporter=line.request.exporter, by=by, key=key)
    if request.split_line_id == line.pk:
        return request
    if request.turn or request.raw:
        raise Overtaken(request)
    request.copied_from, request.split_line, request.split_stays_kg = line.request, line, stays_kg
    request.save(update_fields=["copied_from", "split_line", "split_stays_kg"])
    for step, raw in _answers(line, part, importer).items():
        revise(request=request, step=step, raw=raw, revision=request.revision, by=by)
    record(request, "split off", by=by, old=line.request.reference, new=request.reference, kg=str(part.net_kg))
    return request


def _answers(line: RequestLine, part: Part, importer: Importer) -> dict[str, dict[str, Any]]:
    """The answers by step, as somebody would type them."""
    found = everything_of(line, importer)
    goods = typed(line, net_kg=part.net_kg, gross_kg=part.gross_kg, packages=part.packages, lots=part.lots)
    transport, departure = found.get("transport", {}), found.get("departure", {})
    day = part.departure_on.isoformat() if part.departure_on else ""
    return {
        "departure": {
            **{name: departure[name] for name in _CLASS if name in departure}, "departure_on": day, "late_reason": "",
        },
        "importer": found.get("importer", {}),
        "products": {"lines": [{**each, **goods} for each in found["products"]["lines"]]},
        "transport": {
            **{name: transport[name] for name in WAY if name in transport},
            "containers": [dict(each) for each in part.containers],
        },
    }  # fmt: skip
