"""What the settings of time and time frames say: the promise, the last moment to send, and what is late."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certifiers.presenters.ruling.reader import Reader
from nopic.frames.policies import obstacles_to_ask, obstacles_to_grant, terms_of, why_not_period
from nopic.presentation import words
from nopic.requests.checks.departure import late_in_words
from nopic.requests.checks.frames import too_heavy_in_words
from nopic.requests.steps.departure import latest_departure, why_not_departure
from nopic.requests.timing import lead_in_words
from nopic.tenants.policy import WEEK
from nopic.tenants.policy.letters import SAMPLES
from nopic.tenants.policy.time_frames import BEFORE, NO
from nopic.tenants.policy.words import word

_SAMPLE_DEPARTURE = timedelta(days=14)
_CALENDAR = 120  # days ahead that closed days are named of
_MOST_NAMED = 5


def zone(reader: Reader) -> list[str]:
    """How a moment is written."""
    return [_("It is now %(when)s: every deadline is told on this clock.") % {"when": reader.when(reader.moment)}]


def holidays(reader: Reader) -> list[str]:
    """The public holidays that the office keeps."""
    if not reader.rules.country:
        return [_("Your office keeps no public holidays: they count as working days.")]
    named = _closed(reader)
    if not named:
        return [_("No public holiday falls on a working day of the next %(n)s days.") % {"n": _CALENDAR}]
    return [_("Closed soon: %(days)s.") % {"days": ", ".join(named)}]


def closed_days(reader: Reader) -> list[str]:
    """Closed days of the office's own."""
    coming = [each for each in reader.rules.closed_days if each.day >= reader.today]
    if not coming:
        return [_("Your office has no closed days of its own ahead.")]
    named = [f"{reader.day(each.day)} ({each.why})" for each in sorted(coming, key=lambda each: each.day)]
    return [_("Your own closed days: %(days)s.") % {"days": ", ".join(named)}]


def weekend(reader: Reader) -> list[str]:
    """Which days of the week are none to work on."""
    if not reader.rules.weekend:
        return [_("Every day of the week is a working day.")]
    named = ", ".join(word(day) for day in WEEK if day in reader.rules.weekend)
    return [_("Not counted as working days: %(days)s.") % {"days": named}]


def opening(reader: Reader) -> list[str]:
    """From when hours run that begin at night."""
    return [
        _("Classes in hours: what comes at night is counted from %(hour)s.") % {"hour": f"{reader.rules.opening:%H:%M}"}
    ]


def closing(reader: Reader) -> list[str]:
    """When a working day ends."""
    office = reader.office
    ends = reader.when(office.closing_of(office.working_days_after(reader.today, 1)))
    return [
        _("Decisions in working days, and answers to questions, are due at the end of a day: %(when)s.")
        % {"when": ends}
    ]


def cut_off(reader: Reader) -> list[str]:
    """What a request that comes after the hour counts for."""
    return [
        _("A request sent after %(hour)s counts for the next working day.") % {"hour": f"{reader.rules.cut_off:%H:%M}"}
    ]


def lead(reader: Reader) -> list[str]:
    """Until when a request must be sent, why, and what its exporter reads who sends it later."""
    leaves = reader.today + _SAMPLE_DEPARTURE
    limit = reader.office.latest_sending(leaves)
    said = [
        _("For goods that leave on %(day)s: send the request by %(limit)s.")
        % {"day": reader.day(leaves), "limit": reader.when(limit)}
    ]
    if reader.rules.lead_days:
        said.append(lead_in_words(reader.rules, reader.certifier))
    else:
        said.append(_("No working days are asked before the goods leave."))
    return [*said, _("Sent later: “%(sentence)s”") % {"sentence": late_in_words(reader.certifier, reader.rules)}]


def turnarounds(reader: Reader) -> list[str]:
    """What each class promises."""
    said = []
    for each in reader.rules.turnarounds:
        promised = reader.when(reader.office.decision_due(reader.moment, each))
        named = f"{each.name}: {each.sentence}" if each.name else each.sentence
        said.append(_("%(name)s. Sent now: decision by %(when)s.") % {"name": named, "when": promised})
    return said


def default_class(reader: Reader) -> list[str]:
    """What stands chosen on the form."""
    chosen = reader.rules.turnaround("")
    return [
        _("Chosen on a new request until the exporter chooses otherwise: %(name)s. Sent now: decision by %(when)s.")
        % {"name": chosen.title, "when": reader.when(reader.office.decision_due(reader.moment, chosen))}
    ]


def first_request(reader: Reader) -> list[str]:
    """The promise for an exporter who never had a certificate."""
    if not reader.rules.first_request_extra_days:
        return [_("An exporter's first certificate is promised as early as any other.")]
    promised = reader.office.decision_due(reader.moment, is_first=True)
    return [_("An exporter's first certificate, sent now: decision by %(when)s.") % {"when": reader.when(promised)}]


