"""Which setting is changed on which page of the certifier's policy. Every setting of ``Rules`` stands in exactly one.

A page's address is /<certifier>/policies/<slug>/. A package that adds a setting writes its name here.
"""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Group(NamedTuple):
    """One page: its title, what it is about, and its settings in the order of the form."""

    title: str | Promise
    about: str | Promise
    settings: tuple[str, ...]


GROUPS: Final[dict[str, Group]] = {
    "time": Group(
        gettext_lazy("Time"),
        gettext_lazy("Working days, cut-off, how early a request must come, when you promise a decision."),
        (
            "time_zone", "country", "subdivision", "weekend", "closed_days", "opening", "cut_off", "closing", "lead_days",
            "counting", "turnarounds", "default_turnaround", "first_request_extra_days", "nudge_working_days", "filing",
            "max_departure_ahead_days",
        ),
    ),
    "time-frames": Group(
        gettext_lazy("Time frames"),
        gettext_lazy("Certificates for several shipments: how long, how much, when you are warned."),
        ("time_frames",),
    ),
    "documents": Group(
        gettext_lazy("Documents"),
        gettext_lazy("Which papers a request needs, which may follow, and what the exporter declares."),
        ("documents", "final_documents", "lots_required", "max_lots", "declaration"),
    ),
    "checks": Group(
        gettext_lazy("Checks"),
        gettext_lazy("What reviewers confirm, how much weights may differ, the reasons to refuse and to cancel."),
        (
            "checks", "weight_tolerance_kg", "weight_tolerance_percent", "over_allocation", "refusal_reasons",
            "cancel_reasons",
        ),
    ),
    "fees": Group(gettext_lazy("Fees"), gettext_lazy("What a certificate costs, and from when."), ("fees",)),
    "letters": Group(
        gettext_lazy("Letters"), gettext_lazy("Your own paragraph in the portal's e-mails."), ("letters",)
    ),
    "brand": Group(
        gettext_lazy("Brand"),
        gettext_lazy("Your colour, the line at the foot of the PDF and its paper."),
        ("accent_light", "accent_dark", "pdf_footer", "page_size"),
    ),
    "people": Group(
        gettext_lazy("People"), gettext_lazy("When a second person looks, how long answers may take, which requests are low risk."),
        ("second_person", "asking", "low_risk"),
    ),
    "registry": Group(
        gettext_lazy("Registry"), gettext_lazy("How your certificates reach the USDA's database."), ("registry_channel",)
    ),
}  # fmt: skip


def group_of(setting: str) -> str:
    """The slug of the page of a setting; KeyError for none."""
    return {name: slug for slug, group in GROUPS.items() for name in group.settings}[setting]
