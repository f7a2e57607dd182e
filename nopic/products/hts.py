"""US tariff codes: how one is written, and what customs said about organic goods under it on a given day.

The portal writes ``0901.11.0015``; customs' own report and some invoices write ``0901.11.00.15``. Codes are split and
flagged anew several times a year, and seasonal ones follow the date of entry, so every question names a day. The
knowledge ends with the report of 21 February 2026 (data/README.md): a code it does not list has no flag, which is not
the same as being wrong.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, Self

from django.utils.translation import gettext as _

MUST_FILE: Final = "AM8"
_FOLDER: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, order=True)
class HtsCode:
    """A ten-digit tariff code. ``str()`` gives the portal's form."""

    digits: str

    @classmethod
    def read(cls, typed: str) -> Self:
        """The code that somebody typed, with points, spaces or neither.

        Raises ValueError with the sentence for the field.
        """
        digits = re.sub(r"[\s.]", "", typed)
        if not re.fullmatch(r"[0-9]{10}", digits):
            raise ValueError(_("The tariff code must have 10 digits, such as 0901.11.0015"))
        return cls(digits)

    def __str__(self) -> str:
        return f"{self.digits[:4]}.{self.digits[4:6]}.{self.digits[6:]}"


class Entry(NamedTuple):
    """What the report says about a code. ``units`` are those of the customs entry, such as KG, or M3 and KG."""

    code: HtsCode
    description: str
    units: tuple[str, ...]
    first: date
    last: date
    flags: tuple[str, ...]

    @property
    def must_file(self) -> bool:
        """Whether an entry without an import certificate is rejected."""
        return MUST_FILE in self.flags


def known(code: HtsCode | str, on: date) -> Entry | None:
    """What the report says about this code on this day; None if it has no organic flag then.

    Raises ValueError if a text is no code.
    """
    code = HtsCode.read(code) if isinstance(code, str) else code
    entry = _entries().get(code.digits)
    return entry if entry and entry.first <= on <= entry.last else None


def organic_breakout(code: HtsCode | str, on: date) -> tuple[Entry, ...]:
    """The codes for organic goods that stand beside a code that has no organic flag itself.

    Same first eight digits, flag AM8, valid on that day. Organic goods filed under such a sibling draw no question from
    customs, and no certificate is asked for. Empty for a code with a flag of its own: then customs expects organic goods
    there too (fresh pineapples have a certified organic code that is only AM7).
    """
    code = HtsCode.read(code) if isinstance(code, str) else code
    if known(code, on):
        return ()
    return tuple(entry for entry in _breakouts().get(code.digits[:8], ()) if entry.first <= on <= entry.last)


@cache
def _entries() -> Mapping[str, Entry]:
    entries: dict[str, Entry] = {}
    for name in ("hts_am8.csv", "hts_am7.csv"):
        with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code = HtsCode.read(row["hts10"])
                entries[code.digits] = Entry(
                    code=code,
                    description=row["abbrev_description"],
                    units=tuple(filter(None, (row["unit1"], row["unit2"]))),
                    first=_day(row["eff_from"]),
                    last=_day(row["eff_to"]),
                    flags=tuple(row["ams_flags"].split()),
                )
    return entries


@cache
def _breakouts() -> Mapping[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in _entries().values():
        if entry.must_file:
            found[entry.code.digits[:8]].append(entry)
    return {stem: tuple(sorted(entries)) for stem, entries in found.items()}


@cache
def _day(written: str) -> date:
    return datetime.strptime(written, "%m/%d/%Y").date()  # noqa: DTZ007 a day without a clock
