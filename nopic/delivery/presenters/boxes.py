"""The boxes of the paper as a page of its record shows them, with its numbers and in its order."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from nopic.certificates.models import PublicRecord
from nopic.presentation.words import full_day, kg, packages

WHOLE_LOT = 34  # letters of a lot with its weight that fit on one line of a phone
MODES = {"sea": lazy("By sea"), "air": lazy("By air"), "road": lazy("By road"), "rail": lazy("By rail")}
LABELS = {
    "100_percent_organic": lazy("100 percent organic"),
    "organic": lazy("Organic"),
    "made_with_organic": lazy("Made with organic ingredients"),
}


@dataclass(frozen=True)
class Box:
    """One box of the certificate on a page."""

    number: int
    title: str
    value: str
    details: tuple[str, ...] = ()
    whole: bool = False  # as wide as the sheet
    pieces: tuple[tuple[str, bool], ...] = ()  # instead of the value: texts, and whether each stays on one line


def boxes(record: PublicRecord) -> list[Box]:
    """The boxes of the paper, with its numbers and in its order, lots in full."""
    data = record.data
    agent, exporter, importer = data["certifier"], data["exporter"], data["importer"]
    handler, consignee = data.get("final_handler"), data.get("consignee")
    first, last = _day(data["coverage"]["first_departure"]), _day(data["coverage"]["last_departure"])
    found = [
        Box(
            2,
            _("Coverage"),
            _("Several shipments in a time frame") if is_time_frame(data) else _("Single shipment"),
            _some(
                _("Issued on %(day)s") % {"day": full_day(record.issued_at.date())},
                _("Version %(n)s of %(day)s") % {"n": record.version, "day": full_day(record.version_day)}
                if record.version_day
                else "",
                str((data.get("revision") or {}).get("remarks") or ""),
            ),
        ),
        Box(
            3,
            _("Certifying agent"),
            agent.get("legal_name") or agent["name"],
            _some(agent["role_text"], agent["country"]),
        ),
        Box(
            4,
            _("Exporter") if handler else _("Exporter, final certified handler"),
            exporter["name"],
            _some(exporter["country"], _nop_id(exporter["nop_id"])),
        ),
    ]
    if handler:
        by = _("Certified by %(agent)s") % {"agent": handler["certifier"]}
        found.append(Box(4, _("Final certified handler"), handler["name"], _some(_nop_id(handler["nop_id"]), by)))
    found += [
        Box(
            5, _("Importer of record"), importer["name"], _some(*importer["address_lines"], _nop_id(importer["nop_id"]))
        ),
        Box(
            6,
            _("Delivery place / ultimate consignee"),
            consignee["name"] if consignee else _("As box 5"),
            _some(*consignee["address_lines"]) if consignee else (),
        ),
        *_goods(data),
        *_journey(data, first, last),
        Box(18, _("Documents reviewed"), ", ".join(data["documents"]), whole=True),
        Box(19, _("Statement"), data["statement"], _some(data["decided_by"]["name"]), whole=True),
    ]
    return _without_gaps(found)


def _without_gaps(found: list[Box]) -> list[Box]:
    """The boxes in two columns: one that would stand alone in its row is as wide as the sheet."""
    laid: list[Box] = []
    left = False  # the box before stands in the left column
    for at, one in enumerate(found):
        alone = not left and (at + 1 == len(found) or found[at + 1].whole)
        laid.append(replace(one, whole=one.whole or alone))
        left = not left and not laid[-1].whole
    return laid


def _goods(data: dict[str, Any]) -> list[Box]:
    product, origin = data["product"], data["origin"]
    brand = _("Brand %(brand)s") % {"brand": product["brand"]} if product.get("brand") else ""
    crop = _("Harvest %(year)s") % {"year": product["crop_year"]} if product.get("crop_year") else ""
    processed = origin.get("last_processing_country")
    return [
        Box(7, _("Product"), product["name"], _some(brand, product.get("form"), crop, str(LABELS.get(product["label_category"], "")))),
        Box(8, _("US tariff code (HTS)"), data["hts"]),
        Box(9, _("Organic standard"), data["standard"]["name"], _some(data["standard"]["basis"])),
        *_weights(data),
        Box(
            13, _("Origin"), origin["country"],
            _some(origin.get("region"), _("Last processed in %(country)s") % {"country": processed} if processed else ""),
        ),
    ]  # fmt: skip


def is_time_frame(data: dict[str, Any]) -> bool:
    """Whether a certificate is for several shipments, each recorded by itself."""
    return bool(data["coverage"]["kind"] == "time_frame")


def _weights(data: dict[str, Any]) -> list[Box]:
    """Boxes 10 to 12; of a time frame packages and lots stand in the record of its shipments."""
    net = f"{kg(data['net_weight_kg'])} kg"
    if is_time_frame(data):
        return [
            Box(10, _("Net weight"), _("up to %(weight)s") % {"weight": net}),
            Box(12, _("Packages, lots"), _("In the record of shipments")),
        ]
    packed = data["packages"]
    lots = [f"{lot['code']} ({kg(lot['kg'])} kg)" if lot.get("kg") else str(lot["code"]) for lot in data["lots"]]
    return [
        Box(10, _("Net weight"), net),
        Box(
            11, _("Packages"), packages(packed["count"], packed["kind"]),
            (_("Gross weight %(kg)s kg") % {"kg": kg(data["gross_weight_kg"])},),
        ),
        Box(
            12, ngettext("Lot (%(n)s)", "Lots (%(n)s)", len(lots)) % {"n": len(lots)},
            ", ".join(lots), whole=True, pieces=tuple((lot, len(lot) <= WHOLE_LOT) for lot in lots),
        ),
    ]  # fmt: skip


def _journey(data: dict[str, Any], first: str, last: str) -> list[Box]:
    transport, route, treatment = data["transport"], data["route"], data["treatment"]
    containers = ", ".join(
        f"{one['number']} ({_('seal %(seal)s') % {'seal': one['seal']}})" if one.get("seal") else str(one["number"])
        for one in transport.get("containers", [])
    )
    arrival = _("Arriving about %(day)s") % {"day": _day(route["arrival_on"])} if route.get("arrival_on") else ""
    means = ", ".join(
        filter(None, (str(MODES.get(transport["mode"], "")), transport.get("vessel"), transport.get("carrier")))
    )
    return [
        Box(
            14, _("Transport"), means,
            _some(containers, transport.get("document_number")), whole=True,
        ),
        Box(
            15, _("Route"), _("%(from)s to %(to)s") % {"from": route["place_of_loading"], "to": route["port_of_entry"]},
            _some(arrival),
        ),
        Box(16, _("Treatment declared by the exporter"), treatment.get("text") or _("None")),
        Box(17, _("Valid for"), _departure(first, last)),
    ]  # fmt: skip


def _departure(first: str, last: str) -> str:
    if first == last:
        return _("Departure %(day)s") % {"day": first}
    return _("Departure from %(first)s to %(last)s") % {"first": first, "last": last}


def _some(*parts: str | None) -> tuple[str, ...]:
    return tuple(part for part in parts if part)


def _nop_id(digits: str) -> str:
    return _("NOP ID %(id)s") % {"id": digits}


def _day(iso: str) -> str:
    return full_day(date.fromisoformat(iso))
