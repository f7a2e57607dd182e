"""The dated record of the shipments under one certificate, as a PDF of its own: a certificate never changes after issue.

Decides how the record looks; what is true is told by the caller. It is English like the certificate, uses the style of
the certificate's first version, and is printed by the same sealed renderer. A character that no shipped font prints
stands as "?", because a record must appear whatever somebody typed beside a truck.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from django.template import Context, Engine

from nopic.certificates.pdf.boxes_v1 import MOCK, Typesetter, day, figures
from nopic.certificates.pdf.engine import ONE_AT_A_TIME, renderer
from nopic.certificates.pdf.fonts import TEMPLATES, clean, missing

STYLE = "v1"
WIDTH = 520  # of the bar, in points
STATUSES = {"planned": "planned", "departed": "left", "arrived": "arrived"}


@dataclass(frozen=True)
class Row:
    """One shipment that stands."""

    number: int
    status: str
    departs_on: date
    kg: Decimal
    lots: tuple[str, ...]
    unit: str
    document: str
    arrived_on: date | None


@dataclass(frozen=True)
class ShipmentRecord:
    """Everything that the record says; weights in kg."""

    number: str
    certifier: str
    exporter: str
    importer: str
    product: str
    hts: str
    cap: Decimal
    shipped: Decimal
    planned: Decimal
    first: date
    last: date
    as_of: datetime
    as_of_words: str
    cancelled: bool
    registry_is_mock: bool
    page_size: str
    rows: Sequence[Row]


def render_record(facts: ShipmentRecord) -> bytes:
    """The PDF. The same facts give the same bytes."""
    set_ = Typesetter()

    def text(value: str) -> Any:
        lost = missing(clean(value))
        return set_("".join("?" if sign in lost else sign for sign in clean(value)))

    scale = Decimal(WIDTH) / facts.cap if facts.cap else Decimal(0)
    left = facts.cap - facts.shipped - facts.planned
    words = {
        "number": facts.number, "certifier": text(facts.certifier), "exporter": text(facts.exporter),
        "importer": text(facts.importer), "product": text(facts.product), "hts": facts.hts,
        "cap": figures(str(facts.cap)), "shipped": figures(str(facts.shipped)), "planned": figures(str(facts.planned)),
        "left": figures(str(left)), "first": day(facts.first.isoformat()), "last": day(facts.last.isoformat()),
        "as_of": facts.as_of_words, "mock": MOCK if facts.registry_is_mock else "",
        "standing": "Not valid for import: cancelled" if facts.cancelled else "",
        "shipped_width": f"{facts.shipped * scale:.2f}", "planned_width": f"{facts.planned * scale:.2f}",
        "width": WIDTH,
        "rows": [
            {
                "number": row.number, "status": STATUSES[row.status], "on": day(row.departs_on.isoformat()),
                "kg": figures(str(row.kg)), "lots": text(", ".join(row.lots)), "unit": text(row.unit),
                "document": text(row.document),
                "arrived": day(row.arrived_on.isoformat()) if row.arrived_on else "",
            }
            for row in facts.rows
        ],
    }  # fmt: skip
    html = _engine().get_template("certificates/shipments_v1.html").render(Context(words))
    with ONE_AT_A_TIME:
        pages = renderer().layout(html, STYLE, facts.page_size)
        identity = sha256(f"{facts.number} {facts.as_of.isoformat()}".encode()).hexdigest()
        return renderer().pdf(pages, identity=identity, attachments={}, at=None)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], autoescape=True)
