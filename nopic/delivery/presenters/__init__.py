"""A public record in words: boxes for pages, rows for CSV, values for ACE, JSON for machines. Nothing is decided here.

`audience` is "importer" (importer, broker, bearer of a link, exporter) or "public". The public is not told why a
certificate was cancelled nor which document is still outstanding: that is between the parties and the certifier.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from django.conf import settings

from nopic.certificates.models import PublicRecord
from nopic.delivery.presenters.boxes import Box, boxes
from nopic.delivery.queries import Standing, office_day, port_day, stands
from nopic.frames.presenters import Drawn, drawn_of
from nopic.frames.statuses import ShipmentStatus
from nopic.presentation.parts import Part, part
from nopic.presentation.words import day, full_day, plain_kg
from nopic.watch.queries import ROUTING
from nopic.watch.words import routing_in_words

__all__ = ["MOCK", "Box", "Shown", "ace_line", "as_csv", "as_json", "boxes", "for_ace", "harmless", "lots_of", "show"]

MOCK = "MOCK: not valid for customs entry"
COLUMNS = (
    "number", "state", "hts", "net_weight_kg", "lots", "product", "exporter", "importer", "certifier", "issued_at",
    "departure_on", "arrival_on",
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One certificate on a page of an importer, a broker or the bearer of a link."""

    record: PublicRecord
    standing: Standing
    asked: str = ""  # at which of its shipments the table begins

    @property
    def lots(self) -> str:
        """Every lot, as copied into customs' form."""
        return lots_of(self.record)

    @property
    def net(self) -> str:
        """Kilograms as copied."""
        return plain_kg(self.record.data["net_weight_kg"])

    @property
    def shipped_on(self) -> str:
        """The day, in words."""
        return full_day(self.standing.on) if self.standing.on else ""

    @property
    def cancelled_on(self) -> str:
        """The day, in words."""
        when = self.record.cancelled_at
        return day(office_day(self.record, when)) if when else ""

    @property
    def drawn(self) -> Drawn | None:
        """What is left of a time frame, the pace, and when it runs out; None of a single shipment."""
        record = self.record
        if not record.time_frame:
            return None
        first = date.fromisoformat(record.data["coverage"]["first_departure"])
        return drawn_of(
            cap=Decimal(record.data["net_weight_kg"]), shipped=record.shipped_kg, planned=record.planned_kg,
            first=first, last=record.departure_on, today=port_day(record),
        )  # fmt: skip

    @property
    def shipments(self) -> Part[dict[str, Any]]:
        """A part of the shipments that stand, for the table: the day of each in words, and whether it has left."""
        found: Part[dict[str, Any]] = part(self.record.shipments, self.asked)
        rows = [
            {
                **one,
                "on": full_day(date.fromisoformat(one["departs_on"])),
                "word": ShipmentStatus(one["status"]).label,
                "has_left": one["status"] != ShipmentStatus.PLANNED,
                "lots": ", ".join(one["lots"]),
            }
            for one in found.rows
        ]
        return replace(found, rows=rows)

    @property
    def on_the_way(self) -> list[tuple[str, str]]:
        """What was recorded about the way since the certificate was issued: label and value."""
        return [(str(label), routing_in_words(name, self.record.routing[name]))
                for name, label in ROUTING.items() if name in self.record.routing]  # fmt: skip

    @property
    def for_ace(self) -> str:
        """The values in the order of customs' form, separated by tabs."""
        return ace_line(self.record)


def show(record: PublicRecord, wishes: Mapping[str, str] | None = None) -> Shown:
    """A record with its state at this moment; `wishes` of the address say which part `of` whose shipments is shown."""
    wishes = wishes or {}
    return Shown(record, stands(record), wishes.get("from", "") if wishes.get("of") == record.number else "")


def lots_of(record: PublicRecord) -> str:
    """All lot codes, in full."""
    return ", ".join(str(lot["code"]) for lot in record.data["lots"])


def ace_line(record: PublicRecord) -> str:
    """Number, HTS, kilograms, lots; of a time frame one line for each shipment that has left."""
    if record.time_frame:
        left = [one for one in record.shipments if one["status"] != ShipmentStatus.PLANNED]
        return "\n".join(_ace_values(record, one["net_weight_kg"], ", ".join(one["lots"])) for one in left)
    return _ace_values(record, plain_kg(record.data["net_weight_kg"]), lots_of(record))


def _ace_values(record: PublicRecord, weight: str, lots: str) -> str:
    values = (record.number, record.data["hts"], weight, lots)
    return "\t".join(harmless(" ".join(value.split())) for value in values)


def for_ace(records: Iterable[PublicRecord]) -> str:
    """One line for each certificate that may still be used."""
    lines = (ace_line(record) for record in records if stands(record).name != "not_valid")
    return "\n".join(line for line in lines if line)


def as_json(record: PublicRecord, audience: str) -> dict[str, Any]:
    """The record for machines. Weights are strings, days ISO 8601; `certificate` is what the paper says."""
    standing = stands(record)
    found: dict[str, Any] = {
        "schema": "nopic-record/1",
        "number": record.number,
        "state": standing.name,
        "valid_for_import": standing.name != "not_valid",
        "shipped_on": standing.on.isoformat() if standing.on and standing.name == "shipped" else None,
        "issued_at": record.issued_at.isoformat(),
        "version": record.version,
        "revised_at": record.revised_at.isoformat() if record.revised_at else None,
        "cancelled_at": record.cancelled_at.isoformat() if record.cancelled_at else None,
        "superseded_at": record.superseded_at.isoformat() if record.superseded_at else None,
        "replaces": record.replaces or None,
        "replaced_by": record.replaced_by or None,
        "registry_is_mock": settings.OID_IS_MOCK,
        "net_weight_kg": plain_kg(record.data["net_weight_kg"]),
        "hts": record.data["hts"],
        "lots": [str(lot["code"]) for lot in record.data["lots"]],
        "non_organic_kg": plain_kg(record.non_organic_kg),
        "time_frame": record.time_frame,
        "shipped_kg": plain_kg(record.shipped_kg),
        "planned_kg": plain_kg(record.planned_kg),
        "departure_on": record.departure_on.isoformat(),
        "arrival_on": record.arrival_on.isoformat() if record.arrival_on else None,
        "pdf_sha256": record.file_sha256 or None,
        "certificate": record.data,
    }
    if audience == "importer":
        found |= {
            "cancel_reason": record.cancel_reason,
            "final_document_owed": record.final_document_owed,
            "routing": record.routing,
            "shipments": record.shipments,
        }
    return found


def as_csv(records: Iterable[PublicRecord]) -> str:
    """All values quoted, and none that a spreadsheet would run as a formula; with a mark for Excel that it is UTF-8."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for record in records:
        data = record.data
        writer.writerow(
            harmless(value)
            for value in (
                record.number, stands(record).name, data["hts"], plain_kg(data["net_weight_kg"]), lots_of(record),
                data["product"]["name"], data["exporter"]["name"], data["importer"]["name"],
                data["certifier"]["name"], record.issued_at.isoformat(), record.departure_on.isoformat(),
                record.arrival_on.isoformat() if record.arrival_on else "",
            )
        )  # fmt: skip
    return "\ufeff" + out.getvalue()


def harmless(value: str) -> str:
    """The text with an apostrophe in front if a spreadsheet could take it for a formula (OWASP, CSV injection)."""
    risky = value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{value}" if risky else value
