"""Fields of the products step: one card for each product, with its lots and what is left of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exporters.forms.fields import Field, Writer
from nopic.presentation.bars import Bar, bar
from nopic.presentation.typed import whole
from nopic.presentation.words import kg
from nopic.requests.quantities import PACK, UNITS, QuantityError, as_typed, echo, read_number
from nopic.requests.queries import DrawDown
from nopic.requests.steps import Choices
from nopic.requests.steps.products import OWN, gross_of, net_of


@dataclass(frozen=True)
class Left:
    """What is left of a product after this line: the sentence, the picture, and the amount that would fit."""

    sentence: str
    about: str
    picture: Bar
    over: bool
    fits: str  # kilograms to put in with one press, when it is too much
    fits_words: str = ""


@dataclass(frozen=True)
class LotFields:
    """One lot's fields."""

    code: Field
    kg: Field
    supplier: Field
    proof: Field | None  # where somebody sells lots to this exporter


@dataclass(frozen=True)
class Card:
    """One product's fields."""

    index: int
    line_id: str
    title: str
    hts: str
    item: Field
    fields: list[Field]
    more: list[Field]
    lots: list[LotFields]
    left: Left | None


SHORT = {
    "t": gettext_lazy("t (1,000 kg)"),
    "short_ton": gettext_lazy("short t (2,000 lb)"),
    "long_ton": gettext_lazy("long t (2,240 lb)"),
}


def cards(write: Writer, known: Choices, drawn: Mapping[str, DrawDown]) -> list[Card]:
    """One card for each entry of the form; an empty form has one empty card. `drawn` by the index of the entry."""
    entries = [entry for entry in write.raw.get("lines") or [] if isinstance(entry, Mapping)] or [{}]
    items = [("", _("Choose a product"))] + [
        (str(pk), f"{product.item.code} {product.version.wording}") for pk, product in known.products.items()
    ]
    suppliers = [("", _("Own production"))] + [
        (str(pk), _("Bought from %(name)s") % {"name": one.name}) for pk, one in known.suppliers.items()
    ]
    return [_card(write, known, at, entry, items, suppliers, drawn.get(str(at))) for at, entry in enumerate(entries)]


def _card(
    write: Writer,
    known: Choices,
    at: int,
    entry: Mapping[str, Any],
    items: list[tuple[str, str]],
    suppliers: list[tuple[str, str]],
    drawn: DrawDown | None,
) -> Card:
    product = known.products.get(whole(entry.get("item", "")) or 0)
    name = f"lines-{at}"

    def field(key: str, label: str, **facts: Any) -> Field:
        return write.field(f"{name}-{key}", label, of=entry, key=key, **facts)

    _net, meant = net_of(entry)
    units = [(code, str(SHORT.get(code, code))) for code in UNITS]
    pack = product.version.package_kg if product else None
    packed = product.version.package_kind if product else ""
    region = product.version.origin_region if product else ""
    past = [one for one in product.crop_years if one <= known.today.year] if product else []
    year = str(max(past)) if past else ""
    at_region, at_kind, at_year = f"{name}-origin_region", f"{name}-package_kind", f"{name}-crop_year"
    if pack or meant == PACK:
        units.append(
            (
                PACK,
                _("%(kind)s of %(kg)s kg") % {"kind": packed or _("packages"), "kg": kg(pack)} if pack else _("packs"),
            )
        )
    unit = write.field(f"{name}-unit", _("Unit of the net weight"), of={f"{name}-unit": meant}, options=units)
    lots = entry.get("lots")
    rows: list[Any] = [{"code": lots}] if isinstance(lots, str) else list(lots or [])
    return Card(
        index=at,
        line_id=str(entry.get("id", "")),
        title=product.version.wording if product else _("Product %(n)s") % {"n": at + 1},
        hts=product.version.hts if product else "",
        item=field("item", _("Product on your verified list"), kind="select", box=7, width="n8", options=items),
        fields=[
            replace(
                field("net", _("Net weight"), kind="decimal", box=10, width="n5"),
                beside=unit,
                hint=_echo(entry, pack),
                apart=True,
            ),
            field(
                "packages",
                _("Packages"),
                kind="numeric",
                box=11,
                width="n3 m6",
                apart=True,
                unit=_short_kind(str(entry.get("package_kind") or packed)),
            ),
            _as_meant(
                field(
                    "gross",
                    _("Gross weight"),
                    kind="decimal",
                    box=11,
                    width="n4 m6",
                    apart=True,
                    unit=_gross_unit(meant),
                ),
                entry,
                meant,
            ),
        ],
        more=[
            write.field(
                at_region,
                _("Region of origin"),
                of={at_region: entry.get("origin_region") or region},
                box=13,
                width="n5",
            ),
            write.field(
                at_kind, _("Packed in"), of={at_kind: entry.get("package_kind") or packed}, box=11, width="n4 m6"
            ),
            write.field(
                at_year, _("Harvest year"), of={at_year: entry.get("crop_year") or year}, kind="numeric", width="n3 m6"
            ),
        ],
        lots=[_lot(write, name, n, row, suppliers) for n, row in enumerate(rows or [{}]) if isinstance(row, Mapping)],
        left=left(drawn) if drawn and product else None,
    )


