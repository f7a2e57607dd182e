"""How a stored policy is read: which JSON value becomes which Python value, and the sentence for one that cannot.

A boolean is never taken for a number and a float never for a weight. What a setting is and how a record of settings is
read is ``frame``, whose names are at hand here too.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .frame import At, PolicyError, Reader, Shape, read_record, setting, shape_of, shaped, written

__all__ = ["At", "PolicyError", "Reader", "Shape", "read_record", "setting", "shape_of", "shaped", "written"]

# The hint of a code that people type.
SHORT: Final = gettext_lazy("Small letters, digits and _, such as two_days. Users do not read it.")

# Readers: each returns the value or raises PolicyError with one sentence that begins with the label.


def whole_number(least: int, most: int) -> Reader:
    """A whole number within bounds."""

    def read(value: object, at: At) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise at.fault(_("%(label)s must be a whole number from %(least)s to %(most)s."), least=least, most=most)
        return value

    return shaped(read, Shape("number"))


def amount(value: object, at: At, *, most: int, decimals: int, wrong: str, finer: str) -> Decimal:
    """A number from 0, written as a text of digits or as a whole number; the sentence when it is another or finer."""
    if (
        isinstance(value, bool)
        or not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", str(value))
        or isinstance(value, float)
    ):
        raise at.fault(wrong, most=f"{most:,}")
    number = Decimal(str(value))
    if number > most:
        raise at.fault(wrong, most=f"{most:,}")
    if number != round(number, decimals):
        raise at.fault(finer)
    return number


def weight(most: int) -> Reader:
    """Kilograms with at most 3 decimals, written as a text or a whole number."""

    def read(value: object, at: At) -> Decimal:
        return amount(
            value, at, most=most, decimals=3,
            wrong=_("%(label)s must be a weight from 0 to %(most)s kg, such as 0.5."),
            finer=_("%(label)s is kept to the gram: at most three digits after the point, such as 0.125."),
        )  # fmt: skip

    return shaped(read, Shape("decimal"))


def percent(value: object, at: At) -> Decimal:
    """Per cent with at most 2 decimals, from 0 to 100, written as a text or a whole number."""
    return amount(
        value, at, most=100, decimals=2,
        wrong=_("%(label)s must be per cent from 0 to %(most)s, such as 0.5."),
        finer=_("%(label)s may have at most two digits after the point, such as 0.25."),
    )  # fmt: skip


def colour(value: object, at: At) -> str:
    """#rrggbb in small letters, or nothing."""
    if not isinstance(value, str) or not re.fullmatch(r"(#[0-9a-fA-F]{6})?", value):
        raise at.fault(_("%(label)s must be a colour such as #0c4a5b."))
    return value.lower()


def yes_or_no(value: object, at: At) -> bool:
    """true or false, nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise at.fault(_("%(label)s must be true or false."))
    return value


def one_of(*allowed: str) -> Reader:
    """One word of a fixed set."""

    def read(value: object, at: At) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise at.fault(_("%(label)s must be one of: %(words)s."), words=", ".join(allowed))
        return value

    return shaped(read, Shape("choice", choices=allowed))


def text(most: int) -> Reader:
    """Text of at most ``most`` characters, without control characters; outer spaces are cut."""

    def read(value: object, at: At) -> str:
        if not isinstance(value, str) or len(value) > most or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", value):
            raise at.fault(_("%(label)s must be text of at most %(most)s characters."), most=most)
        return value.strip()

    return shaped(read, Shape("text", most=most))


def code(value: object, at: At) -> str:
    """The name by which other rows speak of this one."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise at.fault(
            _("%(label)s must be small letters, digits and _ that begin with a letter, 40 at most, such as two_days.")
        )
    return value


def code_of(table: str, *also: str) -> Reader:
    """The code of a row of another setting, or one of `also`; whether there is that row is asked when all is read."""

    def read(value: object, at: At) -> str:
        return code(value, at)

    return shaped(read, Shape("code", table=table, choices=also))


def country_code(value: object, at: At) -> str:
    """ISO 3166 alpha-2, or nothing when the office keeps no public holidays."""
    if not isinstance(value, str) or not re.fullmatch(r"([A-Z]{2})?", value):
        raise at.fault(_("%(label)s must be a country code of two capital letters, such as PE."))
    return value


def time_zone(value: object, at: At) -> str:
    """The name of a zone in the IANA data that this machine has."""
    try:
        if not isinstance(value, str):
            raise ValueError
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # OSError: a folder of zones, such as America
        raise at.fault(_("%(label)s must be the name of a time zone, such as America/Lima.")) from None
    return value


def hour(value: object, at: At) -> time:
    """HH:MM on the clock of the office."""
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise at.fault(_("%(label)s must be a time from 00:00 to 23:59, such as 16:00."))
    return time.fromisoformat(value)


def day(value: object, at: At) -> date:
    """A calendar day as YYYY-MM-DD."""
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise at.fault(_("%(label)s must be a date such as 2026-12-24.")) from None


def optional(read: Reader) -> Reader:
    """The same reader, but nothing (null) is a value too."""
    return shaped(lambda value, at: None if value is None else read(value, at), Shape("optional", item=shape_of(read)))


def list_of(read: Reader, *, most: int, least: int = 0, unique: Callable[[Any], object] = lambda item: item) -> Reader:
    """A list read entry by entry; no two entries may share what ``unique`` returns."""

    def read_list(value: object, at: At) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not least <= len(value) <= most:
            raise at.fault(_("%(label)s must have %(least)s to %(most)s entries."), least=least, most=most)
        items: list[Any] = []
        problems: dict[str, str] = {}
        for position, item in enumerate(value):
            try:
                items.append(read(item, at.entry(position)))
            except PolicyError as error:
                problems.update(error.problems)
        if problems:
            raise PolicyError(problems)
        names = [unique(item) for item in items]
        for position, (name, item) in enumerate(zip(names, items, strict=True)):
            if name in names[:position]:
                called = getattr(item, "called", "") or str(name)
                sentence = at.fault(_("%(label)s must not hold “%(name)s” twice."), name=called).problems[at.path]
                raise PolicyError({at.entry(position).path: sentence})
        return tuple(items)

    return shaped(read_list, Shape("list", most=most, item=shape_of(read)))


def records(cls: type, *, most: int, least: int = 0, unique: Callable[[Any], object]) -> Reader:
    """A list of objects, each read as ``cls``."""
    return list_of(record(cls), most=most, least=least, unique=unique)


def record(cls: type) -> Reader:
    """An object, read as ``cls``."""
    return shaped(lambda value, at: read_record(cls, value, at), Shape("record", record=cls))


for _read, _kind in {
    yes_or_no: "yes_no", code: "code", country_code: "country", time_zone: "zone", hour: "hour", day: "day",
    percent: "decimal", colour: "colour",
}.items():  # fmt: skip
    shaped(_read, Shape(_kind))
