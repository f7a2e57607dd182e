"""Turnaround classes that an exporter chooses from, and the usual customs filing deadlines by mode of transport.

How the moments follow from them is ``tenants.calendar``. The filing table is what traders usually work to, in the
certifier's own figures; it is shown as "usual" and refuses nothing.
"""

from dataclasses import MISSING, dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import reading as read
from .words import word

MODES: Final = ("sea", "air", "rail", "road")
MOST_HOURS, MOST_DAYS = 240, 30


@dataclass(frozen=True, slots=True)
class Turnaround:
    """One class: so many hours, or so many working days, from sending to decision; 0 working days is the same day.

    ``over_closed_days`` says whether hours run on at night, at weekends and on holidays; working days never do.
    """

    code: str = read.setting(MISSING, label=gettext_lazy("Short name"), reads=read.code, hint=read.SHORT)
    name: str = read.setting("", label=gettext_lazy("Name"), reads=read.text(40))
    unit: str = read.setting("working_days", label=gettext_lazy("Unit"), reads=read.one_of("hours", "working_days"))
    amount: int = read.setting(2, label=gettext_lazy("Number"), reads=read.whole_number(0, MOST_HOURS))
    over_closed_days: bool = read.setting(False, label=gettext_lazy("Hours run over closed days"), reads=read.yes_or_no)

    @property
    def in_hours(self) -> bool:
        """Whether it is counted in hours."""
        return self.unit == "hours"

    @property
    def title(self) -> str:
        """Its name, or what it promises: "2 working days"."""
        if self.name:
            return self.name
        if self.in_hours:
            return ngettext("%(n)s hour", "%(n)s hours", self.amount) % {"n": self.amount}
        if not self.amount:
            return _("Same day")
        return ngettext("%(n)s working day", "%(n)s working days", self.amount) % {"n": self.amount}

    @property
    def sentence(self) -> str:
        """How it is counted, in words that the exporter reads before choosing."""
        words = {"n": self.amount}
        if not self.in_hours and not self.amount:
            return _("Decided on the working day on which it is sent, if it is sent before the cut-off hour")
        if not self.in_hours:
            return ngettext(
                "%(n)s working day. Weekends and holidays do not count",
                "%(n)s working days. Weekends and holidays do not count",
                self.amount,
            ) % words  # fmt: skip
        if self.over_closed_days:
            return ngettext(
                "%(n)s hour from sending. It runs over nights, weekends and holidays too",
                "%(n)s hours from sending. They run over nights, weekends and holidays too",
                self.amount,
            ) % words  # fmt: skip
        return ngettext(
            "%(n)s hour on working days. It stands still over weekends and holidays",
            "%(n)s hours on working days. They stand still over weekends and holidays",
            self.amount,
        ) % words  # fmt: skip

    def faults(self) -> dict[str, str]:
        """Setting -> what contradicts itself in it."""
        found, words = {}, {"name": self.title, "most": MOST_DAYS}
        if self.in_hours and not self.amount:
            found["amount"] = _("The turnaround class “%(name)s” needs at least one hour.") % words
        if not self.in_hours and self.amount > MOST_DAYS:
            found["amount"] = _("The turnaround class “%(name)s” may have at most %(most)s working days.") % words
        if not self.in_hours and self.over_closed_days:
            found["over_closed_days"] = (
                _("Only hours can run over closed days; the turnaround class “%(name)s” is in working days.") % words
            )
        return found


@dataclass(frozen=True, slots=True)
class FilingRule:
    """So many hours before the goods are loaded (``measured_from`` departure) or arrive, for one mode of transport."""

    mode: str = read.setting(MISSING, label=gettext_lazy("Mode of transport"), reads=read.one_of(*MODES))
    hours: int = read.setting(MISSING, label=gettext_lazy("Hours"), reads=read.whole_number(0, 720))
    measured_from: str = read.setting(
        "arrival", label=gettext_lazy("Measured from"), reads=read.one_of("departure", "arrival")
    )
    why: str = read.setting("", label=gettext_lazy("Why"), reads=read.text(200))

    @property
    def title(self) -> str:
        """How it is called in the policy: the mode and its hours."""
        words = {"mode": word(self.mode), "n": self.hours}
        if self.measured_from == "departure":
            return ngettext(
                "%(mode)s: %(n)s hour before it is loaded", "%(mode)s: %(n)s hours before it is loaded", self.hours
            ) % words  # fmt: skip
        return ngettext(
            "%(mode)s: %(n)s hour before it arrives", "%(mode)s: %(n)s hours before it arrives", self.hours
        ) % words  # fmt: skip

    @property
    def called(self) -> str:
        """How it is named where two of them meet."""
        return word(self.mode)

    @property
    def reason(self) -> str:
        """Why there is such a deadline, in the certifier's words or the portal's."""
        if self.why:
            return self.why
        words = {"n": self.hours}
        if self.measured_from == "departure":
            return ngettext(
                "Usually customs wants the data of the cargo %(n)s hour before it is loaded",
                "Usually customs wants the data of the cargo %(n)s hours before it is loaded",
                self.hours,
            ) % words  # fmt: skip
        return ngettext(
            "Usually customs wants the data of the cargo %(n)s hour before it arrives",
            "Usually customs wants the data of the cargo %(n)s hours before it arrives",
            self.hours,
        ) % words  # fmt: skip


DEFAULT_TURNAROUNDS: Final = (Turnaround(code="standard", amount=2),)
DEFAULT_FILING: Final = (
    FilingRule(mode="sea", hours=24, measured_from="departure"),
    FilingRule(mode="air", hours=4),
    FilingRule(mode="rail", hours=2),
    FilingRule(mode="road", hours=1),
)