def _lot(write: Writer, line: str, at: int, row: Mapping[str, Any], suppliers: list[tuple[str, str]]) -> LotFields:
    name = f"{line}-lots-{at}"
    supplier = "" if row.get("supplier") == OWN else row.get("supplier", "")
    return LotFields(
        code=write.field(f"{name}-code", _("Lot number"), of=row, key="code", width="n4", apart=True),
        kg=write.field(
            f"{name}-kg",
            _("Kilograms"),
            of=row,
            key="kg",
            kind="decimal",
            unit="kg",
            width="n3 m6",
            apart=True,
        ),
        supplier=write.field(
            f"{name}-supplier",
            _("From"),
            of={"supplier": supplier},
            key="supplier",
            kind="select",
            width="n5 m6",
            options=suppliers,
        ),
        proof=write.field(
            f"{name}-proof",
            _("Transaction certificate or purchase invoice number, if bought"),
            of=row,
            key="proof",
            needed=False,
        )
        if len(suppliers) > 1
        else None,
    )


def _echo(entry: Mapping[str, Any], pack: Any) -> str:
    """What was understood of the net weight, so that a misreading is seen; nothing when it cannot be read."""
    try:
        typed, unit = net_of(entry)
        return echo(read_number(typed), unit, pack)
    except (QuantityError, KeyError):
        return ""


def _as_meant(gross: Field, entry: Mapping[str, Any], net_unit: str) -> Field:
    """The box of the gross weight, which has another unit beside it now, with the one that was there written out."""
    typed, unit = gross_of(entry)
    beside = "kg" if net_unit == PACK else net_unit
    return replace(gross, value=f"{typed} {unit.replace('_', ' ')}") if typed and unit != beside else gross


def _gross_unit(unit: str) -> str:
    """The gross weight is read in the unit of the net weight, and in kilograms beside packs."""
    short = {"t": "t", "lb": "lb", "short_ton": _("short t"), "long_ton": _("long t")}
    return short.get(unit, "kg")


def receives(drawn: Mapping[str, DrawDown], cards_: list[Card]) -> list[tuple[str, str, bool]]:
    """(product, weight, too much) of every certificate that the form asks for."""
    found = []
    for card in cards_:
        mine = drawn.get(str(card.index))
        if card.hts:
            weight = f"{kg(mine.this)} kg" if mine and mine.this else _("weight missing")
            found.append((card.title, weight, bool(mine and mine.over)))
    return found


def removed(raw: Mapping[str, Any], known: Choices) -> list[tuple[int, str]]:
    """(place, words) of every product that was removed and can be put back."""
    found = []
    for at, entry in enumerate(raw.get("removed") or []):
        product = known.products.get(whole(entry.get("item", "")) or 0)
        named = product.version.wording if product else _("A product without a name")
        typed = " ".join(filter(None, net_of(entry))) if entry.get("net") else ""
        found.append((at, f"{named}, {typed}" if typed else named))
    return found


def _short_kind(kind: str) -> str:
    """The kind of packages as it fits beside their number: "bags of 60 kg" are bags."""
    first = re.sub(r"\s+(of\s+)?\d.*$", "", kind)
    return first if first and len(first) <= 10 else _("packages")


def left(drawn: DrawDown) -> Left:
    """The words and the picture of a draw-down."""
    picture = bar(
        used=drawn.certified,
        held=drawn.held_by_others,
        this=drawn.this,
        of=drawn.allocated,
        used_word=_("certified"),
        held_word=_("other open requests"),
        this_word=_("this request"),
    )
    if drawn.over:
        too_much = _("%(kg)s kg too much") % {"kg": kg(drawn.over)}
        return Left(
            sentence=too_much if drawn.allocated else _("No verified quantity for this harvest year"),
            about=_("Verified quantity %(kg)s kg") % {"kg": kg(drawn.allocated)} if drawn.allocated else "",
            picture=picture,
            over=True,
            fits=as_typed(max(drawn.this - drawn.over, Decimal(0))),
            fits_words=kg(max(drawn.this - drawn.over, Decimal(0))),
        )
    if drawn.left is None:
        return Left(_("No verified quantity to watch"), "", picture, over=False, fits="")
    return Left(
        sentence=_("%(kg)s kg left after this request") % {"kg": kg(drawn.left)},
        about=_("Verified quantity %(kg)s kg") % {"kg": kg(drawn.allocated or 0)},
        picture=picture,
        over=False,
        fits="",
    )
