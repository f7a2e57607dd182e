"""When a request must be sent, until when it is decided, and until when customs wants it: the clock of its certifier.

The counting is ``tenants.calendar``; here are the dates, places and classes of requests that it is asked with.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from nopic.ledger.models import Entry, Kind
from nopic.requests.models import CertificateRequest
from nopic.tenants.calendar import Office, Pause, RulerDay
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules
from nopic.workflow.clock import now as the_present


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
