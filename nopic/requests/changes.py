"""What changed between two sendings of a request, box by box, with both sides (schema nopic-request/1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nopic.presentation.words import full_day, kg
from nopic.requests.statuses import Coverage, Mode, Treatment
from nopic.tenants.policy import TRANSPORT_KINDS

Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One box that says something else now. `line_id` when it belongs to a line; "" is a side that says nothing."""

    box: str
    title: str
    old: str
    new: str
    line_id: int | None = None
    product: str = ""

    @property
    def place(self) -> str:
        """The key under which the request notes that it changed: "10:4711", or "15" of the whole request."""
        return f"{self.box}:{self.line_id}" if self.line_id else self.box


def changes(old: Snapshot, new: Snapshot) -> list[Change]:
    """Every box that differs, in the order of the certificate; a product that came or went with all of its boxes."""
    found = []
    names = {line["id"]: str(line.get("wording") or "") for side in (old, new) for line in side.get("lines") or []}
    before, after = dict(_boxes(old)), dict(_boxes(new))
    for key in {**before, **after}:
        box, title, line_id = key
        was, is_now = before.get(key, ""), after.get(key, "")
        if was != is_now:
            found.append(Change(box, title, was, is_now, line_id, names.get(line_id, "") if line_id else ""))
    return sorted(found, key=lambda each: (int(each.box), each.line_id or 0))


def _boxes(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str, int | None], str]]:
    """Box, its title and its line, with what it says in words."""
    importer, to, route, by, consignee = (
        snapshot.get(name) or {} for name in ("importer", "recipients", "route", "transport", "consignee")
    )
    yield ("5", _("Importer of record"), None), _said(importer.get("name"), importer.get("nop_id"))
    yield ("5", _("Recipients"), None), _said(to.get("importer_email"), to.get("broker_name"), to.get("broker_email"))
    yield (
        ("6", _("Delivery place / ultimate consignee"), None),
        _said(consignee.get("name"), *(consignee.get("address_lines") or [])),
    )
    for line in snapshot.get("lines") or []:
        for box, title, text in _line(line):
            yield (box, title, line["id"]), text
    containers = [_said(each.get("number"), each.get("seal")) for each in by.get("containers") or []]
    mode = str(Mode(by["mode"]).label) if by.get("mode") in Mode.values else ""
    yield (
        ("14", _("Transport"), None),
        _said(mode, by.get("carrier"), by.get("vessel"), *containers, by.get("document_number")),
    )
    start = _said(route.get("place_of_loading"), route.get("country_of_loading"))
    yield ("15", _("Route"), None), _said(start, route.get("port_of_entry"), _day(route.get("arrival_on")))
    coverage = snapshot.get("coverage") or {}
    yield ("2", _("Coverage"), None), str(Coverage(coverage.get("kind") or Coverage.SINGLE).label)
    treated = snapshot.get("treatment") or {}
    kind = str(Treatment(treated["kind"]).label) if treated.get("kind") in Treatment.values else ""
    yield ("16", _("Treatment declared"), None), _said(kind, treated.get("text"))
    departure = snapshot.get("departure") or {}
    last = coverage.get("last_departure") if coverage.get("kind") == Coverage.TIME_FRAME else None
    yield (
        ("17", _("Departure"), None),
        _said(_day(route.get("departure_on")), _day(last), departure.get("late_reason"), departure.get("note")),
    )
    for slot in snapshot.get("documents") or []:
        said = files_in_words(slot, hashes=True) or _said(slot.get("reason"), _day(slot.get("due_on")))
        yield ("18", str(slot.get("name", "")), None), said


def _line(line: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield "7", _("Product"), _said(line.get("wording"), line.get("brand"), line.get("crop_year"))
    yield "8", _("US tariff code"), str(line.get("hts") or "")
    yield "10", _("Net weight"), _weight(line.get("net_kg"))
    yield "11", _("Packages"), _said(line.get("packages"), line.get("package_kind"), between=" ")
    yield "11", _("Gross weight"), _weight(line.get("gross_kg"))
    yield "12", _("Lots"), _said(*(lot_in_words(lot) for lot in line["lots"] or []))
    yield "13", _("Origin"), _said(line.get("origin_region"), line.get("origin_country"))


def lot_in_words(lot: Mapping[str, Any]) -> str:
    """A lot with its kilograms, from whom it was bought and what proves it."""
    bought = _said(lot.get("supplier"), lot.get("proof"))
    weight = _weight(lot.get("kg"))
    return _said(lot.get("code"), f"({weight})" if weight else "", bought, between=" ")


def files_in_words(slot: Mapping[str, Any], *, hashes: bool = False) -> str:
    """The files of a row, each with what kind it is said to be; `hashes` tells two of one name apart."""
    return _said(*(_file(each, hashes=hashes) for each in slot.get("files") or []))


def _file(file: Mapping[str, Any], *, hashes: bool) -> str:
    kind = TRANSPORT_KINDS.get(file.get("kind") or "", "")
    return _said(file["name"], str(kind).lower(), f"({str(file['sha256'])[:8]})" if hashes else "", between=" ")


def _said(*parts: object, between: str = ", ") -> str:
    return between.join(str(part) for part in parts if part not in (None, ""))


def _weight(plain: str | None) -> str:
    return _("%(kg)s kg") % {"kg": kg(Decimal(plain))} if plain else ""


def _day(iso: str | None) -> str:
    return full_day(date.fromisoformat(iso)) if iso else ""
