"""What reading a step gives: typed values as far as they could be read, and a sentence for everything else.

A reading never fails: any text is accepted, what cannot be read is None and has a problem. Nothing is ever cut: a text
that its box cannot hold is such a problem (`short`). Cleaning is the only change made to what was typed: characters that
PostgreSQL cannot keep go. How much is posted at all is bounded by DATA_UPLOAD_MAX_MEMORY_SIZE.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from nopic.frames.policies import Terms
from nopic.presentation.typed import YEARS, whole
from nopic.products.models import ProductItem, ProductVersion
from nopic.requests.models import Supplier
from nopic.tenants.calendar import Office
from nopic.tenants.models import ImporterContact
from nopic.tenants.policy import Rules

MOST_EMAIL = 254
MOST_ENTRIES = 200  # lines, lots of a line, containers
DEEPEST = 6  # a lot in a line in a list is 4 deep
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer and how to mend it. `hint`: worth a look, but the request may be sent with it."""

    field: str  # name of the input within its step, such as departure_on or lines-0-net
    sentence: str
    box: int | None = None
    hint: bool = False


@dataclass(slots=True)
class Reading:
    """Typed values by name (see each step's module) and the problems in the order of the form."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, name: str, sentence: str, box: int | None = None, *, hint: bool = False) -> None:
        """Note one problem."""
        self.problems.append(Problem(name, str(sentence), box, hint))

    @property
    def stops(self) -> int:
        """How many problems must be mended before the request can be sent."""
        return sum(not problem.hint for problem in self.problems)


@dataclass(frozen=True)
class Product:
    """One item of the verified list as the products step needs it: its present version and its harvest years."""

    item: ProductItem
    version: ProductVersion
    crop_years: tuple[int, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What the answers can refer to. Loaded once, so that reading itself touches nothing."""

    rules: Rules
    now: datetime
    departure_on: date | None = None
    sent_at: datetime | None = None  # when it was sent; None while it is a draft: it would be sent now
    at_port: date | None = None  # today where the goods are loaded, where that is known
    contacts: Mapping[int, ImporterContact] = field(default_factory=dict)
    products: Mapping[int, Product] = field(default_factory=dict)
    suppliers: Mapping[int, Supplier] = field(default_factory=dict)
    line_ids: frozenset[int] = frozenset()
    terms: Terms | None = None  # on which a time frame is offered; None: single shipments only
    time_frame: bool = False  # the request is for one
    missing_documents: tuple[tuple[str, str], ...] = ()  # (slot, sentence)

    @property
    def office(self) -> Office:
        """The certifier's working days."""
        return Office(self.rules)

    @property
    def today(self) -> date:
        """Today at the certifier's office."""
        return self.office.local(self.now).date()


def cleaned(value: Any, depth: int = 0) -> Any:
    """What can be stored of anything that was posted: texts, and lists and dicts of texts; everything else as text."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, Mapping):
        kept = list(value.items())[:MOST_ENTRIES]
        return {str(cleaned(str(key))): cleaned(inner, depth + 1) for key, inner in kept}
    if isinstance(value, list | tuple):
        return [cleaned(inner, depth + 1) for inner in value[:MOST_ENTRIES]]
    if value is None:
        return ""
    return _UNKEEPABLE.sub("", value if isinstance(value, str) else str(value))


def text(raw: Mapping[str, Any], name: str) -> str:
    """One answer without white space around and doubled inside a line; "" when it was not given."""
    value = raw.get(name, "")
    lines = (" ".join(line.split()) for line in (value if isinstance(value, str) else "").splitlines())
    return "\n".join(line for line in lines if line)


def line(raw: Mapping[str, Any], name: str) -> str:
    """One answer of a single line."""
    return " ".join(text(raw, name).split())


def why_too_long(answer: str, most: int, label: str) -> str:
    """The sentence about a text that its box cannot hold, or nothing."""
    if len(answer) <= most:
        return ""
    return _("%(label)s may have at most %(most)s characters; this has %(n)s") % {
        "label": label,
        "most": f"{most:,}",
        "n": f"{len(answer):,}",
    }


def short(
    reading: Reading, name: str, answer: str, most: int, label: str, box: int | None = None, *, missing: str = ""
) -> str:
    """The answer when it fits; "" and a problem when it is too long, or when it is not there and `missing` says so."""
    sentence = why_too_long(answer, most, label) or (missing if not answer else "")
    if sentence:
        reading.problem(name, sentence, box)
    return "" if sentence else answer


def entries(raw: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The entries of a repeated group; what is not a group is left out."""
    value = raw.get(name)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []


def number(raw: Mapping[str, Any], name: str) -> int | None:
    """The id in a hidden or select field, or None."""
    return whole(line(raw, name))


def day(raw: Mapping[str, Any], name: str) -> date | None:
    """A date as the browser's date field sends it, `2026-12-11`, also typed with points or slashes; None otherwise.

    None of a year that no shipment is in, too: at the ends of the calendar there is no day before or after to count.
    """
    found = re.fullmatch(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", line(raw, name), re.ASCII)
    if not found:
        return None
    try:
        read = date(*map(int, found.groups()))
    except ValueError:
        return None
    return read if read.year in YEARS else None


def date_answer(
    reading: Reading,
    raw: Mapping[str, Any],
    name: str,
    *,
    missing: str,
    what: str,
    box: int,
    wrong: Callable[[date], str],
) -> date | None:
    """A required date: noted as missing, as unreadable, or with what `wrong` says about it; kept if it is a date."""
    found = day(raw, name)
    if found is None:
        typed = line(raw, name)
        unreadable = _("Enter %(what)s as year, month and day, such as 2026-12-11") % {"what": what}
        reading.problem(name, unreadable if typed else missing, box)
    elif sentence := wrong(found):
        reading.problem(name, sentence, box)
    return found


def email(reading: Reading, raw: Mapping[str, Any], name: str, *, missing: str, box: int | None) -> str:
    """An e-mail address; "" with a problem when it is not one. `missing` empty: the answer is optional."""
    typed = line(raw, name)
    if not typed:
        if missing:
            reading.problem(name, missing, box)
        return ""
    if not short(reading, name, typed, MOST_EMAIL, _("An e-mail address"), box):
        return ""
    try:
        validate_email(typed)
    except ValidationError:
        reading.problem(name, _("Enter an e-mail address such as name@company.com"), box)
        return ""
    return typed
