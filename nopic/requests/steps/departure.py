"""Step 1, departure (boxes 2, 15, 17).

Values: coverage ("single" or "time_frame"), departure_on (date or None; of a time frame the first), last_departure_on
(date or None; of a time frame only), turnaround (code of a class), late_reason (text).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from nopic.frames.policies import why_not_period
from nopic.presentation.words import day as in_words
from nopic.requests.statuses import Coverage
from nopic.requests.steps.reading import Choices, Reading, date_answer, line, text
from nopic.tenants.policy import Rules

REASON_LENGTH = (20, 500)  # characters of the reason for a late request


def latest_departure(today: date, rules: Rules) -> date:
    """How far ahead a departure may lie."""
    return today + timedelta(days=rules.max_departure_ahead_days)


def why_not_departure(departure: date, today: date, rules: Rules) -> str:
    """The sentence about a date that was typed, or nothing."""
    if departure < today:
        return _("That day has passed. Enter the date the goods leave, today or later")
    latest = latest_departure(today, rules)
    if departure > latest:
        return _("The date the goods leave must be within %(days)s days. Choose %(day)s or earlier") % {
            "days": rules.max_departure_ahead_days,
            "day": in_words(latest, today),
        }
    return ""


def why_not_reason(reason: str) -> str:
    """The sentence about the reason for a late request, or nothing."""
    least, most = REASON_LENGTH
    if not reason:
        return _("Tell us why the request is late")
    if not least <= len(reason) <= most:
        return _("Tell us why the request is late, in %(least)s to %(most)s characters") % {
            "least": least,
            "most": most,
        }
    return ""


def read(raw: Mapping[str, Any], choices: Choices) -> Reading:
    """The date, and the reason where the date leaves the office fewer than its working days."""
    reading, today = Reading(), choices.at_port or choices.today
    coverage = _coverage(reading, raw, choices)
    several = coverage == Coverage.TIME_FRAME
    departure = date_answer(
        reading,
        raw,
        "departure_on",
        missing=_("Enter the first departure") if several else _("Enter the date the goods leave"),
        what=_("the first departure") if several else _("the date the goods leave"),
        box=17,
        wrong=lambda day: why_not_departure(day, today, choices.rules),
    )
    reason = text(raw, "late_reason")
    late = (
        departure is not None
        and departure >= today
        and choices.office.is_late(choices.sent_at or choices.now, departure)
    )
    if late and (sentence := why_not_reason(reason)):
        reading.problem("late_reason", sentence, 17)
    turnaround = line(raw, "turnaround") or choices.rules.turnaround("").code
    if turnaround not in {each.code for each in choices.rules.turnarounds}:
        reading.problem("turnaround", _("Choose how quickly you need the decision"))
        turnaround = ""
    reading.values = {
        "coverage": coverage,
        "departure_on": departure,
        "last_departure_on": _last_departure(reading, raw, choices, departure) if several else None,
        "turnaround": turnaround,
        "late_reason": reason,
    }
    return reading


def _coverage(reading: Reading, raw: Mapping[str, Any], choices: Choices) -> str:
    """Asked only where a time frame is offered; elsewhere every request is for one shipment.

    A time frame that was chosen while it was offered stays chosen: the rules say what stands against it now.
    """
    chosen = line(raw, "coverage")
    if choices.terms is None:
        return Coverage.TIME_FRAME if chosen == Coverage.TIME_FRAME else Coverage.SINGLE
    if chosen not in Coverage.values:
        reading.problem("coverage", _("Choose one shipment or a time frame"), 2)
        return Coverage.SINGLE
    return chosen


def _last_departure(reading: Reading, raw: Mapping[str, Any], choices: Choices, first: date | None) -> date | None:
    terms = choices.terms
    return date_answer(
        reading,
        raw,
        "last_departure_on",
        missing=_("Enter the last departure"),
        what=_("the last departure"),
        box=17,
        wrong=lambda last: why_not_period(first, last, terms, choices.today) if first and terms else "",
    )
