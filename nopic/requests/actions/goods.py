"""The goods of a certificate as answers of a new draft: what leaves later, or what a replacement begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from nopic.requests.models import RequestLine
from nopic.requests.quantities import as_typed
from nopic.requests.steps.products import OWN


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


@dataclass(frozen=True)
class Present:
    """What a certificate says by now where that is not what was asked for: the goods of a later version, else None; and
    what was recorded on the way (answers of the transport step).
    """

    net_kg: Decimal | None = None
    gross_kg: Decimal | None = None
    packages: int | None = None
    lots: Sequence[tuple[str, Decimal | None]] = ()
    way: Mapping[str, Any] = field(default_factory=dict)


def typed(
    line: RequestLine, *, net_kg: Decimal, gross_kg: Decimal | None, packages: int | None,
    lots: Sequence[tuple[str, Decimal | None]],
) -> dict[str, Any]:  # fmt: skip
    """Weights and lots of one product in kilograms, whichever unit the first request was typed in; each lot's seller stays."""
    known = {lot.code: lot for lot in line.lots.all()}
    rows = []
    for code, weight in lots:
        lot = known.get(code)
        supplier = str(lot.supplier_id) if lot and lot.supplier_id else OWN
        kg = as_typed(weight) if weight is not None else ""
        rows.append({"code": code, "kg": kg, "supplier": supplier, "proof": lot.proof if lot else ""})
    return {
        "net": as_typed(net_kg), "unit": "kg", "gross": as_typed(gross_kg) if gross_kg else "",
        "packages": str(packages or ""), "lots": rows,
    }  # fmt: skip
