"""Weights as people type them, and as kilograms: how a number is read, which units there are, how it is echoed.

A number is never a float. What was typed stays beside the kilograms, because a misreading is only seen when both are
shown: ``19,200`` ``19.200`` ``19 200`` ``19'200`` ``19200`` are the same weight, ``0.500`` and ``1234.567`` are
decimals, and ``1.200`` is twelve hundred. The rule: separators between groups of exactly three digits, after one to
three leading digits that do not begin with 0, are thousands; otherwise a single point or comma is the decimal sign.

Kilograms are kept with three decimals. Pounds and short or long tons can give more; only then the result is rounded,
half to even, and the echo says so.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.words import kg as in_words

DECIMALS: Final = 3
GRAM: Final = Decimal("0.001")
MOST: Final = Decimal("99999999999.999")  # what Decimal(14,3) holds
_LONGEST_TEXT: Final = 40
NO_BREAK_SPACE: Final = "\u00a0"

# Space, tab, no-break, figure, thin, narrow no-break; and the apostrophes of Swiss notation.
_SPACES: Final = re.compile(r"[ \t\u00a0\u2007\u2009\u202f]+")
_APOSTROPHES: Final = re.compile(r"['\u2019\u02bc]")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?P<sep>[ '.,])\d{3}(?:(?P=sep)\d{3})*")
_DECIMAL: Final = re.compile(r"\d*[.,]\d+")
_BOTH: Final = re.compile(r"(?P<whole>[1-9]\d{0,2}(?P<sep>[ '.,])\d{3}(?:(?P=sep)\d{3})*)(?!(?P=sep))[.,](?P<rest>\d+)")

# A unit written behind the number. "ton" alone is not here: it is three different weights.
_WITH_UNIT: Final = re.compile(r"(?P<number>[^a-zA-Z]*\d[ \t\u00a0\u202f]*)(?P<unit>[a-zA-Z][a-zA-Z .]{0,20})")
_WRITTEN: Final = {
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("t", "mt", "tonne", "tonnes", "metric ton", "metric tons"), "t"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
    **dict.fromkeys(("short ton", "short tons"), "short_ton"),
    **dict.fromkeys(("long ton", "long tons"), "long_ton"),
}


class QuantityError(ValueError):
    """A quantity that cannot be taken. ``code`` names the fault, the text is the sentence for the field."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)

    def about(self, subject: str) -> str:
        """The same sentence for a list of faults: "Green coffee: enter the net weight …"."""
        sentence = str(self)
        return _("%(subject)s: %(sentence)s") % {"subject": subject, "sentence": sentence[:1].lower() + sentence[1:]}


class Unit(NamedTuple):
    """A unit in which a weight can be typed, and how many kilograms it is, exactly."""

    name: str | Promise
    kg: Decimal


# International pound of 1959; a short ton is 2,000 and a long ton 2,240 of it. "pack" is the product's own.
UNITS: Final[dict[str, Unit]] = {
    "kg": Unit(gettext_lazy("kg"), Decimal(1)),
    "t": Unit(gettext_lazy("metric tons"), Decimal(1000)),
    "lb": Unit(gettext_lazy("pounds"), Decimal("0.45359237")),
    "short_ton": Unit(gettext_lazy("short tons (2,000 lb)"), Decimal("907.18474")),
    "long_ton": Unit(gettext_lazy("long tons (2,240 lb)"), Decimal("1016.0469088")),
}
PACK: Final = "pack"
UNIT_CODES: Final = (*UNITS, PACK)


def read_number(typed: str, what: "str | Promise | None" = None) -> Decimal:
    """The number that somebody typed, above 0, with at most 3 decimals, small enough to store.

    ``what`` is the label with its article ("the net weight"). Raises QuantityError with the sentence for the field and
    one of the codes missing, unreadable, decimals, not_positive, too_large.
    """
    what = what or _("the number")
    text = _APOSTROPHES.sub("'", _SPACES.sub(" ", typed)).strip()
    if not text:
        raise QuantityError("missing", _("Enter %(what)s") % {"what": what})
    if len(text) <= _LONGEST_TEXT and re.fullmatch(r"-[\d.,' ]+", text, re.ASCII):
        raise QuantityError("not_positive", _("Enter %(what)s as a number above 0") % {"what": what})
    number = plain_number(text)
    if number is None:
        raise QuantityError(
            "unreadable",
            _("Enter %(what)s as a number such as 19,200 or 19 200 or 0.5, in groups of three digits or none")
            % {"what": what},
        )
    if number > MOST:  # first, because rounding a longer number would overflow the arithmetic
        raise QuantityError("too_large", _("Enter %(what)s as a smaller number") % {"what": what})
    if number != round(number, DECIMALS):
        raise QuantityError("decimals", _("Enter %(what)s with at most 3 decimals") % {"what": what})
    if number <= 0:
        raise QuantityError("not_positive", _("Enter %(what)s as a number above 0") % {"what": what})
    return number


