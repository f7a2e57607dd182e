"""The charges of an exporter, each with what became of it, and what a month adds up to."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from nopic.fees.models import Charge, ChargeEvent, EventKind, StatementFile
from nopic.fees.quotes import money, words
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules

PAGE = 50
QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Shown:
    """A charge as its table prints it. `state`: quoted (not due yet), due, waived or dropped."""

    charge: Charge
    state: str
    due_at: datetime | None
    why: str = ""
    by: str = ""

    @property
    def words(self) -> str:
        """What it is for."""
        return words(self.charge.code, self.charge.detail)

    @property
    def amount(self) -> str:
        """With its currency."""
        return money(self.charge.amount, self.charge.currency)

    @property
    def owed(self) -> Decimal:
        """What it adds to a statement."""
        return self.charge.amount if self.state == EventKind.DUE else Decimal(0)

    @property
    def can_be_waived(self) -> bool:
        """Whether staff may still let the exporter off."""
        return self.state in (QUOTED, EventKind.DUE)


@dataclass(frozen=True, slots=True)
class Statement:
    """The fees that fell due in one month of the office's calendar; `totals` by currency."""

    month: date
    rows: list[Shown] = field(default_factory=list)

    @property
    def totals(self) -> dict[str, Decimal]:
        """What is owed, exactly the sum of the rows."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.rows:
            found[row.charge.currency] += row.owed
        return dict(sorted(found.items()))


def charges(certifier_id: int, exporter_id: int, *, before: int | None = None) -> tuple[list[Shown], int | None]:
    """One page of an exporter's charges, newest first, and the key of the next page; two statements."""
    rows = _with_events(certifier_id, exporter_id).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return [_shown(row) for row in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None


def of_request(certifier_id: int, request_id: int) -> list[Shown]:
    """The charges of one request that were not dropped, in their order."""
    rows = _prefetched(Charge.objects.filter(certifier_id=certifier_id, request_id=request_id)).order_by("pk")
    return [one for one in map(_shown, rows) if one.state != EventKind.DROPPED]


def statement(certifier_id: int, exporter_id: int, month: date, rules: Rules) -> Statement:
    """What fell due between the first and the last day of a month on the office's clock, in the order of falling due."""
    office, first = Office(rules), month.replace(day=1)
    begins, ends = office.midnight_of(first), office.midnight_of((first + timedelta(days=32)).replace(day=1))
    rows = _with_events(certifier_id, exporter_id).filter(
        events__kind=EventKind.DUE, events__at__gte=begins, events__at__lt=ends
    )
    shown = [one for one in map(_shown, rows) if one.state != EventKind.DROPPED]
    return Statement(first, sorted(shown, key=lambda one: (one.due_at or begins, one.charge.pk)))


def months(certifier_id: int, exporter_id: int, rules: Rules) -> list[date]:
    """The months for which there is a statement, newest first."""
    office = Office(rules)
    moments = ChargeEvent.objects.filter(
        certifier_id=certifier_id, charge__exporter_id=exporter_id, kind=EventKind.DUE
    ).datetimes("at", "month", order="DESC", tzinfo=office.zone)
    return [moment.date() for moment in moments]


@dataclass(frozen=True, slots=True)
class Month:
    """A month with a statement, and how its PDF stands: none, being made, made."""

    first: date
    pdf: str


def shown_months(certifier_id: int, exporter_id: int, rules: Rules) -> list[Month]:
    """The months for which there is a statement, newest first; two statements."""
    files = dict(
        StatementFile.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id).values_list("month", "sha256")
    )
    return [
        Month(first, "none" if first not in files else "made" if files[first] else "being_made")
        for first in months(certifier_id, exporter_id, rules)
    ]


def statement_file(certifier_id: int, exporter_id: int, year: int, month: int) -> StatementFile | None:
    """The PDF of a month as far as it was asked for; None for a month that is none."""
    if not (1 <= month <= 12 and 2000 <= year <= 2200):
        return None
    return StatementFile.objects.filter(
        certifier_id=certifier_id, exporter_id=exporter_id, month=date(year, month, 1)
    ).first()


def monthly_csv(certifier_id: int, exporter_id: int, year: int, month: int, rules: Rules) -> tuple[str, str]:
    """Name and content of the file of a month. ValueError for a month that is none."""
    first = date(min(max(year, 2000), 2200), month, 1)
    return f"statement-{first:%Y-%m}.csv", as_csv(statement(certifier_id, exporter_id, first, rules), rules)


def as_csv(found: Statement, rules: Rules) -> str:
    """The statement for a spreadsheet: the rows, and a total for each currency. No value can run as a formula."""
    out, office = StringIO(), Office(rules)
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([_("Due"), _("Reference"), _("Fee"), _("Amount"), _("Currency"), _("Owed"), _("Waived because")])
    for row in found.rows:
        due = office.local(row.due_at).date().isoformat() if row.due_at else ""
        charge = row.charge
        writer.writerow(
            map(
                _harmless,
                (due, charge.reference, row.words, f"{charge.amount:.2f}", charge.currency, f"{row.owed:.2f}", row.why),
            )
        )
    for currency, total in found.totals.items():
        writer.writerow(["", "", _("Total"), "", currency, f"{total:.2f}", ""])
    return "\ufeff" + out.getvalue()


def _harmless(value: str) -> str:
    """With an apostrophe in front where a spreadsheet could take the text for a formula (OWASP, CSV injection)."""
    risky = value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{value}" if risky else value


def _with_events(certifier_id: int, exporter_id: int) -> QuerySet[Charge]:
    return _prefetched(Charge.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id))


def _prefetched(rows: QuerySet[Charge]) -> QuerySet[Charge]:
    return rows.prefetch_related(Prefetch("events", ChargeEvent.objects.order_by("pk"), to_attr="told"))


def _shown(charge: Charge) -> Shown:
    events: dict[str, ChargeEvent] = {event.kind: event for event in _told(charge)}
    due = events.get(EventKind.DUE)
    last = events.get(EventKind.DROPPED) or events.get(EventKind.WAIVED) or due
    return Shown(
        charge,
        last.kind if last else QUOTED,
        due.at if due else None,
        last.reason if last else "",
        last.by if last else "",
    )


def _told(charge: Charge) -> Iterable[ChargeEvent]:
    found: list[ChargeEvent] = charge.told  # type: ignore[attr-defined]
    return found
