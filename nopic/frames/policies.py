"""What stands against asking for, granting and using a time frame; and on what terms a product may have one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.frames.models import Allowance, Permission
from nopic.frames.statuses import Closed, PermissionStatus
from nopic.presentation.words import day as in_words
from nopic.presentation.words import kg
from nopic.tenants.policy import Rules
from nopic.tenants.policy.time_frames import BY_ARRANGEMENT, NO, YES


@dataclass(frozen=True, slots=True)
class Terms:
    """How long (both days count) and how much (kg) a time frame of one product may be, and between which days."""

    max_days: int
    max_kg: Decimal
    valid_from: date | None = None
    valid_to: date | None = None


def terms_of(rules: Rules, permission: Permission | None) -> Terms | None:
    """The terms for one product, or None when it may have no time frame: the policy's, narrowed by the permission."""
    allowed = rules.time_frames
    if allowed.allowed == NO:
        return None
    if allowed.allowed == YES and permission is None:
        return Terms(allowed.max_days, allowed.max_kg)
    if permission is None or permission.status != PermissionStatus.GRANTED:
        return None
    assert permission.max_days is not None and permission.max_kg is not None  # noqa: S101, PT018 - granted completely
    return Terms(
        min(permission.max_days, allowed.max_days),
        min(permission.max_kg, allowed.max_kg),
        permission.valid_from,
        permission.valid_to,
    )


def widest(terms: Iterable[Terms]) -> Terms | None:
    """What the form can offer before the product is known: the longest and the largest of all."""
    known = list(terms)
    if not known:
        return None
    ends = [one.valid_to for one in known]
    starts = [one.valid_from for one in known]
    return Terms(
        max(one.max_days for one in known),
        max(one.max_kg for one in known),
        None if None in starts else min(day for day in starts if day),
        None if None in ends else max(day for day in ends if day),
    )


def why_not_period(first: date, last: date, terms: Terms, today: date) -> str:
    """The sentence about a first and a last departure, or nothing."""
    if last < first:
        return _("The last departure must be %(day)s or later") % {"day": in_words(first, today)}
    latest = first + timedelta(days=terms.max_days - 1)
    if last > latest:
        return _("The time frame must be %(days)s days or shorter. Choose a last departure of %(day)s or earlier") % {
            "days": terms.max_days,
            "day": in_words(latest, today),
        }
    if terms.valid_from and first < terms.valid_from:
        return _("The permission begins on %(day)s. Choose a first departure of that day or later") % {
            "day": in_words(terms.valid_from, today)
        }
    if terms.valid_to and last > terms.valid_to:
        return _("The permission ends on %(day)s. Choose a last departure of that day or earlier") % {
            "day": in_words(terms.valid_to, today)
        }
    return ""


def obstacles_to_ask(rules: Rules) -> list[str]:
    """Why nobody can ask for a permission of this certifier."""
    if rules.time_frames.allowed == BY_ARRANGEMENT:
        return []
    if rules.time_frames.allowed == YES:
        return [_("No permission is needed: a request offers the time frame by itself.")]
    return [_("This certifier issues certificates for single shipments only.")]


def obstacles_to_grant(rules: Rules, *, max_days: int, max_kg: Decimal) -> dict[str, str]:
    """What is granted must be within the policy: a sentence for each field that is not."""
    policy, wrong = rules.time_frames, {}
    if policy.allowed == NO:
        wrong["max_days"] = _("The policy allows no time frames")
    elif max_days > policy.max_days:
        wrong["max_days"] = _("The policy allows %(days)s days or fewer") % {"days": policy.max_days}
    if policy.allowed != NO and max_kg > policy.max_kg:
        wrong["max_kg"] = _("The policy allows %(kg)s kg or less") % {"kg": kg(policy.max_kg)}
    return wrong


def obstacles_to_withdraw(permission: Permission) -> list[str]:
    """Why a permission cannot be withdrawn."""
    if permission.status != PermissionStatus.GRANTED:
        return [_("Only a permission that was granted can be withdrawn.")]
    return []


def obstacles_to_draw(allowance: Allowance) -> list[str]:
    """Why nothing may be recorded under a certificate (any more)."""
    if not allowance.closed_at:
        return []
    if allowance.closed_why == Closed.SETTLED and not allowance.time_frame:
        return [_("What did not leave with it is given back to the verified quantity. Its weight is final.")]
    return [
        {
            Closed.CANCELLED: _("The certificate was cancelled. No shipment may be recorded under it."),
            Closed.REPLACED: _("The certificate was replaced. Record shipments under the new one."),
            Closed.SETTLED: _(
                "The time frame is over and its rest was released. No shipment may be recorded any more."
            ),
        }[Closed(allowance.closed_why)]
    ]


def why_not_day(allowance: Allowance, day: date, *, has_left: bool, today: date) -> str:
    """The sentence about a day of departure, or nothing: it names the period."""
    if allowance.time_frame and not allowance.first_on <= day <= allowance.last_on:
        first, last = in_words(allowance.first_on, today), in_words(allowance.last_on, today)
        if first == last:
            return _("The time frame is %(day)s alone. Choose that day") % {"day": first}
        return _("The time frame is from %(first)s to %(last)s. Choose a day in it") % {"first": first, "last": last}
    if has_left and day > today:
        return _("Enter the day it left, today or earlier. A later truck is planned")
    return ""


def why_not_kg(allowance: Allowance, weight: Decimal, own: Decimal) -> str:
    """The sentence about a net weight, or nothing: it says how many kilograms are possible. `own`: counted already."""
    possible = allowance.left_kg + own
    if weight <= possible:
        return ""
    if possible <= 0:
        return _("Nothing is left of the %(cap)s kg of this certificate") % {"cap": kg(allowance.cap_kg)}
    return _("At most %(kg)s kg are possible") % {"kg": kg(possible)}


def why_not_arrived(departed: date, today: date) -> str:
    """The sentence about a day of arrival before the departure or after today."""
    if departed >= today:
        return _("It left today, %(day)s. Enter that day, or record the arrival later") % {
            "day": in_words(departed, today)
        }
    return _("Enter the day it arrived, from %(first)s to %(last)s") % {
        "first": in_words(departed, today),
        "last": in_words(today, today),
    }
