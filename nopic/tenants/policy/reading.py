"""How a stored policy is read: which JSON value becomes which Python value, and the sentence for one that cannot.

A setting names its label and its reader where it is declared (``setting(...)``); ``read_record`` walks a dataclass
and collects every problem, so that somebody who mends a policy sees them all at once. A boolean is never taken for a
number and a float never for a weight.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _


class PolicyError(ValueError):
    """A policy that cannot be stored or used; ``problems`` maps the path of each fault to one sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("\n".join(self.problems.values()))


class At(NamedTuple):
    """Where a value stands: its path for the screen that shows the fault, and the labels that lead there.

    The words are only put together when there is a fault: a policy is read far more often than it is wrong.
    """

    path: str = ""
    trail: "tuple[str | Promise | int, ...]" = ()

    def under(self, key: str, label: "str | Promise") -> "At":
        """The place of a setting inside this one."""
        return At(f"{self.path}.{key}" if self.path else key, (*self.trail, label))

    def entry(self, position: int) -> "At":
        """The place of one entry of a list."""
        return At(f"{self.path}.{position}", (*self.trail, position))

    @property
    def label(self) -> str:
        """Such as "Closed days, entry 1: day"; people count from 1."""
        words = ""
        for step in self.trail:
            if isinstance(step, int):
                words = _("%(list)s, entry %(number)s") % {"list": words, "number": step + 1}
            elif words:
                words = _("%(outer)s: %(inner)s") % {"outer": words, "inner": str(step)[:1].lower() + str(step)[1:]}
            else:
                words = str(step)
        return words or _("A policy")

    def fault(self, sentence: str, **values: object) -> PolicyError:
        """The error for this place; ``sentence`` holds ``%(label)s``."""
        return PolicyError({self.path: sentence % {"label": self.label, **values}})


Reader = Callable[[object, At], Any]
Record = TypeVar("Record")


def setting(default: Any, *, label: "str | Promise", reads: Reader) -> Any:
    """A dataclass field with its label for sentences and its reader; ``MISSING`` as default makes it required."""
    metadata = {"label": label, "reads": reads}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


def read_record(cls: type[Record], data: object, at: At) -> Record:
    """Build ``cls`` from a JSON object. Missing keys take the default.

    Raises PolicyError with one sentence for each unknown key, missing key and bad value.
    """
    if not isinstance(data, Mapping):
        raise at.fault(_("%(label)s must be an object with named settings."))
    declared = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
    problems: dict[str, str] = {}
    for key in data:
        if key not in declared:
            problems[at.under(str(key), key).path] = _("%(label)s: “%(key)s” is not a setting.") % {
                "label": at.label,
                "key": key,
            }
    values: dict[str, Any] = {}
    for name, f in declared.items():
        place = at.under(name, f.metadata["label"])
        try:
            if name in data:
                values[name] = f.metadata["reads"](data[name], place)
            elif f.default is MISSING:
                raise place.fault(_("%(label)s is missing."))
        except PolicyError as error:
            problems.update(error.problems)
    if problems:
        raise PolicyError(problems)
    return cls(**values)


def written(value: Any) -> Any:
    """The JSON form of a policy value; ``read_record`` turns it back into the same value."""
    if is_dataclass(value):
        return {f.name: written(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [written(item) for item in value]
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


# Readers: each returns the value or raises PolicyError with one sentence that begins with the label.


def whole_number(least: int, most: int) -> Reader:
    """A whole number within bounds."""

    def read(value: object, at: At) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise at.fault(_("%(label)s must be a whole number from %(least)s to %(most)s."), least=least, most=most)
        return value

    return read


def weight(most: int) -> Reader:
    """Kilograms with at most 3 decimals, written as a text or a whole number."""

    def read(value: object, at: At) -> Decimal:
        try:
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise InvalidOperation
            kg = Decimal(value)
            if not 0 <= kg <= most or kg != round(kg, 3):  # comparing NaN raises InvalidOperation too
                raise InvalidOperation
        except InvalidOperation:
            raise at.fault(
                _("%(label)s must be kilograms from 0 to %(most)s, as text with at most 3 decimals, such as “0.5”."),
                most=most,
            ) from None
        return kg

    return read


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

    return read


def text(most: int) -> Reader:
    """Text of at most ``most`` characters, without control characters; outer spaces are cut."""

    def read(value: object, at: At) -> str:
        if not isinstance(value, str) or len(value) > most or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", value):
            raise at.fault(_("%(label)s must be text of at most %(most)s characters."), most=most)
        return value.strip()

    return read


def code(value: object, at: At) -> str:
    """The name by which other rows speak of this one."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise at.fault(_("%(label)s must be a code of small letters, digits and underscores, 40 at most."))
    return value


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
    return lambda value, at: None if value is None else read(value, at)


def list_of(read: Reader, *, most: int, least: int = 0, unique: Callable[[Any], object] = lambda item: item) -> Reader:
    """A list read entry by entry; no two entries may share what ``unique`` returns."""

    def read_list(value: object, at: At) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not least <= len(value) <= most:
            raise at.fault(_("%(label)s must be a list of %(least)s to %(most)s entries."), least=least, most=most)
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
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            raise at.fault(_("%(label)s must not hold %(names)s twice."), names=", ".join(twice))
        return tuple(items)

    return read_list


def records(cls: type, *, most: int, least: int = 0, unique: Callable[[Any], object]) -> Reader:
    """A list of objects, each read as ``cls``."""
    return list_of(lambda value, at: read_record(cls, value, at), most=most, least=least, unique=unique)