def nudge(reader: Reader) -> list[str]:
    """When the e-mail about a draft goes out."""
    leaves = reader.today + _SAMPLE_DEPARTURE
    at = reader.office.nudge_at(leaves)
    if at is None:
        return [_("Never: no e-mail calls a draft to mind.")]
    return [
        _("Drafts for goods that leave on %(day)s are called to mind by e-mail on %(when)s.")
        % {"day": reader.day(leaves), "when": reader.when(at)}
    ]


def filing(reader: Reader) -> list[str]:
    """The usual deadlines of customs as the request shows them."""
    if not reader.rules.filing:
        return [_("No deadline of customs is shown.")]
    return [_("%(mode)s: %(why)s.") % {"mode": word(each.mode), "why": each.reason} for each in reader.rules.filing]


def ahead(reader: Reader) -> list[str]:
    """What is said of a departure that lies too far ahead."""
    too_far = latest_departure(reader.today, reader.rules) + timedelta(days=1)
    return [_("“%(sentence)s”") % {"sentence": why_not_departure(too_far, reader.today, reader.rules)}]


def time_frames(reader: Reader) -> list[str]:
    """Who may have one, what is too long or too heavy, when is warned, and when a shipment is recorded late."""
    rules, frames = reader.rules, reader.rules.time_frames
    against = obstacles_to_ask(rules)
    said = against or [
        _("Exporters ask for permission to ship in several shipments; your office grants a period and a weight.")
    ]
    if frames.allowed == NO:
        return said
    first = reader.today + _SAMPLE_DEPARTURE
    terms = terms_of(rules, None)
    longest = first + timedelta(days=frames.max_days)
    if terms is not None:
        too_long = why_not_period(first, longest, terms, reader.today)
        too_heavy = too_heavy_in_words(SAMPLES["product"], terms)
        said += [_("Exporters: “%(sentence)s”") % {"sentence": each} for each in (too_long, too_heavy)]
    else:
        wrong = obstacles_to_grant(rules, max_days=frames.max_days + 1, max_kg=frames.max_kg + 1)
        said += [_("Staff who grant more: “%(sentence)s”") % {"sentence": each} for each in wrong.values()]
    return [*said, *_warnings(reader), *_recording(reader)]


def _warnings(reader: Reader) -> list[str]:
    frames = reader.rules.time_frames
    if not frames.warn_at:
        warned = _("Never: no e-mail warns that a time frame runs low.")
    else:
        levels = [words.kg(frames.max_kg * each / 100) for each in sorted(frames.warn_at, reverse=True)]
        warned = _("Of %(cap)s kg: the exporter is warned by e-mail when %(levels)s kg are left.") % {
            "cap": words.kg(frames.max_kg), "levels": _(" and ").join(levels),
        }  # fmt: skip
    return [
        warned,
        ngettext(
            "%(n)s day before its end the exporter is asked to complete the actual weights.",
            "%(n)s days before its end the exporter is asked to complete the actual weights.",
            frames.report_days,
        ) % {"n": frames.report_days},
    ]  # fmt: skip


def _recording(reader: Reader) -> list[str]:
    frames = reader.rules.time_frames
    if frames.record == BEFORE:
        late = _("A shipment is recorded before or on the day it leaves. Staff see a later one as “recorded late”.")
    elif frames.record_days:
        late = ngettext(
            "A shipment is recorded within %(n)s working day after it left. Staff see a later one as “recorded late”.",
            "A shipment is recorded within %(n)s working days after it left. Staff see a later one as “recorded late”.",
            frames.record_days,
        ) % {"n": frames.record_days}  # fmt: skip
    else:
        late = _("A shipment is recorded on the day it leaves. Staff see a later one as “recorded late”.")
    closed = ngettext(
        "%(n)s working day after the last departure nothing more is recorded, and what never left is free again.",
        "%(n)s working days after the last departure nothing more is recorded, and what never left is free again.",
        frames.record_days,
    ) % {"n": frames.record_days}  # fmt: skip
    if not frames.record_days:
        closed = _("The day after the last departure nothing more is recorded, and what never left is free again.")
    return [late, closed]


def _weekend(reader: Reader) -> set[int]:
    return {WEEK.index(day) for day in reader.rules.weekend}


def _closed(reader: Reader) -> list[str]:
    """The public holidays soon that take a working day."""
    own = {closed.day for closed in reader.rules.closed_days}
    days = (reader.today + timedelta(days=n) for n in range(_CALENDAR))
    named = [
        f"{reader.day(day)} ({reader.office.why_closed(day)})"
        for day in days
        if day not in own and day.weekday() not in _weekend(reader) and reader.office.is_holiday(day)
    ]
    return named[:_MOST_NAMED]
