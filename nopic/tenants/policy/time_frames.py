# ruff: noqa: RUF009 setting() makes a dataclass field, which is what that rule asks for
"""Certificates for several shipments in a time frame: who may have one, for how long and how much, and what follows.

QCS lets an exporter ship "in several shipments within a specified period"; Certisys sets the period for each operation;
Primus gives them for a designated quantity. None of them says how long: the bounds are the certifier's own.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read

NO, BY_ARRANGEMENT, YES = "no", "by_arrangement", "yes"
BEFORE, AFTER = "before_departure", "after_departure"
LONGEST: Final = 366  # days
MOST_KG: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class TimeFrames:
    """``by_arrangement``: an exporter asks, and staff grant a period and a weight for one product.

    ``warn_at`` are per cent of the weight that are left. ``record`` says when a shipment must be recorded: before it
    leaves, or within ``record_days`` working days after; so many days after the last departure the account is closed,
    too. ``report_days`` before the end the exporter is asked to complete the actual weights.
    """

    allowed: str = read.setting(
        BY_ARRANGEMENT, label=gettext_lazy("Several shipments in a time frame"),
        reads=read.one_of(NO, BY_ARRANGEMENT, YES),
    )  # fmt: skip
    max_days: int = read.setting(
        92, label=gettext_lazy("Longest time frame"), reads=read.whole_number(1, LONGEST), hint=gettext_lazy("Days.")
    )
    max_kg: Decimal = read.setting(
        Decimal(240_000),
        label=gettext_lazy("Largest weight of a time frame"),
        reads=read.weight(MOST_KG),
        hint=gettext_lazy("Kilograms."),
    )
    warn_at: tuple[int, ...] = read.setting(
        (15, 5), label=gettext_lazy("Warn when so many per cent are left"),
        reads=read.list_of(read.whole_number(1, 90), most=5),
    )  # fmt: skip
    record: str = read.setting(AFTER, label=gettext_lazy("Shipments are recorded"), reads=read.one_of(BEFORE, AFTER))
    record_days: int = read.setting(
        2, label=gettext_lazy("Working days to record a shipment after it left"), reads=read.whole_number(0, 30)
    )
    report_days: int = read.setting(
        7, label=gettext_lazy("Days before the end to complete the actual weights"), reads=read.whole_number(1, 60)
    )

    def faults(self) -> dict[str, str]:
        """Setting -> the sentence about what contradicts another one."""
        found = {}
        if self.allowed != NO and self.max_kg <= 0:
            found["max_kg"] = _("Time frames are allowed, so their largest weight must be more than 0 kg.")
        if self.allowed != NO and self.report_days >= self.max_days:
            found["report_days"] = _("The actual weights would be asked for before the longest time frame has begun.")
        return found
