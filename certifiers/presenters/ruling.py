"""What users will read under a policy: sentences made from proposed values, before anybody is bound by them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nopic.presentation import words
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules, cancel_text, refusal_text
from nopic.tenants.policy.brand import least_contrast, theme
from nopic.tenants.policy.groups import GROUPS
from nopic.tenants.policy.letters import LETTER_NAMES, SAMPLES, filled
from nopic.tenants.policy.saying import label_of, said_of
from nopic.tenants.policy.words import word

_SAMPLE_KG = Decimal(19_200)


def sentences(slug: str, rules: Rules, moment: datetime) -> list[str]:
    """What exporters, reviewers and recipients read because of the settings of one page."""
    made = _WRITERS.get(slug)
    if made is not None:
        return made(rules, moment)
    stored = rules.to_json()
    return [
        _("%(label)s: %(value)s") % {"label": label_of(name), "value": said_of(name, stored[name])}
        for name in GROUPS[slug].settings
    ]


def swatches(rules: Rules) -> list[dict[str, str]]:
    """The accents as they are seen: on light and on dark pages; none without accents of the policy."""
    made = theme(rules.accent_light, rules.accent_dark)
    titles = {"light": _("On light pages"), "dark": _("On dark pages")}
    return [{"title": titles[scheme], **colours} for scheme, colours in made.items()]


def _time(rules: Rules, moment: datetime) -> list[str]:
    office, city = Office(rules), words.city_of(rules.time_zone)
    today = office.local(moment).date()
    leaves = today + timedelta(days=14)
    said = [
        _("For goods that leave on %(day)s: send the request by %(limit)s.") % {
            "day": words.day(leaves, today),
            "limit": words.moment(office.latest_sending(leaves), rules.time_zone, city, today),
        }
    ]  # fmt: skip
    for turnaround in rules.turnarounds:
        promised = office.decision_due(moment, turnaround)
        said.append(
            _("%(name)s. Sent now: decision by %(when)s.")
            % {"name": turnaround.sentence, "when": words.moment(promised, rules.time_zone, city, today)}
        )
    closed = [day for day in (today + timedelta(days=n) for n in range(120)) if not office.is_working_day(day)]
    named = [
        f"{words.day(day, today)} ({office.why_closed(day)})" for day in closed if day.weekday() not in _weekend(rules)
    ]
    if named:
        said.append(_("Closed soon: %(days)s.") % {"days": ", ".join(named[:5])})
    said += [_("%(mode)s: %(why)s.") % {"mode": word(each.mode), "why": each.reason} for each in rules.filing]
    return said


def _weekend(rules: Rules) -> set[int]:
    from nopic.tenants.policy import WEEK

    return {WEEK.index(day) for day in rules.weekend}


def _documents(rules: Rules, moment: datetime) -> list[str]:
    said = []
    for row in rules.documents:
        when = _("welcome")
        if row.required_before_sending:
            when = _("before sending")
        elif row.may_follow:
            when = _("may follow")
        why = row.reason or word(row.condition)
        said.append(_("%(document)s, %(when)s: %(why)s") % {"document": row.title, "when": when, "why": why})
    said.append(_("The exporter declares: “%(text)s”") % {"text": rules.declaration_text})
    return said


def _checks(rules: Rules, moment: datetime) -> list[str]:
    said = []
    for row in rules.checks:
        if row.has_tolerance:
            may = {"title": row.title, "kg": words.kg(rules.tolerance(_SAMPLE_KG, row.id))}
            said.append(_("%(title)s: of 19,200 kg declared, %(kg)s kg more or less are accepted") % may)
        else:
            said.append(row.title)
    said.append(
        _("Other weights: of 19,200 kg declared, %(kg)s kg more or less are accepted.")
        % {"kg": words.kg(rules.tolerance(_SAMPLE_KG))}
    )
    said += [_("Refused: %(text)s") % {"text": refusal_text(reason)} for reason in rules.refusal_reasons]
    said += [_("Cancelled: %(text)s") % {"text": cancel_text(reason)} for reason in rules.cancel_reasons]
    return said


def _letters(rules: Rules, moment: datetime) -> list[str]:
    said = [
        _("%(letter)s (%(language)s): %(text)s") % {
            "letter": LETTER_NAMES[own.letter], "language": word(own.language), "text": filled(own.text, SAMPLES),
        }
        for own in rules.letters
    ]  # fmt: skip
    return said or [_("The portal's e-mails have no paragraph of yours.")]


def _brand(rules: Rules, moment: datetime) -> list[str]:
    said = []
    for accent, scheme, sentence in (
        (rules.accent_light, "light", _("Your colour on light pages: contrast %(ratio)s:1.")),
        (rules.accent_dark, "dark", _("Your colour on dark pages: contrast %(ratio)s:1.")),
    ):
        if accent:
            said.append(sentence % {"ratio": f"{int(least_contrast(accent, scheme) * 10) / 10}"})
    said.append(
        _("At the foot of each new certificate: “%(line)s”") % {"line": rules.pdf_footer}
        if rules.pdf_footer
        else _("The foot of a certificate has no line of yours.")
    )
    said.append(_("Certificates are printed on %(paper)s.") % {"paper": word(rules.page_size)})
    return said


_WRITERS: dict[str, Callable[[Rules, datetime], list[str]]] = {
    "time": _time,
    "documents": _documents,
    "checks": _checks,
    "letters": _letters,
    "brand": _brand,
}


def planned_first(changes: list[Any]) -> tuple[list[Any], list[Any]]:
    """The changes that are still to begin (soonest first), and the others (newest decision first)."""
    planned = [change for change in changes if change["state"] == "planned"]
    planned.sort(key=lambda change: change["policy"].effective_from)
    return planned, [change for change in changes if change["state"] != "planned"]
