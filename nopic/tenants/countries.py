"""Countries by ISO 3166 code, with the English names that the portal stores and prints. Source: data/README.md."""

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FILE: Final = Path(__file__).parent / "data" / "countries.csv"


@cache
def countries() -> Mapping[str, str]:
    """Code → English name, in the order of the names; an accent does not send a country to the end."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row["name"] for row in csv.DictReader(file)}
    return MappingProxyType(
        dict(sorted(rows.items(), key=lambda row: unicodedata.normalize("NFKD", row[1]).encode("ascii", "ignore")))
    )


@cache
def _codes() -> Mapping[str, str]:
    return {name.casefold(): code for code, name in countries().items()}


def country_name(code: str) -> str:
    """The English name for a code; KeyError if there is no such country."""
    return countries()[code]


def country_code(name: str) -> str | None:
    """The code for an English name as ``countries`` writes it, whatever its capitals; None if it is not there."""
    return _codes().get(name.strip().casefold())
