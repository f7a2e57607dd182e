# ruff: noqa: RUF009 setting() makes a dataclass field, which is what that rule asks for
"""What a certificate costs under one version of a policy; the day from which the version counts is that of the prices.

The prices are the certifier's own. The portal quotes them, freezes them when a request is sent and adds them up for a
month; it takes no payment.
"""

from dataclasses import MISSING, dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read
from .frame import At, Shape, shaped

CURRENCIES: Final = ("USD", "EUR", "GBP", "CHF", "CAD", "MXN", "PEN")
MOST: Final = 100_000
ISSUED, SENT = "when_issued", "when_sent"


def price(value: object, at: At) -> Decimal:
    """An amount with at most 2 decimals, written as text or a whole number."""
    return read.amount(
        value, at, most=MOST, decimals=2,
        wrong=_("%(label)s must be an amount from 0 to %(most)s, such as 45.00."),
        finer=_("%(label)s may have at most two digits after the point, such as 45.50."),
    )  # fmt: skip


shaped(price, Shape("decimal"))
_FREE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class ClassPrice:
    """What a turnaround class costs on top, for each certificate."""

    turnaround: str = read.setting(MISSING, label=gettext_lazy("Turnaround class"), reads=read.code_of("turnarounds"))
    price: Decimal = read.setting(MISSING, label=gettext_lazy("Price"), reads=price)


@dataclass(frozen=True, slots=True)
class Fees:
    """The price list. ``late`` and ``same_day`` are for the request, everything else for each certificate.

    Goods that leave on the day of sending cost ``same_day`` instead of ``late``. ``due`` says when a quoted fee is
    owed: when the certificate is issued (what is refused or withdrawn costs nothing), or as soon as it is sent.
    """

    currency: str = read.setting("USD", label=gettext_lazy("Currency"), reads=read.one_of(*CURRENCIES))
    certificate: Decimal = read.setting(_FREE, label=gettext_lazy("Certificate"), reads=price)
    classes: tuple[ClassPrice, ...] = read.setting(
        (), label=gettext_lazy("On top for a turnaround class"),
        reads=read.records(ClassPrice, most=10, unique=lambda each: each.turnaround),
    )  # fmt: skip
    time_frame: Decimal = read.setting(_FREE, label=gettext_lazy("On top for several shipments"), reads=price)
    late: Decimal = read.setting(_FREE, label=gettext_lazy("Late request"), reads=price)
    same_day: Decimal = read.setting(_FREE, label=gettext_lazy("Goods leave on the day of sending"), reads=price)
    revision: Decimal = read.setting(_FREE, label=gettext_lazy("Revision of a certificate"), reads=price)
    replacement: Decimal = read.setting(_FREE, label=gettext_lazy("Replacement of a certificate"), reads=price)
    due: str = read.setting(ISSUED, label=gettext_lazy("Owed"), reads=read.one_of(ISSUED, SENT))

    @property
    def is_free(self) -> bool:
        """Whether nothing costs anything: then no page speaks of fees."""
        return self == Fees(currency=self.currency, due=self.due, classes=self.classes) and not any(
            each.price for each in self.classes
        )

    def for_class(self, code: str) -> Decimal:
        """What the turnaround class costs on top."""
        return next((each.price for each in self.classes if each.turnaround == code), _FREE)

    def faults(self, classes: frozenset[str]) -> dict[str, str]:
        """Setting -> the sentence about a price for a class that there is not."""
        return {
            f"classes.{position}.turnaround": _(
                "This price is for a turnaround class that is not offered. Choose another class, or remove the price."
            )
            for position, each in enumerate(self.classes)
            if each.turnaround not in classes
        }  # fmt: skip
