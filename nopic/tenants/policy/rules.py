# ruff: noqa: RUF009 setting() makes a dataclass field, which is what that rule asks for
"""What differs between certifiers: the settings of one version of a certifier's policy, with their bounds and defaults.

Stored as JSON in ``tenants.Policy`` and pinned to a request when it is sent. ``Rules.from_json`` is the only way in
from outside and refuses what it does not know, so that a setting with a typing error can never be silently ignored.
What the working days are is ``tenants.calendar``; which documents follow is ``documents_due``.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.words import full_day

from . import reading as read
from .brand import faults_of_accents
from .checklist import DEFAULT_CHECKS, CheckRow
from .clock import DEFAULT_FILING, DEFAULT_TURNAROUNDS, FilingRule, Turnaround
from .documents import DEFAULT_DOCUMENTS, DocumentRule
from .fees import Fees
from .final_documents import FinalDocuments
from .kinds import BUILT_IN
from .letters import LetterText
from .people import Asking, LowRisk, SecondPerson
from .reasons import CANCEL_TEXTS, DEFAULT_CANCELLATIONS, DEFAULT_REFUSALS, REFUSAL_TEXTS, Cancellation, Reason
from .time_frames import TimeFrames

# In the order of date.weekday().
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DECLARATION: Final[str | Promise] = gettext_lazy(
    "I declare for our company that the products in this request are organic and were produced and handled without "
    "prohibited substances or irradiation, that every document names them as organic, that the goods have not left, "
    "that we will send the final transport document before US customs clearance, and that we will pass the "
    "certificate's data on to the importer."
)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day on which the office is closed besides weekends and public holidays."""

    day: date = read.setting(MISSING, label=gettext_lazy("Day"), reads=read.day)
    why: str = read.setting(MISSING, label=gettext_lazy("Why"), reads=read.text(80))

    @property
    def called(self) -> str:
        """How it is named where two of them meet."""
        return full_day(self.day)


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of a certifier's policy. Weights are kilograms, times are on the office's clock.

    ``counting`` says whether the day of sending counts as one of the lead days (lenient) or the lead days lie fully
    between sending and departure (strict). Turnaround classes are promises, not limits of any rule; how they are
    counted is ``tenants.calendar``.
    """

    time_zone: str = read.setting("UTC", label=gettext_lazy("Time zone"), reads=read.time_zone)
    country: str = read.setting("", label=gettext_lazy("Country of the holidays"), reads=read.country_code)
    subdivision: str = read.setting(
        "",
        label=gettext_lazy("State or region of the holidays"),
        reads=read.text(10),
        hint=gettext_lazy("Its code, such as CA; empty for the holidays of the whole country."),
    )
    closed_days: tuple[ClosedDay, ...] = read.setting(
        (), label=gettext_lazy("Closed days"), reads=read.records(ClosedDay, most=200, unique=lambda closed: closed.day)
    )
    weekend: tuple[str, ...] = read.setting(
        ("sat", "sun"), label=gettext_lazy("Weekend"), reads=read.list_of(read.one_of(*WEEK), most=6)
    )
    opening: time = read.setting(time(8, 0), label=gettext_lazy("Opening hour"), reads=read.hour)
    cut_off: time = read.setting(time(16, 0), label=gettext_lazy("Cut-off hour"), reads=read.hour)
    closing: time = read.setting(time(17, 0), label=gettext_lazy("Closing hour"), reads=read.hour)
    lead_days: int = read.setting(3, label=gettext_lazy("Lead days"), reads=read.whole_number(0, 15))
    counting: str = read.setting("lenient", label=gettext_lazy("Counting"), reads=read.one_of("lenient", "strict"))
    turnarounds: tuple[Turnaround, ...] = read.setting(
        DEFAULT_TURNAROUNDS,
        label=gettext_lazy("Turnaround classes"),
        reads=read.records(Turnaround, least=1, most=10, unique=lambda each: each.code),
    )
    default_turnaround: str = read.setting(
        "standard", label=gettext_lazy("Default class"), reads=read.code_of("turnarounds")
    )
    first_request_extra_days: int = read.setting(
        0, label=gettext_lazy("Extra working days for an exporter's first certificate"), reads=read.whole_number(0, 30)
    )
    nudge_working_days: int = read.setting(
        1,
        label=gettext_lazy("Reminder of a draft: working days before the last moment to send"),
        reads=read.whole_number(0, 10),
        hint=gettext_lazy("0 for no reminder."),
    )
    filing: tuple[FilingRule, ...] = read.setting(
        DEFAULT_FILING,
        label=gettext_lazy("Usual filing deadlines of customs"),
        reads=read.records(FilingRule, most=4, unique=lambda each: each.mode),
    )
    fees: Fees = read.setting(Fees(), label=gettext_lazy("Fees"), reads=read.record(Fees))
    max_departure_ahead_days: int = read.setting(
        120, label=gettext_lazy("Days ahead that a departure may lie"), reads=read.whole_number(1, 366)
    )
    lots_required: bool = read.setting(True, label=gettext_lazy("Lot numbers required"), reads=read.yes_or_no)
    max_lots: int = read.setting(40, label=gettext_lazy("Most lots per product"), reads=read.whole_number(1, 200))
    weight_tolerance_kg: Decimal = read.setting(
        Decimal(0),
        label=gettext_lazy("Weight tolerance"),
        reads=read.weight(1000),
        hint=gettext_lazy("Kilograms. Of kilograms and per cent the larger one counts."),
    )
    weight_tolerance_percent: Decimal = read.setting(
        Decimal(0),
        label=gettext_lazy("Weight tolerance in per cent"),
        reads=read.percent,
        hint=gettext_lazy("Per cent of the declared weight. Of kilograms and per cent the larger one counts."),
    )
    over_allocation: str = read.setting(
        "refuse", label=gettext_lazy("More than the verified quantity"), reads=read.one_of("refuse", "ask_staff")
    )
    page_size: str = read.setting("A4", label=gettext_lazy("Page size"), reads=read.one_of("A4", "Letter"))
    documents: tuple[DocumentRule, ...] = read.setting(
        DEFAULT_DOCUMENTS,
        label=gettext_lazy("Document rows"),
        reads=read.records(DocumentRule, most=60, unique=lambda row: row.key),
    )
    checks: tuple[CheckRow, ...] = read.setting(
        DEFAULT_CHECKS,
        label=gettext_lazy("Checks"),
        reads=read.records(CheckRow, least=1, most=80, unique=lambda row: row.id),
    )
    refusal_reasons: tuple[Reason, ...] = read.setting(
        DEFAULT_REFUSALS,
        label=gettext_lazy("Reasons to refuse"),
        reads=read.records(Reason, least=1, most=60, unique=lambda reason: reason.code),
    )
    cancel_reasons: tuple[Reason, ...] = read.setting(
        DEFAULT_CANCELLATIONS,
        label=gettext_lazy("Reasons to cancel"),
        reads=read.records(Cancellation, least=1, most=60, unique=lambda reason: reason.code),
    )
    final_documents: FinalDocuments = read.setting(
        FinalDocuments(), label=gettext_lazy("Final documents"), reads=read.record(FinalDocuments)
    )
    time_frames: TimeFrames = read.setting(
        TimeFrames(), label=gettext_lazy("Time frames"), reads=read.record(TimeFrames)
    )
    second_person: SecondPerson = read.setting(
        SecondPerson(), label=gettext_lazy("Second person"), reads=read.record(SecondPerson)
    )
    asking: Asking = read.setting(Asking(), label=gettext_lazy("Questions"), reads=read.record(Asking))
    low_risk: LowRisk = read.setting(LowRisk(), label=gettext_lazy("Low risk"), reads=read.record(LowRisk))
    declaration: str = read.setting("", label=gettext_lazy("Declaration"), reads=read.text(2000))
    letters: tuple[LetterText, ...] = read.setting(
        (),
        label=gettext_lazy("Paragraphs in e-mails"),
        reads=read.records(LetterText, most=120, unique=lambda own: f"{own.letter} ({own.language})"),
    )
    accent_light: str = read.setting(
        "",
        label=gettext_lazy("Accent colour on light pages"),
        reads=read.colour,
        hint=gettext_lazy("Such as #0c4a5b; empty for the colours that your portal began with."),
    )
    accent_dark: str = read.setting("", label=gettext_lazy("Accent colour on dark pages"), reads=read.colour)
    pdf_footer: str = read.setting(
        "",
        label=gettext_lazy("Line at the foot of the PDF"),
        reads=read.text(90),
        hint=gettext_lazy("Such as your accreditation number. Certificates that exist already do not change."),
    )
    registry_channel: str = read.setting(
        "http", label=gettext_lazy("How data reach OID"), reads=read.one_of("http", "assisted")
    )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The rules that a JSON object describes; what it leaves out takes the default.

        Raises PolicyError, a ValueError with one sentence for each unknown key, bad value and contradiction. Whether
        there is a holiday calendar for the country says ``calendar.fault``, because the answer costs a large import.
        """
        rules = read.read_record(cls, data, read.At())
        problems = rules._contradictions()
        if problems:
            raise read.PolicyError(problems)
        return rules

    def to_json(self) -> dict[str, Any]:
        """Every setting as JSON, defaults included: a later change of a default never changes a stored policy."""
        stored: dict[str, Any] = read.written(self)
        return stored

    @property
    def declaration_text(self) -> str:
        """What the exporter declares when sending, in the certifier's words or the portal's."""
        return self.declaration or str(DECLARATION)

    def turnaround(self, code: str) -> Turnaround:
        """The class with this code, or the default one where there is none: a request that never chose."""
        known = {each.code: each for each in self.turnarounds}
        return known.get(code) or known.get(self.default_turnaround) or self.turnarounds[0]

    def filing_for(self, mode: str) -> FilingRule | None:
        """The usual filing deadline of a mode of transport, where the policy has one."""
        return next((each for each in self.filing if each.mode == mode), None)

    def tolerance(self, kg: Decimal, check: str = "") -> Decimal:
        """How many kilograms two weights may differ when `kg` are declared: the larger one of kilograms and per cent.

        A row of the checklist (`check`) may have a tolerance of its own, which then stands instead.
        """
        row = next((row for row in self.checks if row.id == check and row.has_tolerance), None)
        most, share = self.weight_tolerance_kg, self.weight_tolerance_percent
        if row is not None:
            most, share = row.tolerance_kg or Decimal(0), row.tolerance_percent or Decimal(0)
        return max(most, kg * share / 100)

    def refusal(self, code: str) -> Reason:
        """The reason with this code; KeyError if the policy has none."""
        return {reason.code: reason for reason in self.refusal_reasons}[code]

    def cancellation(self, code: str) -> Reason:
        """The reason with this code; KeyError if the policy has none."""
        return {reason.code: reason for reason in self.cancel_reasons}[code]

    def _contradictions(self) -> dict[str, str]:
        problems: dict[str, str] = {}
        if self.cut_off > self.closing:
            problems["cut_off"] = _("The cut-off hour must not be after the closing hour.")
        if self.opening > self.cut_off:
            problems["opening"] = _("The opening hour must not be after the cut-off hour.")
        if self.opening == self.closing:
            problems["closing"] = _("The closing hour must be after the opening hour.")
        if self.max_departure_ahead_days < self.lead_days:
            problems["max_departure_ahead_days"] = _(
                "No request could come in time: %(n)s lead days are asked, and a departure may lie only %(days)s days ahead."
            ) % {"n": self.lead_days, "days": self.max_departure_ahead_days}
        if self.default_turnaround not in {each.code for each in self.turnarounds}:
            problems["default_turnaround"] = _(
                "The default class is not one of the turnaround classes. Choose one of them."
            )
        if self.subdivision and not self.country:
            problems["subdivision"] = _("A state or region of the holidays needs its country.")
        classes = frozenset(each.code for each in self.turnarounds)
        keys = frozenset(document.key for document in self.documents) | BUILT_IN.keys()
        for place, found in (
            *((f"turnarounds.{at}", each.faults()) for at, each in enumerate(self.turnarounds)),
            ("fees", self.fees.faults(classes)),
            ("time_frames", self.time_frames.faults()),
            *((f"documents.{at}", each.faults()) for at, each in enumerate(self.documents)),
            *((f"checks.{at}", each.faults(keys)) for at, each in enumerate(self.checks)),
            *((f"refusal_reasons.{at}", each.faults(REFUSAL_TEXTS)) for at, each in enumerate(self.refusal_reasons)),
            *((f"cancel_reasons.{at}", each.faults(CANCEL_TEXTS)) for at, each in enumerate(self.cancel_reasons)),
            *((f"letters.{at}", each.faults()) for at, each in enumerate(self.letters)),
        ):
            problems |= {f"{place}.{name}": sentence for name, sentence in found.items()}
        return problems | faults_of_accents(self.accent_light, self.accent_dark)
