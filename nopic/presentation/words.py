"""How days, moments, weights and file sizes are written. One form each, on every page, in e-mails and in lists.

Source: ux.md §9 (Fri 27 Nov, with the year when it is not the current one; kilograms with a grouping comma, tonnes only
as an echo). All functions take plain values and return plain text; they are cheap enough to call for every row.
"""

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext

_PLURAL = re.compile(r"(?<=x)es$|(?<=[cs]h)es$|(?<=ss)es$|(?<=[a-z])(?<!s)s$")
_COMMA_IS_DECIMAL = ("es", "fr")
_SPACE_AND_COMMA = str.maketrans({",": "\u00a0", ".": ","})
# Marked for translation here, looked up in `_day`: lists of lazy strings would cost more than the rest of a row.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(when: date, today: date | None = None) -> str:
    """`Fri 27 Nov`, and `Fri 27 Nov 2025` when the year is not the one of `today` (default: the local date)."""
    reference = today or timezone.localdate()
    return _day(when.year, when.month, when.day, when.year != reference.year, get_language() or "en")


def full_day(when: date) -> str:
    """`Fri 27 Nov 2026`: for pages that are printed or read years later."""
    return _day(when.year, when.month, when.day, True, get_language() or "en")


def span(first: date, last: date) -> str:
    """`Fri 27 Nov 2026 to Mon 30 Nov 2026`; a single day is named once."""
    if first == last:
        return full_day(first)
    return gettext("%(first)s to %(last)s") % {"first": full_day(first), "last": full_day(last)}


@lru_cache(maxsize=4096)
def _day(year: int, month: int, number: int, with_year: bool, language: str) -> str:
    weekday = pgettext("weekday, three letters", _WEEKDAYS[date(year, month, number).weekday()])
    words = {"weekday": weekday, "day": number, "month": pgettext("month, three letters", _MONTHS[month - 1])}
    if with_year:
        return gettext("%(weekday)s %(day)s %(month)s %(year)s") % {**words, "year": year}
    return gettext("%(weekday)s %(day)s %(month)s") % words


def spoken_day(when: date) -> str:
    """`Friday 11 December`, for sentences that are read out beside a picture."""
    return gettext("%(weekday)s %(day)s %(month)s") % {
        "weekday": pgettext("weekday", _LONG[when.weekday()]),
        "day": when.day,
        "month": pgettext("month", _LONG_MONTHS[when.month - 1]),
    }


def weekdays() -> list[str]:
    """Monday to Sunday, as a week is counted: index 0 is Monday."""
    return [pgettext("weekday", name) for name in _LONG]


def weekday_letters(when: date) -> str:
    """`Fr`: two letters for a cell of the working-day ruler."""
    return pgettext("weekday, two letters", _SHORT[when.weekday()])


def clock(when: datetime, zone: tzinfo | str) -> str:
    """`17:00` in the given zone."""
    return f"{when.astimezone(_zone(zone)):%H:%M}"


def moment(when: datetime, zone: tzinfo | str, city: str = "", today: date | None = None) -> str:
    """`Fri 27 Nov, 17:00 Lima`: a deadline or an event at the office's clock; the city says whose clock it is."""
    local = when.astimezone(_zone(zone))
    here = today or timezone.localdate(timezone=_zone(zone))
    text = gettext("%(day)s, %(time)s") % {"day": day(local.date(), here), "time": f"{local:%H:%M}"}
    return f"{text} {city}" if city else text


def city_of(zone: tzinfo | str) -> str:
    """`Lima` for America/Lima, `New York` for America/New_York: the name readers know a zone by."""
    return str(_zone(zone)).rpartition("/")[2].replace("_", " ")


@lru_cache(maxsize=64)
def _named_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(zone: tzinfo | str) -> tzinfo:
    return _named_zone(zone) if isinstance(zone, str) else zone


def kg(weight: Decimal | int) -> str:
    """`19,200` or `1,150.5`: grouped, at most three decimals, no trailing zeros and no unit.

    In a sentence in Spanish or French `19 200` and `1 150,5`: there a comma is the decimal sign.
    """
    text = _tidy(f"{Decimal(weight):,.3f}")
    return text.translate(_SPACE_AND_COMMA) if (get_language() or "en")[:2] in _COMMA_IS_DECIMAL else text


def plain_kg(weight: Decimal | int) -> str:
    """`19200`: the same without grouping, for what is copied into other systems."""
    return _tidy(f"{Decimal(weight):.3f}")


def tonnes(weight: Decimal | int) -> str:
    """`19.2 t`: the echo beside a typed weight in kilograms, so that a misread comma is seen."""
    return gettext("%(weight)s t") % {"weight": _tidy(f"{Decimal(weight) / 1000:,.6f}")}


def packages(count: int, kind: str) -> str:
    """`320 jute bags`, and `1 jute bag`: kinds are typed in the plural, in whatever language."""
    return f"{count:,} {of_one(kind) if count == 1 else kind}".strip()


def of_one(kind: str) -> str:
    """`bag of 60 kg` of `bags of 60 kg`: without the plural's ending, which English and its neighbours share."""
    noun, space, rest = re.split(r"(\s(?:of|with|\(|\d)|$)", kind, maxsplit=1)
    return _PLURAL.sub("", noun) + space + rest


def _tidy(figures: str) -> str:
    return figures.rstrip("0").rstrip(".") if "." in figures else figures


def within(name: str) -> str:
    """`transport document` within a sentence of `Transport document`; `FDA notice` keeps its capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def filesize(size: int) -> str:
    """`96 KB`, `3.4 MB`: decimal units, as phones and mail programs count them."""
    if size < 1_000_000:
        return gettext("%(size)s KB") % {"size": max(1, round(size / 1000)) if size else 0}
    return gettext("%(size)s MB") % {"size": _tidy(f"{size / 1_000_000:.1f}")}
