"""What is said of a shipment, and which of its entries stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from nopic.frames.models import Entry, Shipment
from nopic.frames.statuses import EntryKind


@dataclass(frozen=True)
class Said:
    """What somebody says of a shipment: day of departure, net kilograms, lots, container or plate, document."""

    departs_on: date
    kg: Decimal
    lots: tuple[str, ...] = ()
    unit: str = ""
    document: str = ""
    arrived_on: date | None = None

    @classmethod
    def of_shipment(cls, one: Shipment) -> "Said":
        """What stands of a shipment now."""
        return cls(one.departs_on, one.kg, tuple(one.lots), one.unit, one.document, one.arrived_on)

    def stored(self) -> dict[str, Any]:
        """As an entry keeps it."""
        return {
            "departs_on": self.departs_on.isoformat(), "kg": str(self.kg), "lots": list(self.lots), "unit": self.unit,
            "document": self.document, "arrived_on": self.arrived_on.isoformat() if self.arrived_on else None,
        }  # fmt: skip

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Said":
        """Read back from an entry."""
        arrived = stored["arrived_on"]
        return cls(
            date.fromisoformat(stored["departs_on"]), Decimal(stored["kg"]), tuple(stored["lots"]), stored["unit"],
            stored["document"], date.fromisoformat(arrived) if arrived else None,
        )  # fmt: skip


class LooksTheSame(Exception):
    """These shipments look like it: is the one spoken of another than each of them?"""

    def __init__(self, shipments: Sequence[Shipment]) -> None:
        super().__init__(", ".join(map(str, shipments)))
        self.shipments = shipments


def standing_entries(entries: list[Entry]) -> list[Entry]:
    """Entries in order without those that were taken back, and without the taking back."""
    undone = {one.undoes for one in entries if one.undoes is not None}
    return [one for one in entries if one.kind != EntryKind.UNDO and one.sequence not in undone]
