"""Fields of the page "What is new today?": those of three steps that change from one request to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exporters.forms.fields import Field, Writer
from nopic.requests.statuses import Mode
from nopic.requests.steps import Choices
from nopic.requests.steps.products import OWN
from nopic.requests.steps.reading import number

MOST_ROWS = 20  # rows of lots or containers on this page; the steps hold more


@dataclass(frozen=True)
class Goods:
    """One product: its name and its fields."""

    name: str
    fields: list[Field]
    hidden: list[tuple[str, str]]


def when(write: Writer, *, late: bool, hint: str) -> list[Field]:
    """The date, and the reason only when the date is late."""
    fields = [
        write.field(
            "departure_on", _("Earliest date the goods leave the country"), kind="date", box=17, width="n6"
        ),
        write.field(
            "arrival_on", _("Estimated arrival in the United States"), kind="date", box=15, width="n6", needed=False,
            hint=hint,
        ),
    ]  # fmt: skip
    if late or write.raw.get("late_reason"):
        fields.append(write.field("late_reason", _("Why is the request late?"), kind="area"))
    return fields


def goods(write: Writer, lines: Sequence[Mapping[str, Any]], known: Choices) -> list[Goods]:
    """Weight, packages and lots of each product."""
    return [_product(write, at, entry, known) for at, entry in enumerate(lines)]


def _product(write: Writer, at: int, entry: Mapping[str, Any], known: Choices) -> Goods:
    product = known.products.get(number(entry, "item") or 0)
    unit = str(entry.get("unit") or "kg")
    first = f"lines-{at}"
    fields = [
        write.field(f"{first}-net", _("Net weight"), of=entry, key="net", kind="decimal", box=10, width="n4",
                    unit=_("packs") if unit == "pack" else unit),
        write.field(f"{first}-packages", _("Packages"), of=entry, key="packages", kind="numeric", box=11, width="n4"),
        write.field(f"{first}-gross", _("Gross weight"), of=entry, key="gross", kind="decimal", box=11, width="n4",
                    unit="kg" if unit == "pack" else unit),
    ]  # fmt: skip
    hidden = []
    lots = entry.get("lots")
    rows = [lot for lot in lots if isinstance(lot, Mapping)] if isinstance(lots, list) else []
    for row, lot in enumerate((rows or [{}])[:MOST_ROWS]):
        name = f"{first}-lots-{row}"
        chosen = str(lot.get("supplier") or OWN)
        seller = known.suppliers.get(number(lot, "supplier") or 0)
        label = _("Lots bought from %(supplier)s") % {"supplier": seller} if seller else _("Lots of own production")
        fields.append(
            write.field(f"{name}-code", label, of=lot, key="code", box=12,
                        hint=_("Several lots: put a comma between them") if not row else "")
        )  # fmt: skip
        hidden.append((f"{name}-supplier", chosen))
        if lot.get("kg"):
            fields.append(
                write.field(f"{name}-kg", _("Kilograms of this lot"), of=lot, key="kg", kind="decimal", width="n6",
                            needed=False, unit="kg")
            )  # fmt: skip
    words = product.version.wording if product else _("Product %(n)s") % {"n": at + 1}
    return Goods(words, fields, hidden)


def truck(write: Writer, mode: str) -> tuple[list[Field], list[tuple[Field, Field]]]:
    """Plate, vessel or flight and the transport document; containers with their seals."""
    names: dict[str, str] = {
        Mode.SEA: _("Vessel and voyage"),
        Mode.AIR: _("Flight"),
        Mode.ROAD: _("Plate"),
        Mode.RAIL: _("Train or wagon"),
    }
    entries = write.raw.get("containers")
    rows = [row for row in entries if isinstance(row, Mapping)] if isinstance(entries, list) else []
    return [
        write.field("vessel", names.get(mode, _("Vessel and voyage, flight, or plate")), box=14, width="n6", needed=False),
        write.field(
            "transport_document", _("Number of the transport document"), box=14, width="n6", needed=False
        ),
    ], [
        (
            write.field(f"containers-{at}-number", _("Container"), of=row, key="number", box=14, width="n6",
                        needed=False),
            write.field(f"containers-{at}-seal", _("Seal"), of=row, key="seal", box=14, width="n6", needed=False),
        )
        for at, row in enumerate((rows or [{}])[:MOST_ROWS])
    ]  # fmt: skip
