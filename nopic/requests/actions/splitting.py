"""Beginning a request for the part of a certificate's goods that leaves later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from nopic.requests.actions.copying import WAY, everything_of
from nopic.requests.actions.drafting import revise, start
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.quantities import as_typed
from nopic.requests.steps.products import OWN
from nopic.tenants.models import Importer, User
from nopic.workflow.audit import record
from nopic.workflow.transitions import Overtaken

_CLASS = ("coverage", "turnaround")


@dataclass(frozen=True)
class Part:
    """What leaves later.

    `lots` as (code, kilograms above 0); gross kilograms and packages are None where the certificate names none, or one package;
    `containers` as {number, seal}; the new day of departure as far as it is known.
    """

    lots: Sequence[tuple[str, Decimal]]
    gross_kg: Decimal | None
    packages: int | None
    containers: Sequence[Mapping[str, str]] = ()
    departure_on: date | None = None

    @property
    def net_kg(self) -> Decimal:
        """Kilograms of all its lots."""
        return sum((weight for _code, weight in self.lots), Decimal(0))


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
    transport, departure = found.get("transport", {}), found.get("departure", {})
    day = part.departure_on.isoformat() if part.departure_on else ""
    return {
        "departure": {
            **{name: departure[name] for name in _CLASS if name in departure}, "departure_on": day, "late_reason": "",
        },
        "importer": found.get("importer", {}),
        "products": {"lines": [{**each, **_goods(line, part)} for each in found["products"]["lines"]]},
        "transport": {
            **{name: transport[name] for name in WAY if name in transport},
            "containers": [dict(each) for each in part.containers],
        },
    }  # fmt: skip


def _goods(line: RequestLine, part: Part) -> dict[str, Any]:
    """Weights and lots of one product in kilograms, whichever unit the first request was typed in."""
    known = {lot.code: lot for lot in line.lots.all()}
    lots = []
    for code, weight in part.lots:
        lot = known.get(code)
        supplier = str(lot.supplier_id) if lot and lot.supplier_id else OWN
        lots.append({"code": code, "kg": as_typed(weight), "supplier": supplier, "proof": lot.proof if lot else ""})
    return {
        "net": as_typed(part.net_kg), "unit": "kg", "gross": as_typed(part.gross_kg) if part.gross_kg else "",
        "packages": str(part.packages or ""), "lots": lots,
    }  # fmt: skip
