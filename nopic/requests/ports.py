"""Places where goods are loaded, and US ports of entry: look-up, search, and the clock of a place.

A departure is a date on the clock of the place that the goods leave from; ``local_date`` says which. Sources and what
was mended in them: data/README.md. Read once per process, when first asked.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from nopic.tenants.countries import country_name

# Of states off the eastern clock, for ports of entry that are no ports of loading: border crossings and airports.
_STATE_ZONES: Final = {
    "Alabama": "America/Chicago", "Illinois": "America/Chicago", "Louisiana": "America/Chicago",
    "Minnesota": "America/Chicago", "Mississippi": "America/Chicago", "North Dakota": "America/Chicago",
    "Texas": "America/Chicago", "Montana": "America/Denver", "New Mexico": "America/Denver",
    "Arizona": "America/Phoenix", "California": "America/Los_Angeles", "Idaho": "America/Los_Angeles",
    "Oregon": "America/Los_Angeles", "Washington": "America/Los_Angeles", "Alaska": "America/Anchorage",
    "Hawaii": "Pacific/Honolulu", "Puerto Rico": "America/Puerto_Rico",
}  # fmt: skip
_FOLDER: Final = Path(__file__).parent / "data"
# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN: Final = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"})


class Place(NamedTuple):
    """A port, airport or border town. ``country`` is an ISO code; ``region`` is filled for the US and Canada."""

    unlocode: str
    name: str
    country: str
    region: str
    time_zone: str

    @property
    def label(self) -> str:
        """As people read it: Callao, Peru; with the region where there is one: Oakland, California, United States."""
        return ", ".join(filter(None, (self.name, self.region, country_name(self.country))))


class PortOfEntry(NamedTuple):
    """A US port of entry by its Schedule D code."""

    code: str
    name: str
    state: str
    unlocode: str

    @property
    def label(self) -> str:
        """As people read it: 2811 Oakland, California."""
        return f"{self.code} {self.name}, {self.state}"


Found = TypeVar("Found", Place, PortOfEntry)


def place(unlocode: str) -> Place | None:
    """The place with this UN/LOCODE, typed with or without the space."""
    return _places().get(unlocode.replace(" ", "").upper())


def port_of_entry(code: str) -> PortOfEntry | None:
    """The US port of entry with this four-digit code."""
    return _ports_of_entry().get(code.strip())


def ports_of_entry() -> tuple[PortOfEntry, ...]:
    """All US ports of entry in the order of their names."""
    return tuple(sorted(_ports_of_entry().values(), key=lambda port: (port.name, port.code)))


def search(text: str, *, country: str = "", limit: int = 12) -> tuple[Place, ...]:
    """Places whose code, name, region or country has a word that begins with each typed word; best first.

    Accents and capitals do not matter. ``country`` (ISO code) narrows the search.
    """
    found = _best(_searchable_places(), text)
    return tuple(row for row in found if not country or row.country == country)[:limit]


def search_ports_of_entry(text: str, *, limit: int = 12) -> tuple[PortOfEntry, ...]:
    """US ports of entry by name, state or the first digits of the code; best first."""
    return tuple(_best(_searchable_ports(), text)[:limit])


def local_date(moment: datetime, unlocode: str) -> date:
    """The day on the clock of a place. KeyError for an unknown place, ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone")
    return moment.astimezone(ZoneInfo(_places()[unlocode].time_zone)).date()


def zone_of(name: str, country: str) -> str:
    """The time zone of a place by its name and the name of its country, as a form holds them; nothing if unknown."""
    return _zones().get((_folded(name), _folded(country)), "")


def today_at(name: str, country: str, moment: datetime) -> date | None:
    """The day at this moment on the clock of a place, by its name and country; None for an unknown place."""
    zone = zone_of(name, country)
    return moment.astimezone(ZoneInfo(zone)).date() if zone else None


def zone_of_entry(code: str) -> str:
    """The time zone of a US port of entry: its own, or that of most of its state; nothing for an unknown code."""
    port = port_of_entry(code)
    if port is None:
        return ""
    known = place(port.unlocode)
    return known.time_zone if known else _STATE_ZONES.get(port.state, "America/New_York")


class _Searchable(NamedTuple, Generic[Found]):
    """A row with the folded words by which it is found."""

    row: Found
    key: str
    name: str
    words: tuple[str, ...]


def _best(rows: Iterable[_Searchable[Found]], text: str) -> list[Found]:
    typed = _folded(text)
    words = typed.split()
    if not words:
        return []
    hits = [each for each in rows if all(any(part.startswith(word) for part in each.words) for word in words)]

    return [each.row for each in sorted(hits, key=lambda each: (not each.name.startswith(typed), each.name, each.key))]


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def _searchable(row: Found, code: str) -> _Searchable[Found]:
    key = code.lower()
    return _Searchable(row, key, _folded(row.name), (key, *_folded(row.label).split()))


@cache
def _searchable_places() -> tuple[_Searchable[Place], ...]:
    return tuple(_searchable(row, row.unlocode) for row in _places().values())


@cache
def _searchable_ports() -> tuple[_Searchable[PortOfEntry], ...]:
    return tuple(_searchable(row, row.code) for row in _ports_of_entry().values())


@cache
def _places() -> Mapping[str, Place]:
    return {
        row["unlocode"]: Place(row["unlocode"], row["name"], row["country"], row["region"], row["time_zone"])
        for row in _rows("places.csv")
    }


@cache
def _zones() -> Mapping[tuple[str, str], str]:
    return {(_folded(row.name), _folded(country_name(row.country))): row.time_zone for row in _places().values()}


@cache
def _ports_of_entry() -> Mapping[str, PortOfEntry]:
    return {row["code"]: PortOfEntry(**row) for row in _rows("ports_of_entry.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
