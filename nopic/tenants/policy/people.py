# ruff: noqa: RUF009 setting() makes a dataclass field, which is what that rule asks for
"""What a certifier decides about people: when a second one confirms an approval, and how long answers may take."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from . import reading as read

# Why an approved line waits for a colleague, in the words of the queue.
SECOND_REASONS: Final[dict[str, Promise]] = {
    "first_request": gettext_lazy("exporter's first request"),
    "new_supplier": gettext_lazy("new supplier"),
    "weight": gettext_lazy("weight"),
    "override": gettext_lazy("a rule was let pass"),
    "late": gettext_lazy("late request"),
    "balance": gettext_lazy("balance nearly used up"),
    "signed_form": gettext_lazy("confirmed by a signed form"),
}


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """When a different person confirms an approval before the certificate begins, or its new version. Nothing set: never.

    ``above_kg`` and ``above_percent`` (of the verified quantity) are off at 0.
    """

    first_request: bool = read.setting(False, label=gettext_lazy("First request of an exporter"), reads=read.yes_or_no)
    new_supplier: bool = read.setting(False, label=gettext_lazy("New supplier"), reads=read.yes_or_no)
    above_kg: Decimal = read.setting(
        Decimal(0),
        label=gettext_lazy("Above this net weight"),
        reads=read.weight(100_000_000),
        hint=gettext_lazy("Kilograms; 0 for never."),
    )
    override: bool = read.setting(False, label=gettext_lazy("A rule was let pass"), reads=read.yes_or_no)
    late: bool = read.setting(False, label=gettext_lazy("Late request"), reads=read.yes_or_no)
    above_percent: int = read.setting(
        0,
        label=gettext_lazy("Above this share of the verified quantity, in per cent"),
        reads=read.whole_number(0, 100),
        hint=gettext_lazy("0 for never."),
    )
    revision: bool = read.setting(
        False,
        label=gettext_lazy("Revision of a certificate"),
        reads=read.yes_or_no,
        hint=gettext_lazy("One person checks the new version, another one approves it."),
    )
    signed_form: bool = read.setting(
        False, label=gettext_lazy("Confirmed by a signed form instead of the exporter's click"), reads=read.yes_or_no
    )
    alone_may_override: bool = read.setting(
        False,
        label=gettext_lazy("Go on alone while nobody else is on duty"),
        reads=read.yes_or_no,
        hint=gettext_lazy("With a reason; another person reviews it afterwards. The portal asks who is in."),
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions to an exporter: how many working days an answer may take, and what counts as one."""

    answer_working_days: int = read.setting(
        3, label=gettext_lazy("Working days to answer questions"), reads=read.whole_number(1, 30)
    )
    signed_form_confirms: bool = read.setting(
        False,
        label=gettext_lazy("A signed form confirms what staff entered"),
        reads=read.yes_or_no,
        hint=gettext_lazy(
            "Staff add the paper or form that the exporter signed, with name and day. Otherwise only the exporter confirms."
        ),
    )


@dataclass(frozen=True, slots=True)
class LowRisk:
    """When an exporter's requests count as routine, in the view "Low risk, all green"."""

    least_issued: int = read.setting(
        5, label=gettext_lazy("Certificates that an exporter had before"), reads=read.whole_number(0, 1000)
    )
    days: int = read.setting(
        90,
        label=gettext_lazy("Days without a difference found by a reviewer"),
        reads=read.whole_number(1, 1000),
        hint=gettext_lazy("Open requests are weighed again each night, under the rules under which they were sent."),
    )
