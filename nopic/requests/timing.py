"""When a request must be sent, until when it is decided, and until when customs wants it: the clock of its certifier.

The counting is ``tenants.calendar``; here are the dates, places and classes of requests that it is asked with.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.ledger.models import Entry, Kind
from nopic.presentation.words import city_of, moment, spoken_day
from nopic.requests import ports
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import RequestStatus
from nopic.tenants.calendar import Filing, Office, Pause, RulerDay, filing
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules
from nopic.workflow.clock import now as the_present

_FURTHEST = timedelta(days=800)


def day_of_loading(request: CertificateRequest, moment: datetime) -> date:
    """The day at this moment where the goods of a sent request are loaded; of an unknown place, the office's."""
    assert request.policy is not None  # noqa: S101 - a sent request has one
    there = ports.today_at(request.place_of_loading, request.country_of_loading, moment)
    return there or Office(request.policy.rules).local(moment).date()


@dataclass(frozen=True, slots=True)
class Ruler:
    """The working-day ruler: cells for the picture, the last moment to send in time, and whether that has passed."""

    departure: date
    send_by: datetime
    late: bool
    today: date
    zone: str
    days: list[RulerDay] = field(default_factory=list)


def ruler(about: CertificateRequest | date | None, policy: Policy) -> Ruler | None:
    """The ruler for a departure, or for the departure of a request; None without a date."""
    departure = about.departure_on if isinstance(about, CertificateRequest) else about
    if departure is None:
        return None
    office, moment = Office(policy.rules), the_present()
    today = office.local(moment).date()
    return Ruler(
        departure=departure,
        send_by=office.latest_sending(departure),
        late=office.is_late(moment, departure),
        today=today,
        zone=policy.rules.time_zone,
        days=office.days_for_ruler(today, departure),
    )


@dataclass(frozen=True, slots=True)
class Deadline:
    """One of the moments that follow each other: what must happen, until when on whose clock, and why."""

    title: str
    when: str
    why: str
    passed: bool = False
    clash: str = ""  # what is wrong beside the others


def filing_of(request: CertificateRequest, rules: Rules) -> Filing | None:
    """The usual customs deadline of a request on the clock of the place where it is measured; None before it is known.

    A place that the list does not know is taken to have the office's clock.
    """
    rule = rules.filing_for(request.mode) if request.mode else None
    if rule is None:
        return None
    if rule.measured_from == "departure":
        zone = ports.zone_of(request.place_of_loading, request.country_of_loading)
        day = request.departed_on or request.departure_on
    else:
        zone, day = ports.zone_of_entry(request.port_code), request.arrival_on
    return filing(rule, day, zone or rules.time_zone) if day and day > date.min + _FURTHEST else None


def deadlines(request: CertificateRequest, rules: Rules, now: datetime, decision: datetime | None) -> list[Deadline]:
    """Sending, decision and customs in their order, each with its reason; what is not known yet is left out.

    ``decision`` is the promise: the one that stands, or the one that a draft would get now. While questions are open it
    moves on with every hour: the day of the answers stands in its place.
    """
    office, found = Office(rules), []
    city = city_of(rules.time_zone)
    if request.departure_on is not None and _can_be(request.departure_on, now):
        limit = office.latest_sending(request.departure_on)
        sent = request.submitted_at if request.turn and request.submitted_at else now
        to_send = request.status == RequestStatus.DRAFT
        found.append(
            Deadline(
                _("Send the request by") if to_send else _("Was to be sent by"),
                moment(limit, office.zone, city),
                lead_in_words(rules, request.certifier.name),
                sent > limit,
            )
        )
    if request.questions_due_at is not None:
        decision, why = None, _(
            "The clock stands still until the answers are sent; the decision is then due later by the working time that it stood."
        )  # fmt: skip
        due = request.questions_due_at
        found.append(Deadline(_("Answers by"), moment(due, office.zone, city), why, due < now))
    if decision is not None:
        turnaround = rules.turnaround(request.turnaround)
        said = {"title": turnaround.name, "counted": turnaround.sentence}
        why = (_("%(title)s: %(counted)s.") if turnaround.name else "%(counted)s.") % said
        found.append(Deadline(_("Decision by"), moment(decision, office.zone, city), why, decision < now))
    customs = filing_of(request, rules)
    if customs is not None and _can_be(_measured(request, customs), now):
        found.append(
            Deadline(
                _("Customs data, usually by"),
                moment(customs.at, customs.zone, city_of(customs.zone)),
                _("%(why)s. Counted from the beginning of %(day)s, as the hour is not known.")
                % {"why": customs.rule.reason, "day": spoken_day(_measured(request, customs))},
                customs.at < now,
                _("The decision is promised for later than that.") if decision and decision > customs.at else "",
            )
        )
    return found


def lead_in_words(rules: Rules, certifier: str) -> str:
    """How many working days the office asks for, and whether the day of sending is one of them."""
    asked = ngettext(
        "%(certifier)s asks for %(n)s working day before the goods leave.",
        "%(certifier)s asks for %(n)s working days before the goods leave.",
        rules.lead_days,
    ) % {"certifier": certifier, "n": rules.lead_days}  # fmt: skip
    if rules.counting == "lenient":
        return f"{asked} {_('The day of sending counts until the cut-off hour.')}"
    return f"{asked} {_('The day of sending does not count.')}"


def _can_be(day: date, now: datetime) -> bool:
    """Whether a typed date is near enough to be one: of the year 1 or 9999 there is no calendar to count on."""
    return abs(day - now.date()) <= _FURTHEST


def _measured(request: CertificateRequest, customs: Filing) -> date:
    day = request.departed_on or request.departure_on if customs.rule.measured_from == "departure" else None
    day = day or request.arrival_on
    assert day is not None  # noqa: S101 - the deadline was counted from it
    return day


def is_first(request: CertificateRequest, rules: Rules) -> bool:
    """Whether the exporter never had a certificate from this certifier; asked only where the policy grants days for it."""
    if not rules.first_request_extra_days:
        return False
    mine = Entry.objects.filter(certifier_id=request.certifier_id, account__item__exporter_id=request.exporter_id)
    return not mine.filter(kind=Kind.ISSUE).exists()


def promise(policy: Policy, now: datetime, turnaround: str = "", *, is_first: bool = False) -> datetime:
    """When the decision is promised for a request sent at this moment in this class; on the office's clock.

    A class that the policy does not have is its default one.
    """
    return Office(policy.rules).decision_due(now, policy.rules.turnaround(turnaround), is_first=is_first)


def promise_of(request: CertificateRequest, policy: Policy, now: datetime) -> datetime:
    """The same for a draft that would be sent now, in the class that its exporter chose."""
    return promise(policy, now, request.turnaround, is_first=is_first(request, policy.rules))


def moved_promise(request: CertificateRequest, pauses: Iterable[Pause], *, due: datetime | None = None) -> datetime:
    """The promise of a sent request after these questions were open, under the policy that it was sent with.

    ``due`` is the promise before them (default: the one that stands). A pause without an end is open until now.
    Raises ValueError for a request that was never sent.
    """
    due = due or request.decide_by
    if due is None or request.policy is None or request.submitted_at is None:
        raise ValueError("Only a request that was sent has a promise")
    rules = request.policy.rules
    return Office(rules).due_after(
        due, rules.turnaround(request.turnaround), pauses, since=request.submitted_at, now=the_present()
    )
