"""What lists, forms and rules ask about permissions and shipments; each answer is one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from nopic.frames.models import Allowance, Permission, Shipment
from nopic.frames.policies import Terms, terms_of
from nopic.frames.statuses import PermissionStatus, ShipmentStatus
from nopic.presentation.parts import Part, part
from nopic.products.models import ProductVersion
from nopic.tenants.policy import Rules
from nopic.tenants.policy.time_frames import BY_ARRANGEMENT, YES


def permissions(certifier_id: int, exporter_id: int) -> list[Permission]:
    """Everything an exporter asked for, newest first."""
    found = Permission.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id)
    return list(found.select_related("item", "asked_by", "decided_by").order_by("-pk")[:100])


def asked(certifier_id: int) -> list[Permission]:
    """What waits for an answer, oldest first, each with the wording of its `product`."""
    found = Permission.objects.filter(certifier_id=certifier_id, status=PermissionStatus.ASKED)
    newest = ProductVersion.objects.filter(certifier_id=certifier_id, item=OuterRef("item")).order_by("-number")
    named = found.annotate(product=Coalesce(Subquery(newest.values("wording")[:1]), "item__code"))
    return list(named.select_related("exporter").order_by("pk")[:100])


def terms_by_item(certifier_id: int, exporter_id: int, items: Collection[int], rules: Rules) -> dict[int, Terms]:
    """The terms of each product that may have a time frame; the newest permission granted counts.

    Where the policy allows time frames without a permission, every one of `items` has terms, and a permission narrows
    them.
    """
    if rules.time_frames.allowed not in (YES, BY_ARRANGEMENT):
        return {}
    granted: dict[int, Permission] = {}
    for one in Permission.objects.filter(
        certifier_id=certifier_id, exporter_id=exporter_id, status=PermissionStatus.GRANTED
    ).order_by("pk"):
        granted[one.item_id] = one
    wanted = set(items) | set(granted)
    found = {item: terms_of(rules, granted.get(item)) for item in wanted}
    return {item: terms for item, terms in found.items() if terms is not None}


def offered(certifier_id: int, exporter_id: int, rules: Rules, today: date) -> list[Terms]:
    """The terms that a request of this exporter could use from today on, whatever its product."""
    if rules.time_frames.allowed == YES:
        return [Terms(rules.time_frames.max_days, rules.time_frames.max_kg)]
    known = terms_by_item(certifier_id, exporter_id, (), rules).values()
    return [one for one in known if one.valid_to is None or one.valid_to >= today]


def allowance_of(certifier_id: int, certificate_id: int) -> Allowance | None:
    """What may still leave under a certificate; None when nothing was ever recorded under a single shipment's."""
    return Allowance.objects.filter(certifier_id=certifier_id, certificate_id=certificate_id).first()


def allowances_of(certifier_id: int, certificate_ids: Collection[int]) -> dict[int, Allowance]:
    """The same for a list, by certificate; one statement.

    `planned` of each: the days on which planned shipments are to leave, of which nobody has said yet that they did.
    """
    planned = ArrayAgg("shipments__departs_on", filter=Q(shipments__status=ShipmentStatus.PLANNED), default=Value([]))
    found = Allowance.objects.filter(certifier_id=certifier_id, certificate_id__in=list(certificate_ids))
    return {one.certificate_id: one for one in found.annotate(planned=planned)}


def standing(allowance: Allowance) -> list[Shipment]:
    """The shipments that hold kilograms, newest departure first."""
    mine = Shipment.objects.filter(certifier_id=allowance.certifier_id, allowance=allowance)
    return list(mine.exclude(status=ShipmentStatus.UNDONE).order_by("-departs_on", "-number"))


def shipments(allowance: Allowance, asked: object = "") -> Part[Shipment]:
    """A part of all shipments, also those taken back, newest first."""
    mine = Shipment.objects.filter(certifier_id=allowance.certifier_id, allowance=allowance)
    return part(mine.order_by("-departs_on", "-number"), asked)


