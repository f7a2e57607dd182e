"""What the readers of a policy stand on: settings with label, reader and shape, places for faults, records of settings.

A setting names its label and its reader where it is declared (``setting(...)``); ``read_record`` walks a dataclass
and collects every problem, so that somebody who mends a policy sees them all at once. The readers are in ``reading``.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

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
MadeReader = TypeVar("MadeReader", bound=Callable[[object, At], Any])


@dataclass(frozen=True)
class Shape:
    """What a reader takes, for the screen that asks for it.

    ``kind``: number, decimal, text, yes_no, choice, code, country, zone, hour, day, optional, list or record. ``item``
    is what a list or an optional value consists of, ``record`` the dataclass of a record; ``table`` the setting whose rows
    a code is one of.
    """

    kind: str
    choices: tuple[str, ...] = ()
    most: int = 0
    item: "Shape | None" = None
    record: type | None = None
    table: str = ""


def shaped(read: MadeReader, shape: Shape) -> MadeReader:
    """The same reader, which says what it takes. Every reader of a setting must; a test looks."""
    read.shape = shape  # type: ignore[attr-defined]
    return read


def shape_of(read: Reader) -> Shape:
    """What a reader takes; text for one that does not say."""
    found: Shape = getattr(read, "shape", Shape("text"))
    return found


def setting(default: Any, *, label: "str | Promise", reads: Reader, hint: "str | Promise" = "") -> Any:
    """A dataclass field with its label for sentences and its reader; ``MISSING`` as default makes it required.

    ``hint`` is the sentence under the label on the screen where it is set.
    """
    metadata = {"label": label, "reads": reads, "hint": hint}
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
