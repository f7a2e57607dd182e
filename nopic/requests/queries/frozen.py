"""What was frozen, in boxes: a request as it was sent, and a certificate as it was approved."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.words import full_day, kg, packages
from nopic.products.statuses import LabelCategory
from nopic.requests.changes import files_in_words, lot_in_words
from nopic.requests.queries.boxes import Box
from nopic.requests.statuses import Coverage, Mode, Treatment

LABELS: dict[str, Promise] = {
    "100_organic": gettext_lazy("100 percent organic"),
    "organic": gettext_lazy("Organic"),
    "made_with": gettext_lazy("Made with organic ingredients"),
}


def of_certificate(data: Mapping[str, Any]) -> list[Box]:
    """The boxes of a certificate from its frozen data (schema nopic-certificate/1), lots in full."""
    product, origin, treated = data["product"], data["origin"], data["treatment"]
    agent, standard = data["certifier"], data["standard"]
    treatment = {"none": _("None")}.get(treated["kind"], treated.get("text") or "")
    return [
        _box(2, _("Coverage"), covers(data["coverage"]), _span(data["coverage"])),
        _box(
            3, _("Certifying agent"), agent.get("legal_name") or agent["name"], agent.get("role_text"), agent["country"]
        ),
        *_parties(data),
        _box(7, _("Product"), product["name"], product.get("brand"), product.get("form")),
        _box(8, _("US tariff code"), data["hts"]),
        _box(9, _("Organic standard"), standard["name"], str(LABELS.get(product["label_category"], ""))),
        *_weights(data),
        _box(13, _("Origin"), ", ".join(filter(None, (origin.get("region"), origin["country"])))),
        *_journey(data),
        _box(16, _("Treatment declared"), treatment),
        _box(17, _("Departure"), _span(data["coverage"])),
        _box(18, _("Documents"), *data["documents"]),
    ]


def covers(coverage: Mapping[str, Any]) -> str:
    """Box 2 in words."""
    return str(Coverage(coverage["kind"]).label) if coverage["kind"] == Coverage.TIME_FRAME else _("Single shipment")


def _weights(data: Mapping[str, Any]) -> list[Box]:
    """Boxes 10 to 12; of a time frame packages and lots stand in the record of its shipments."""
    net = f"{_kg(data['net_weight_kg'])} kg"
    if data["coverage"]["kind"] == Coverage.TIME_FRAME:
        return [
            _box(10, _("Net weight"), _("up to %(weight)s") % {"weight": net}),
            _box(12, _("Packages, lots"), _("In the record of shipments")),
        ]
    packed = data["packages"]
    gross = _("%(kg)s kg gross") % {"kg": _kg(data["gross_weight_kg"])}
    return [
        _box(10, _("Net weight"), net),
        _box(11, _("Packages, gross weight"), packages(packed["count"], packed["kind"]), gross),
        _box(12, _("Lots"), _lots(data["lots"])),
    ]


def of_version(snapshot: Mapping[str, Any]) -> list[Box]:
    """The boxes of a request as it was sent (schema nopic-request/1); boxes 7 to 13 once for each product.

    Everything that the exporter had entered is there; versions from before a value was kept are read without it.
    """
    to, treated, leaves = snapshot["recipients"], snapshot["treatment"], snapshot["departure"]
    kind = str(Treatment(treated["kind"]).label) if treated["kind"] in Treatment.values else ""
    span = _span(coverage) if (coverage := _coverage(snapshot))["first_departure"] else ""
    boxes = [
        _box(2, _("Coverage"), covers(coverage), span),
        *_parties(snapshot, to["importer_email"], to["broker_name"], to["broker_email"]),
    ]
    for line in snapshot["lines"]:
        boxes += _line(line, snapshot.get("standard") or {})
    return [
        *boxes,
        *_journey(snapshot),
        _box(16, _("Treatment declared"), kind, treated["text"]),
        _box(17, _("Departure"), span, leaves["late_reason"], leaves["note"]),
        _box(18, _("Documents"), *(_paper(slot) for slot in snapshot["documents"] if slot["state"] != "missing")),
    ]


def _coverage(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    leaves = snapshot["route"]["departure_on"]
    known: Mapping[str, Any] | None = snapshot.get("coverage")
    return known or {"kind": Coverage.SINGLE, "first_departure": leaves, "last_departure": leaves}


def _line(line: Mapping[str, Any], standard: Mapping[str, Any]) -> list[Box]:
    pk = line["id"]
    packed = packages(line["packages"], line["package_kind"]) if line["packages"] else ""
    gross = _("%(kg)s kg gross") % {"kg": _kg(line["gross_kg"])} if line["gross_kg"] else ""
    harvest = _("Harvest %(year)s") % {"year": line["crop_year"]} if line["crop_year"] else ""
    net = f"{_kg(line['net_kg'])} kg" if line["net_kg"] else ""
    typed = ""
    if net and line["net_unit"] not in ("", "kg"):
        typed = _("typed as %(typed)s") % {"typed": f"{line['net_typed']} {line['net_unit']}"}
    origin = ", ".join(filter(None, (line["origin_region"], line.get("origin_country"))))
    label = dict(LabelCategory.choices).get(line.get("label_category", ""), "")
    return [
        _box(7, _("Product"), line["wording"], line.get("brand"), harvest, line_id=pk),
        _box(8, _("US tariff code"), line["hts"], line_id=pk),
        *([_box(9, _("Organic standard"), standard["name"], str(label), line_id=pk)] if standard else []),
        _box(10, _("Net weight"), net, typed, line_id=pk),
        _box(11, _("Packages, gross weight"), packed, gross, line_id=pk),
        _box(12, _("Lots"), *(lot_in_words(lot) for lot in line["lots"]), line_id=pk),
        _box(13, _("Origin"), origin, line_id=pk),
    ]


def _parties(data: Mapping[str, Any], *recipients: str) -> list[Box]:
    exporter, importer, consignee = data["exporter"], data["importer"], data.get("consignee")
    nop_id = _("NOP ID %(id)s")
    recipient = (consignee["name"], *consignee["address_lines"]) if consignee else (_("As box 5"),)
    return [
        _box(4, _("Exporter"), exporter["name"], *exporter["address_lines"], exporter["country"],
             nop_id % {"id": exporter["nop_id"]}),
        _box(5, _("Importer of record"), importer["name"], *importer["address_lines"],
             nop_id % {"id": importer["nop_id"]}, *recipients),
        _box(6, _("Delivery place / ultimate consignee"), *recipient),
    ]  # fmt: skip


def _journey(data: Mapping[str, Any]) -> list[Box]:
    by, route = data["transport"], data["route"]
    mode = str(Mode(by["mode"]).label) if by["mode"] in Mode.values else ""
    containers = [" ".join(filter(None, (each["number"], each.get("seal")))) for each in by["containers"]]
    place = ", ".join(filter(None, (route["place_of_loading"], route["country_of_loading"])))
    port = " ".join(filter(None, (route.get("port_code"), route["port_of_entry"])))
    return [
        _box(14, _("Transport"), mode, by.get("carrier"), by.get("vessel"), *containers, by.get("document_number")),
        _box(15, _("Route"), place, port, _day(route.get("arrival_on"))),
    ]


def _paper(slot: Mapping[str, Any]) -> str:
    """A row with its files, each with what kind it is said to be; or why there is none, or by which day it comes."""
    said = files_in_words(slot) or slot["reason"]
    if not said and slot.get("due_on"):
        said = _("later, by %(day)s") % {"day": _day(slot["due_on"])}
    return f"{slot['name']}: {said}" if said else str(slot["name"])


def _lots(lots: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{lot['code']} ({_kg(lot['kg'])} kg)" if lot.get("kg") else str(lot["code"]) for lot in lots)


def _span(coverage: Mapping[str, Any]) -> str:
    first, last = _day(coverage["first_departure"]), _day(coverage["last_departure"])
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _day(iso: str | None) -> str:
    return full_day(date.fromisoformat(iso)) if iso else ""


def _kg(plain: str) -> str:
    return kg(Decimal(plain)) if plain else ""


def _box(number: int, title: str, *values: str | None, line_id: int | None = None) -> Box:
    return Box(number, title, tuple(value for value in values if value), "", line_id)
