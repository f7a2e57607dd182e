"""A certificate's draw-down in words and as a picture: the same for exporter, staff, importer and broker."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.frames.actions import Said
from nopic.frames.models import Allowance
from nopic.frames.queries import Pace, pace_of
from nopic.presentation.bars import Bar, bar
from nopic.presentation.words import day as in_words
from nopic.presentation.words import full_day, kg, span


@dataclass(frozen=True)
class Drawn:
    """What is left, the pace, and when it runs out."""

    picture: Bar
    left: str
    of: str
    period: str
    pace: str  # "" while nothing has left
    runs_out: bool  # before the last departure


def told(said: Said) -> str:
    """What was said of a shipment, in one line: day, weight, plate, transport document, lots, arrival."""
    arrived = _("arrived %(day)s") % {"day": full_day(said.arrived_on)} if said.arrived_on else ""
    lots = ", ".join(said.lots)
    weight = _("%(kg)s kg") % {"kg": kg(said.kg)}
    return " · ".join(filter(None, (full_day(said.departs_on), weight, said.unit, said.document, lots, arrived)))


def drawn(allowance: Allowance, today: date) -> Drawn:
    """The draw-down of a certificate on the office's day."""
    if not allowance.time_frame:
        return _of_one(allowance)
    return drawn_of(
        cap=allowance.cap_kg, shipped=allowance.shipped_kg, planned=allowance.planned_kg, first=allowance.first_on,
        last=allowance.last_on, today=today,
    )  # fmt: skip


def _of_one(allowance: Allowance) -> Drawn:
    """A single shipment against what its certificate says: what did not go with it never will, and there is no pace."""
    left = allowance.shipped_kg > 0
    weight = _("%(kg)s kg shipped") if left else _("%(kg)s kg planned")
    return Drawn(
        picture=bar(
            used=allowance.shipped_kg, held=allowance.planned_kg, of=allowance.cap_kg, used_word=_("shipped"),
            held_word=_("planned"), left_word=_("not shipped"),
        ),
        left=weight % {"kg": kg(allowance.shipped_kg if left else allowance.planned_kg)},
        of=_("of %(kg)s kg") % {"kg": kg(allowance.cap_kg)},
        period=_("Departure on the certificate: %(day)s") % {"day": full_day(allowance.last_on)},
        pace="",
        runs_out=False,
    )  # fmt: skip


def drawn_of(*, cap: Decimal, shipped: Decimal, planned: Decimal, first: date, last: date, today: date) -> Drawn:
    """The same from figures, all in kilograms."""
    left, is_over = cap - shipped - planned, last < today
    known = pace_of(left, shipped, first, last, today)
    weight = _("%(kg)s kg not shipped") if is_over else _("%(kg)s kg left")
    return Drawn(
        picture=bar(
            used=shipped, held=planned, of=cap, used_word=_("shipped"), held_word=_("planned"),
            left_word=_("not shipped") if is_over else _("left"),
        ),
        left=weight % {"kg": kg(left)} if left else _("Nothing left"),
        of=_("of %(kg)s kg") % {"kg": kg(cap)},
        period=span(first, last),
        pace=_pace(known, last, today) if left else "",
        runs_out=known.runs_out_on is not None and not is_over,
    )  # fmt: skip


def _pace(known: Pace, last: date, today: date) -> str:
    if last < today:
        return _("the time frame ended on %(day)s") % {"day": in_words(last, today)}
    if known.days is None:
        return ""
    if known.runs_out_on is None:
        return _("at this pace enough until %(day)s, the end") % {"day": in_words(last, today)}
    return ngettext(
        "about %(n)s day at this pace, until %(day)s", "about %(n)s days at this pace, until %(day)s", known.days
    ) % {"n": known.days, "day": in_words(known.runs_out_on, today)}
