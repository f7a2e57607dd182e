"""What a request would cost: prices and facts in, lines with exact sums out; no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from nopic.tenants.policy.fees import Fees

CERTIFICATE, CLASS, TIME_FRAME, LATE, SAME_DAY = "certificate", "turnaround", "time_frame", "late", "same_day"
REVISION, REPLACEMENT = "revision", "replacement"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the price depends on: the lines (id of each and its product), the class, and when it is sent."""

    lines: Sequence[tuple[int | None, str]]
    turnaround: str = ""
    turnaround_title: str = ""
    several_shipments: bool = False
    late: bool = False
    same_day: bool = False


class Item(NamedTuple):
    """One price: its code, what it is for in the sender's words, the line it belongs to (None: the request)."""

    code: str
    detail: str
    line_id: int | None
    amount: Decimal

    @property
    def words(self) -> str:
        """As people read it."""
        return words(self.code, self.detail)


class Row(NamedTuple):
    """Items of a kind together: 2 x 45.00 = 90.00."""

    words: str
    times: int
    each: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """The items and their exact sum."""

    currency: str
    items: tuple[Item, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the items."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def rows(self) -> list[Row]:
        """The items as a page lists them, those of a kind and price together, in their order."""
        found: dict[tuple[str, str, Decimal], int] = {}
        for item in self.items:
            detail = "" if item.code == CERTIFICATE else item.detail
            key = (item.code, detail, item.amount)
            found[key] = found.get(key, 0) + 1
        return [Row(words(code, detail), n, each, each * n) for (code, detail, each), n in found.items()]


def quote(fees: Fees, facts: Facts) -> Quote:
    """What the request costs; items of no price are left out."""
    items: list[Item] = []
    for line_id, product in facts.lines:
        items += [
            Item(CERTIFICATE, product, line_id, fees.certificate),
            Item(CLASS, facts.turnaround_title, line_id, fees.for_class(facts.turnaround)),
        ]
        if facts.several_shipments:
            items.append(Item(TIME_FRAME, "", line_id, fees.time_frame))
    if facts.lines and facts.same_day and fees.same_day:
        items.append(Item(SAME_DAY, "", None, fees.same_day))
    elif facts.lines and (facts.late or facts.same_day):
        items.append(Item(LATE, "", None, fees.late))
    return Quote(fees.currency, tuple(item for item in items if item.amount))


def only(code: str, amount: Decimal, fees: Fees) -> Quote:
    """One price for the whole; nothing where it is free."""
    return Quote(fees.currency, (Item(code, "", None, amount),) if amount else ())


def words(code: str, detail: str = "") -> str:
    """What a fee is for."""
    named = {
        CERTIFICATE: _("Certificate"),
        CLASS: _("Turnaround"),
        TIME_FRAME: _("Several shipments in a time frame"),
        LATE: _("Late request"),
        SAME_DAY: _("Goods leave on the day of sending"),
        REVISION: _("Revision"),
        REPLACEMENT: _("Replacement"),
    }[code]
    return _("%(fee)s: %(detail)s") % {"fee": named, "detail": detail} if detail else named


def money(amount: Decimal, currency: str) -> str:
    """`USD 1,045.00`: the code stands first, as three countries share the dollar sign."""
    return f"{currency} {amount:,.2f}"
