"""When the goods leave: not before today, not too far ahead, not already gone, and late only with a reason."""

from datetime import date

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.requests.checks.finding import Finding, Moment, Severity
from nopic.requests.facts import Facts
from nopic.requests.ports import today_at
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps.departure import latest_departure, why_not_departure, why_not_reason
from nopic.requests.steps.transport import why_not_arrival
from nopic.tenants.policy import Rules

PRIOR_TO_EXPORT = "7 CFR 205.273"  # certificates are requested before export


def today_at_port(facts: Facts) -> date:
    """Today where the goods are loaded, as a departure is a day on the clock of that place; else at the office."""
    return today_at(facts.request.place_of_loading, facts.request.country_of_loading, facts.now) or facts.today


def has_not_departed(facts: Facts, moment: Moment) -> list[Finding]:
    """Goods that have left are never certified. A date that merely passed is a question, not a fact.

    A day of departure is one on the clock of the place of loading, wherever the office is.
    """
    request = facts.request
    if request.departed_on is not None:
        return [
            Finding(
                "has_not_departed", 17, "stop",
                _("The goods left on %(day)s. We cannot issue a certificate for goods that have left")
                % {"day": in_words(request.departed_on, facts.today)},
                _("Declared as left on %(day)s: not to be issued")
                % {"day": in_words(request.departed_on, facts.today)},
                inputs={"departed_on": request.departed_on.isoformat(), "today": facts.today.isoformat()},
                citation=PRIOR_TO_EXPORT, field="departure#departed_on",
            )
        ]  # fmt: skip
    if request.departure_on is None or request.departure_on >= today_at_port(facts):
        return []
    if not request.turn and moment in ("draft", "submit"):  # a date in a form; nobody relies on it yet
        sentence = why_not_departure(request.departure_on, today_at_port(facts), facts.rules)
        return [Finding("has_not_departed", 17, "stop", sentence, sentence, field="departure#departure_on")]
    passed = {"day": in_words(request.departure_on, facts.today)}
    return [
        Finding(
            "has_not_departed", 17, "stop",
            _("The goods were to leave on %(day)s. Has it left? If not, enter the new date and why") % passed,
            _("The date of departure, %(day)s, has passed: ask whether the goods have left") % passed,
            inputs={"departure_on": request.departure_on.isoformat(), "today": today_at_port(facts).isoformat()},
            citation=PRIOR_TO_EXPORT, field="departure#departure_on", asks="has_it_left",
        )
    ]  # fmt: skip


def leaves_soon_enough(facts: Facts, moment: Moment) -> list[Finding]:
    """A departure months away cannot be judged today: lists, dates and prices of both sides change."""
    departure = facts.request.departure_on
    if departure is None or departure <= latest_departure(facts.today, facts.rules):
        return []
    sentence = why_not_departure(departure, facts.today, facts.rules)
    return [
        Finding("leaves_soon_enough", 17, "stop", sentence, sentence, field="departure#departure_on",
                inputs={"departure_on": departure.isoformat(), "most_days": facts.rules.max_departure_ahead_days})
    ]  # fmt: skip


def late_in_words(certifier: str, rules: Rules) -> str:
    """What the exporter of a late request with its reason reads."""
    return _("%(certifier)s asks for %(days)s working days. Your request may be refused") % {
        "certifier": certifier,
        "days": rules.lead_days,
    }


def is_sent_in_time(facts: Facts, moment: Moment) -> list[Finding]:
    """The office asks for working days before departure; later needs a reason, and then a reviewer's word."""
    request, office = facts.request, facts.office
    if request.departure_on is None:
        return []
    before_review = moment in ("draft", "submit")
    if before_review and request.departure_on < today_at_port(facts):
        return []  # another rule asks whether the goods have left
    is_draft = request.status == RequestStatus.DRAFT
    sent_at = facts.now if is_draft or request.submitted_at is None else request.submitted_at
    if not office.is_late(sent_at, request.departure_on):
        return []
    inputs = {
        "sent_at": sent_at.isoformat(),
        "departure_on": request.departure_on.isoformat(),
        "send_by": office.latest_sending(request.departure_on).isoformat(),
        "lead_days": facts.rules.lead_days,
        "reason": request.late_reason,
    }
    missing = why_not_reason(request.late_reason)
    asks = late_in_words(facts.certifier, facts.rules)
    staff = _("Sent late, %(days)s working days are asked. Reason: %(reason)s") % {
        "days": facts.rules.lead_days, "reason": request.late_reason or _("none given"),
    }  # fmt: skip
    if before_review and missing:
        return [Finding("is_sent_in_time", 17, "stop", missing, staff, inputs=inputs, field="departure#late_reason")]
    # In the case it stands against approval until a reviewer overrides it with a note or refuses the line.
    severity: Severity = "question" if before_review else "stop"
    return [
        Finding("is_sent_in_time", 17, severity, asks, staff, inputs=inputs, field="departure#late_reason",
                can_be_waived=True)
    ]  # fmt: skip


def arrives_after_departure(facts: Facts, moment: Moment) -> list[Finding]:
    """Goods arrive after they left."""
    request = facts.request
    if request.arrival_on is None:
        return []
    sentence = why_not_arrival(request.arrival_on, request.departure_on, request.mode, facts.today)
    if not sentence:
        return []
    return [
        Finding("arrives_after_departure", 15, "stop", sentence, sentence, field="transport#arrival_on",
                inputs={"arrival_on": request.arrival_on.isoformat(), "departure_on": str(request.departure_on)})
    ]  # fmt: skip