def as_typed(weight: Decimal) -> str:
    """`19,200` or `150.1250`: kilograms as a text that `read_number` reads as just them.

    A point before exactly three digits would be one of thousands, so a fourth one follows.
    """
    text = in_words(weight)
    return f"{text}0" if weight != int(weight) and _THOUSANDS.fullmatch(text) else text


def apart(typed: str, unit: str) -> tuple[str, str]:
    """The number and the unit of ``42,000 lb``; the text as it is and ``unit`` when no unit of ours stands behind it."""
    found = _WITH_UNIT.fullmatch(typed.strip())
    named = _WRITTEN.get(" ".join(found["unit"].casefold().rstrip(".").split())) if found else None
    return (found["number"].strip(), named) if found and named else (typed, unit)


def read_kg(typed: str, what: "str | Promise | None" = None) -> Decimal:
    """Kilograms of a box that has no choice of units: a unit behind the number (`12 t`) is understood.

    Raises QuantityError.
    """
    number, unit = apart(typed, "kg")
    return to_kg(read_number(number, what), unit)


def plain_number(typed: str) -> Decimal | None:
    """The number, 0 or more, that a text means by the rule above; nothing when its separators make none."""
    text = _APOSTROPHES.sub("'", _SPACES.sub(" ", typed)).strip()
    if not text.isascii() or len(text) > _LONGEST_TEXT:
        return None
    if text.isdigit():
        return Decimal(text)
    if _THOUSANDS.fullmatch(text):
        return Decimal(re.sub(r"[ '.,]", "", text))
    if _DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if both := _BOTH.fullmatch(text):
        return Decimal(re.sub(r"[ '.,]", "", both["whole"]) + "." + both["rest"])
    return None


def exact_kg(value: Decimal | int, unit: str, pack_kg: Decimal | None = None) -> Decimal:
    """The weight in kilograms without any rounding.

    ``unit`` is one of UNIT_CODES; "pack" needs ``pack_kg``, the net kilograms of one pack, and a whole ``value``.
    """
    if isinstance(value, float) or isinstance(pack_kg, float):
        raise TypeError("A weight is never a float")
    if unit != PACK:
        return value * UNITS[unit].kg
    if pack_kg is None or pack_kg <= 0:
        raise QuantityError("no_pack", _("This product has no pack size. Enter the net weight in kilograms"))
    if value != int(value):
        raise QuantityError("part_pack", _("Enter a whole number of packs, or the net weight in kilograms"))
    return value * pack_kg


def to_kg(value: Decimal | int, unit: str, pack_kg: Decimal | None = None) -> Decimal:
    """The weight in kilograms with 3 decimals; rounded half to even only if the exact result has more.

    Raises QuantityError if that is less than a gram or more than can be stored.
    """
    kg = exact_kg(value, unit, pack_kg).quantize(GRAM, rounding=ROUND_HALF_EVEN)
    if kg < GRAM:
        raise QuantityError("too_small", _("Enter a weight of at least 0.001 kg"))
    if kg > MOST:
        raise QuantityError("too_large", _("Enter a smaller weight"))
    return kg


def is_rounded(value: Decimal | int, unit: str, pack_kg: Decimal | None = None) -> bool:
    """Whether ``to_kg`` had to round."""
    exact = exact_kg(value, unit, pack_kg)
    return exact != exact.quantize(GRAM, rounding=ROUND_HALF_EVEN)


def echo(value: Decimal | int, unit: str = "kg", pack_kg: Decimal | None = None) -> str:
    """What was understood, so that a misreading is seen: "19 200 kg, 19.2 t". Says when the kilograms are rounded."""
    kg = to_kg(value, unit, pack_kg)
    words = {"kg": _grouped(kg), "t": _grouped(kg / 1000)}
    if is_rounded(value, unit, pack_kg):
        return _("%(kg)s kg, %(t)s t, rounded to the gram") % words
    return _("%(kg)s kg, %(t)s t") % words


def _grouped(value: Decimal) -> str:
    # Not the comma of presentation.words: an echo must not repeat the sign that may have been misread.
    text = f"{value:,f}".replace(",", NO_BREAK_SPACE)
    return text.rstrip("0").rstrip(".") if "." in text else text