def as_json(shipment: Shipment) -> dict[str, Any]:
    """What readers outside the tenant may know of a shipment; weights are texts, days ISO 8601."""
    return {
        "number": shipment.number,
        "status": shipment.status,
        "departs_on": shipment.departs_on.isoformat(),
        "arrived_on": shipment.arrived_on.isoformat() if shipment.arrived_on else None,
        "net_weight_kg": f"{shipment.kg:f}".rstrip("0").rstrip("."),
        "lots": list(shipment.lots),
        "container_or_plate": shipment.unit,
        "transport_document": shipment.document,
    }


PACE_DAYS = 7  # after which a pace can be told; in a short time frame a third of it


@dataclass(frozen=True)
class Pace:
    """How quickly a certificate is drawn down. `runs_out_on` is None while it cannot be told or the rest will last."""

    left_kg: Decimal
    per_day_kg: Decimal
    days: int | None  # that what is left will last at this pace
    runs_out_on: date | None


def pace(allowance: Allowance, today: date) -> Pace:
    """How quickly a certificate is drawn down, from what has left since the first possible departure."""
    return pace_of(allowance.left_kg, allowance.shipped_kg, allowance.first_on, allowance.last_on, today)


def pace_of(left_kg: Decimal, shipped_kg: Decimal, first_on: date, last_on: date, today: date) -> Pace:
    """The same from figures: kilograms left and shipped, the period, and the office's day.

    The first days tell nothing: one container of a weekly customer is no pace of a container a day.
    """
    elapsed = (min(today, last_on) - first_on).days + 1
    enough = min(PACE_DAYS, ((last_on - first_on).days + 1) // 3)
    if elapsed < max(enough, 1) or not shipped_kg:
        return Pace(left_kg, Decimal(0), None, None)
    per_day = shipped_kg / elapsed
    days = int(min(left_kg / per_day, Decimal(100_000)))
    ends = today + timedelta(days=days)
    return Pace(left_kg, per_day, days, None if ends > last_on else ends)


@dataclass(frozen=True)
class Page:
    """One page of a list by last departure, and where the next one starts."""

    allowances: list[Allowance]
    after: str


def time_frames(certifier_id: int, *, closed: bool = False, after: str = "", limit: int = 50) -> Page:
    """The accounts of time frames, the nearest end first (of closed ones the newest): one statement.

    `after` is the key of the last row shown, "2026-12-31.17"; anything else begins at the beginning.
    """
    found = Allowance.objects.filter(certifier_id=certifier_id, time_frame=True, closed_at__isnull=not closed)
    day, _dot, pk = after.partition(".")
    try:
        last_on, key = date.fromisoformat(day), int(pk)
    except ValueError:
        last_on, key = None, 0
    order = ("-last_on", "-pk") if closed else ("last_on", "pk")
    if last_on is not None:
        beyond = "lt" if closed else "gt"
        found = found.filter(Q(**{f"last_on__{beyond}": last_on}) | Q(last_on=last_on, **{f"pk__{beyond}": key}))
    rows = list(found.order_by(*order)[: limit + 1])
    shown = rows[:limit]
    return Page(shown, f"{shown[-1].last_on.isoformat()}.{shown[-1].pk}" if len(rows) > limit else "")


def running_low(certifier_id: int, percent: int, today: date, limit: int = 5) -> list[Allowance]:
    """Time frames that run and have at most so many per cent left, the nearest end first: one statement."""
    left = F("cap_kg") - F("planned_kg") - F("shipped_kg")
    running = Allowance.objects.filter(certifier_id=certifier_id, time_frame=True, closed_at=None, last_on__gte=today)
    return list(running.alias(low=left * 100).filter(low__lte=F("cap_kg") * percent).order_by("last_on", "pk")[:limit])


@dataclass(frozen=True)
class Actuals:
    """What is reported to the registry: total net kg that have left, what is left, and (reference, day, kg) of each."""

    net_kg: Decimal
    left_kg: Decimal
    shipments: tuple[tuple[str, date, Decimal], ...]


def actuals(allowance: Allowance) -> Actuals:
    """The actual net weights as they stand; `nopic.oid.payloads.weights_payload` takes them as they are."""
    left = [one for one in reversed(standing(allowance)) if one.status != ShipmentStatus.PLANNED]
    return Actuals(
        allowance.shipped_kg,
        allowance.cap_kg - allowance.shipped_kg,
        tuple((str(one.number), one.departs_on, one.kg) for one in left),
    )
