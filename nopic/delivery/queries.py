"""What readers outside the tenant find: records addressed to them, page by page; and what staff see of a handover."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from nopic.certificates.models import PublicRecord
from nopic.certificates.policies import left_on
from nopic.certificates.statuses import CertificateStatus
from nopic.delivery.models import ConsignmentLink, Mail
from nopic.requests.ports import today_at
from nopic.workflow.clock import now

PAGE = 50
MOST_EXPORTED = 10_000  # rows of one CSV
STATES = ("valid", "shipped", "used_up", "ended", "not_valid")
ARRIVING_DAYS = {"14": 14, "30": 30}
# A day of arrival is one at the US port of entry: while it is still that day at any of them, it has not passed.
LATEST_PORT, USUAL_PORT = ZoneInfo("Pacific/Honolulu"), ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Standing:
    """Whether a certificate may be used at this moment. `name`: one of STATES; `on`: the day it shipped or ended."""

    name: str
    on: date | None = None
    replaced: bool = False  # not valid, because another certificate is in its place

    @property
    def shown_as(self) -> str:
        """The state in the portal's table of statuses."""
        if self.replaced:
            return "superseded"
        return {"valid": "issued", "not_valid": "cancelled"}.get(self.name, self.name)


def stands(record: PublicRecord) -> Standing:
    """The one answer for pages, e-mails, files and the API: valid, shipped or not valid for import.

    Not valid is what is not published or is cancelled; a cancellation counts from the moment it was asked for. Shipped
    is not among it: a certificate for a single shipment is issued before export and used afterwards, when the importer
    enters that shipment (7 CFR 205.273), so it stays valid for import, for that shipment only. In the same way a time
    frame that is used up or has ended stays valid for the shipments in its record.
    """
    if record.status != CertificateStatus.ISSUED or record.cancelled_at:
        return Standing("not_valid", replaced=record.status == CertificateStatus.SUPERSEDED)
    if record.time_frame:
        if record.used_up_on:
            return Standing("used_up", record.used_up_on)
        ended = record.departure_ends_at <= now()
        return Standing("ended", record.departure_on) if ended else Standing("valid")
    left = left_on(
        departed_on=record.departed_on,
        departure_on=record.departure_on,
        departure_ends_at=record.departure_ends_at,
    )
    return Standing("shipped", left) if left else Standing("valid")


def office_day(record: PublicRecord, moment: datetime) -> date:
    """The day of a moment at the certifier's office, whose clock the end of the departure was taken from.

    Readers outside the tenant do not know its policy. Where summer time changed in between, it is an hour off.
    """
    ends = datetime.combine(record.departure_on + timedelta(days=1), time.min, UTC)
    return (moment + (ends - record.departure_ends_at)).date()


def port_day(record: PublicRecord) -> date:
    """Today where its goods are loaded; of an unknown place, at the certifier's office."""
    route, present = record.data["route"], now()
    there = today_at(route["place_of_loading"], route.get("country_of_loading") or "", present)
    return there or office_day(record, present)


def addressed_to(*, importer_id: int | None = None, broker_id: int | None = None) -> "QuerySet[PublicRecord]":
    """Every record addressed to one organisation by any certifier, newest first; inside that organisation's door."""
    whose = Q(importer_id=importer_id) if importer_id else Q(broker_id=broker_id)
    return PublicRecord.objects.filter(whose).select_related("certifier", "importer").order_by("-certificate_id")


def narrowed(
    records: "QuerySet[PublicRecord]", wishes: Mapping[str, str], *, digits: str = ""
) -> "QuerySet[PublicRecord]":
    """The records that the filters leave: `state`, `arriving` (days ahead), and digits of the number."""
    usable = Q(status=CertificateStatus.ISSUED, cancelled_at=None)
    single, over = Q(time_frame=False), Q(departure_ends_at__lte=now())
    left = single & (Q(departed_on__isnull=False) | over)
    used_up = Q(time_frame=True, used_up_on__isnull=False)
    ended = Q(time_frame=True, used_up_on=None) & over
    match wishes.get("state"):
        case "valid":
            records = records.filter(usable).exclude(left | used_up | ended)
        case "shipped":
            records = records.filter(usable & left)
        case "used_up":
            records = records.filter(usable & used_up)
        case "ended":
            records = records.filter(usable & ended)
        case "not_valid":
            records = records.exclude(usable)
    if days := ARRIVING_DAYS.get(wishes.get("arriving", "")):
        from_on = now().astimezone(LATEST_PORT).date()
        until = now().astimezone(USUAL_PORT).date() + timedelta(days=days)
        records = records.filter(arrival_on__range=(from_on, until))
    if digits:
        records = records.filter(number__contains=digits)
    return records


@dataclass(frozen=True)
class Page:
    """One page of a list, and the key after which the next one starts."""

    rows: list[PublicRecord]
    next_before: int | None


def page(records: "QuerySet[PublicRecord]", before: int | None, size: int = PAGE) -> Page:
    """The next rows after a key; the deepest page costs what the first one costs."""
    if before:
        records = records.filter(certificate_id__lt=before)
    rows = list(records[: size + 1])
    return Page(rows[:size], rows[size - 1].certificate_id if len(rows) > size else None)


@dataclass(frozen=True)
class Delivery:
    """One e-mail of a certificate, for staff and exporter. `state`: waiting, sent, failed or not_needed."""

    mail: Mail
    state: str
    opened_at: datetime | None
    opened_what: list[dict[str, str]]


def deliveries(*, certifier_id: int, certificate_id: int) -> list[Delivery]:
    """Every e-mail about a certificate, newest first, with the first opening of its link; inside `tenant()`."""
    mails = (
        Mail.objects.filter(certifier_id=certifier_id, certificate_id=certificate_id)
        .prefetch_related(
            Prefetch("links", queryset=ConsignmentLink.objects.filter(certifier_id=certifier_id), to_attr="made")
        )
        .order_by("-pk")
    )
    return [_delivery(mail) for mail in mails]


def _delivery(mail: Mail) -> Delivery:
    link: ConsignmentLink | None = next(iter(mail.made), None)  # type: ignore[attr-defined]
    state = "waiting"
    for name in ("sent", "failed", "not_needed"):
        if getattr(mail, f"{name}_at"):
            state = name
    return Delivery(mail, state, link.opened_at if link else None, link.opened_what if link else [])
