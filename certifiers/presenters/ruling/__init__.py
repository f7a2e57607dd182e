"""What users will read under a policy: sentences made from proposed values, before anybody is bound by them.

Every setting has a writer. A writer asks the function that writes the sentence for users, where there is one, so that
the screen never promises other words than they will read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from certifiers.presenters.ruling import clock, desk, papers, printed
from certifiers.presenters.ruling.reader import Reader
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules
from nopic.tenants.policy.brand import theme
from nopic.tenants.policy.saying import differences
from nopic.tenants.queries import Change

__all__ = ["WRITERS", "Reader", "planned_first", "sentences", "swatches", "told_changes"]

WRITERS: Final[dict[str, Callable[[Reader], list[str]]]] = {
    "time_zone": clock.zone,
    "country": clock.holidays,
    "subdivision": clock.holidays,
    "weekend": clock.weekend,
    "closed_days": clock.closed_days,
    "opening": clock.opening,
    "cut_off": clock.cut_off,
    "closing": clock.closing,
    "lead_days": clock.lead,
    "counting": clock.lead,
    "turnarounds": clock.turnarounds,
    "default_turnaround": clock.default_class,
    "first_request_extra_days": clock.first_request,
    "nudge_working_days": clock.nudge,
    "filing": clock.filing,
    "max_departure_ahead_days": clock.ahead,
    "time_frames": clock.time_frames,
    "documents": papers.documents,
    "final_documents": papers.final,
    "lots_required": papers.lots,
    "max_lots": papers.most_lots,
    "declaration": papers.declaration,
    "checks": desk.checks,
    "weight_tolerance_kg": desk.tolerance,
    "weight_tolerance_percent": desk.tolerance,
    "over_allocation": desk.over_allocation,
    "refusal_reasons": desk.refusals,
    "cancel_reasons": desk.cancellations,
    "fees": printed.fees,
    "letters": printed.letters,
    "accent_light": printed.accent_light,
    "accent_dark": printed.accent_dark,
    "pdf_footer": printed.footer,
    "page_size": printed.paper,
    "second_person": desk.second_person,
    "asking": desk.asking,
    "low_risk": desk.low_risk,
    "registry_channel": desk.registry,
}


def sentences(setting: str, reader: Reader) -> list[str]:
    """What exporters, reviewers and recipients read because of one setting."""
    return WRITERS[setting](reader)


def swatches(rules: Rules) -> list[dict[str, str]]:
    """The accents as they are seen: on light and on dark pages; none without accents of the policy."""
    made = theme(rules.accent_light, rules.accent_dark)
    titles = {"light": _("On light pages"), "dark": _("On dark pages")}
    return [{"title": titles[scheme], **colours} for scheme, colours in made.items()]


@dataclass
class Told:
    """One decision about the policy: who, when, why, from when on, and old → new of each setting."""

    policy: Policy
    state: str
    lines: list[str] = field(default_factory=list)


def told_changes(changes: Iterable[Change]) -> list[Told]:
    """The changes of settings, those of one decision together, in the order in which they come."""
    found: dict[int, Told] = {}
    for one in changes:
        told = found.setdefault(one.policy.pk, Told(one.policy, one.state))
        told.lines += differences(one.setting, one.before, one.after, one.policy.data)
    return list(found.values())


def planned_first(changes: Iterable[Told]) -> tuple[list[Told], list[Told]]:
    """The changes that are still to begin (in the order in which they will), and the others (newest decision first)."""
    told = list(changes)
    planned = [one for one in told if one.state == "planned"]
    planned.sort(key=lambda one: (one.policy.effective_from, one.policy.version))
    return planned, [one for one in told if one.state != "planned"]
