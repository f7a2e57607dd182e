"""The ledger of shipments: the only writer of allowances, shipments and entries. Runs in the caller's transaction.

Every verb locks the allowance first, so that of any number of clients exactly those succeed whose kilograms fit; the
database's own constraints would refuse the rest. Entries are never changed: what was wrong is followed by a correction
or by an undo, and both are entries. `seen` is how many entries the person had before them: a second tap, or a page that
somebody else's entry made old, is Overtaken.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from nopic.frames import policies
from nopic.frames.actions.saying import LooksTheSame, Said, standing_entries
from nopic.frames.actions.twins import told_by, twins
from nopic.frames.models import Allowance, Entry, Shipment
from nopic.frames.statuses import Closed, EntryKind, ShipmentStatus
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused, advance

NOTHING = Decimal(0)


@dataclass
class _Step:
    """One entry to write."""

    kind: EntryKind
    to: ShipmentStatus
    said: Said
    by: Actor
    reason: str = ""
    undoes: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def open_allowance(
    *, certifier_id: int, certificate_id: int, time_frame: bool, cap_kg: Decimal, first_on: date, last_on: date
) -> Allowance:
    """The account of a certificate, opened when it is issued (or when the first weight of an older one is told)."""
    allowance, _created = Allowance.objects.get_or_create(
        certifier_id=certifier_id,
        certificate_id=certificate_id,
        defaults={
            "time_frame": time_frame, "cap_kg": cap_kg, "first_on": first_on, "last_on": max(first_on, last_on),
        },
    )  # fmt: skip
    return allowance


def lock(certifier_id: int, certificate_id: int) -> Allowance | None:
    """The account of a certificate, locked for the rest of the transaction."""
    found = Allowance.objects.select_for_update().filter(certifier_id=certifier_id, certificate_id=certificate_id)
    return found.first()


def record_shipment(
    *, allowance: Allowance, said: Said, has_left: bool, key: UUID, late: bool, today: date, by: Actor,
    besides: Collection[int] = (),
) -> Shipment:  # fmt: skip
    """A shipment that is planned, or has left with its actual net weight.

    The same key and words again return the same shipment, unless it was taken back: a double tap is no second truck. Raises LooksTheSame for one
    that is none of `besides`, the numbers of which a person has said that this is another; and Refused with (field,
    sentence) pairs.
    """
    now_ = _locked(allowance)
    if known := Shipment.objects.filter(certifier_id=now_.certifier_id, key=key).first():
        if known.status != ShipmentStatus.UNDONE and told_by(known, said, has_left=has_left):
            return known
        raise LooksTheSame([known, *(one for one in twins(now_, said) if one != known)])
    _may(now_, said, has_left=has_left, today=today)
    _ask(twins(now_, said), besides)
    status = ShipmentStatus.DEPARTED if has_left else ShipmentStatus.PLANNED
    _move(now_, *((NOTHING, said.kg) if has_left else (said.kg, NOTHING)), said)
    Allowance.objects.filter(pk=now_.pk, certifier_id=now_.certifier_id).update(shipments_made=F("shipments_made") + 1)
    shipment = Shipment.objects.create(
        certifier_id=now_.certifier_id, allowance=now_, number=now_.shipments_made + 1, key=key, status=status,
        departs_on=said.departs_on, kg=said.kg, lots=list(said.lots), unit=said.unit, document=said.document, late=late,
    )  # fmt: skip
    record(shipment, "recorded", by=by, new=status, kg=str(said.kg), certificate=now_.certificate_id, late=late)
    kind = EntryKind.DEPART if has_left else EntryKind.PLAN
    deltas = (NOTHING, said.kg) if has_left else (said.kg, NOTHING)
    _write(shipment, _Step(kind, status, said, by), *deltas)
    allowance.refresh_from_db()
    return shipment


def depart(*, shipment: Shipment, said: Said, seen: int, today: date, by: Actor, besides: Collection[int] = ()) -> None:
    """A planned shipment has left, with its actual net weight. Raises Refused, Overtaken or LooksTheSame."""
    allowance = _begin(shipment, seen, ShipmentStatus.PLANNED)
    _may(allowance, said, has_left=True, today=today, before=shipment)
    _ask(twins(allowance, said, but=shipment), besides)
    _change(allowance, shipment, _Step(EntryKind.DEPART, ShipmentStatus.DEPARTED, said, by))


def arrive(*, shipment: Shipment, on: date, seen: int, today: date, by: Actor) -> None:
    """A shipment has arrived. Raises Refused or Overtaken. Said also after the certificate was closed: it is a fact."""
    allowance = _begin(shipment, seen, ShipmentStatus.DEPARTED)
    if not shipment.departs_on <= on <= today:
        raise Refused([("arrived_on", policies.why_not_arrived(shipment.departs_on, today))])
    said = Said.of({**Said.of_shipment(shipment).stored(), "arrived_on": on.isoformat()})
    _change(allowance, shipment, _Step(EntryKind.ARRIVE, ShipmentStatus.ARRIVED, said, by))


def correct(*, shipment: Shipment, said: Said, seen: int, today: date, by: Actor, reason: str) -> None:
    """Another day, weight, lot, plate or document, and why. Raises Refused or Overtaken."""
    allowance = _begin(shipment, seen)
    if shipment.status == ShipmentStatus.UNDONE:
        raise Overtaken(shipment)
    left = shipment.status != ShipmentStatus.PLANNED
    _may(allowance, said, has_left=left, today=today, before=shipment)
    kept = Said.of({**said.stored(), "arrived_on": shipment.arrived_on and shipment.arrived_on.isoformat()})
    if kept.arrived_on and kept.arrived_on < kept.departs_on:
        raise Refused([("departs_on", _("It arrived before that day. Choose the day it left"))])
    _change(allowance, shipment, _Step(EntryKind.CORRECT, ShipmentStatus(shipment.status), kept, by, reason))


def undo(*, shipment: Shipment, seen: int, by: Actor, reason: str) -> None:
    """Take the newest standing entry back: the shipment and the balance are as before it. Raises Refused or Overtaken."""
    allowance = _begin(shipment, seen)
    standing = standing_entries(list(shipment.entries.filter(certifier_id=shipment.certifier_id).order_by("sequence")))
    if not standing:
        raise Overtaken(shipment)
    last = standing[-1]
    if against := policies.obstacles_to_draw(allowance):
        raise Refused([("", sentence) for sentence in against])
    before = standing[-2] if len(standing) > 1 else None
    to = ShipmentStatus(before.status) if before else ShipmentStatus.UNDONE
    said = Said.of(before.said if before else last.said)
    if before and (
        wrong := policies.why_not_kg(allowance, said.kg, shipment.kg if _counts(shipment.status) else NOTHING)
    ):
        raise Refused([("", wrong)])
    _change(allowance, shipment, _Step(EntryKind.UNDO, to, said, by, reason, undoes=last.sequence))


def close(*, certifier_id: int, certificate_id: int, why: Closed, by: Actor) -> Allowance | None:
    """Nothing more may be drawn: cancelled, replaced or frozen. None when the certificate has no account."""
    allowance = lock(certifier_id, certificate_id)
    if allowance is None or allowance.closed_at:
        return allowance
    allowance.closed_at, allowance.closed_why = now(), why
    allowance.save(update_fields=["closed_at", "closed_why"])
    record(allowance, "closed", by=by, new=why)
    return allowance


def settle(*, allowance: Allowance, by: Actor) -> Decimal | None:
    """The period is over: close the account and say how many kilograms were not shipped; None when that was said before.

    Only without planned shipments: they may have left, and kilograms that left are never released.
    """
    now_ = _locked(allowance)
    if now_.closed_at or now_.planned_kg:
        return None
    rest = now_.cap_kg - now_.shipped_kg
    now_.closed_at, now_.closed_why, now_.released_kg = now(), Closed.SETTLED, rest
    now_.save(update_fields=["closed_at", "closed_why", "released_kg"])
    record(now_, "settled", by=by, new=Closed.SETTLED, kg=str(rest))
    return rest


def _locked(allowance: Allowance) -> Allowance:
    return Allowance.objects.select_for_update().get(certifier_id=allowance.certifier_id, pk=allowance.pk)


def _begin(shipment: Shipment, seen: int, *statuses: ShipmentStatus) -> Allowance:
    """Lock the account, read the shipment anew, and see that the person saw what stands now."""
    allowance = Allowance.objects.select_for_update().get(certifier_id=shipment.certifier_id, pk=shipment.allowance_id)
    shipment.refresh_from_db()
    if shipment.entries_made != seen or (statuses and shipment.status not in statuses):
        raise Overtaken(shipment)
    return allowance


def _may(allowance: Allowance, said: Said, *, has_left: bool, today: date, before: Shipment | None = None) -> None:
    if against := policies.obstacles_to_draw(allowance):
        raise Refused([("", sentence) for sentence in against])
    wrong = []
    if sentence := policies.why_not_day(allowance, said.departs_on, has_left=has_left, today=today):
        wrong.append(("departs_on", sentence))
    own = before.kg if before is not None and _counts(before.status) else NOTHING
    if sentence := policies.why_not_kg(allowance, said.kg, own):
        wrong.append(("kg", sentence))
    if wrong:
        raise Refused(wrong)


def _ask(same: list[Shipment], besides: Collection[int]) -> None:
    """A person says whether it is another one, of each that they were shown."""
    if any(one.number not in besides for one in same):
        raise LooksTheSame(same)


def _counts(status: str) -> bool:
    return status != ShipmentStatus.UNDONE


def _drawn(status: str, kg: Decimal) -> tuple[Decimal, Decimal]:
    """What a shipment in this status takes: (planned, shipped) kilograms."""
    if status == ShipmentStatus.UNDONE:
        return NOTHING, NOTHING
    return (kg, NOTHING) if status == ShipmentStatus.PLANNED else (NOTHING, kg)


def _change(allowance: Allowance, shipment: Shipment, step: _Step) -> None:
    was, to = _drawn(shipment.status, shipment.kg), _drawn(step.to, step.said.kg)
    planned, shipped = to[0] - was[0], to[1] - was[1]
    _move(allowance, planned, shipped, step.said)
    facts: dict[str, Any] = {
        "departs_on": step.said.departs_on, "kg": step.said.kg, "lots": list(step.said.lots), "unit": step.said.unit,
        "document": step.said.document, "arrived_on": step.said.arrived_on,
    }  # fmt: skip
    if step.to != shipment.status:
        advance(shipment, step.to, by=step.by, note=step.reason, **facts)
    else:
        record(shipment, step.kind, by=step.by, note=step.reason, old=str(shipment.kg), new=str(step.said.kg))
        Shipment.objects.filter(certifier_id=shipment.certifier_id, pk=shipment.pk).update(**facts)
        for name, value in facts.items():
            setattr(shipment, name, value)
    _write(shipment, step, planned, shipped)


def _move(allowance: Allowance, planned: Decimal, shipped: Decimal, said: Said) -> None:
    """The balance; the database refuses what exceeds the cap."""
    Allowance.objects.filter(pk=allowance.pk, certifier_id=allowance.certifier_id).update(
        planned_kg=F("planned_kg") + planned, shipped_kg=F("shipped_kg") + shipped
    )
    full = allowance.shipped_kg + shipped == allowance.cap_kg
    day = max(said.departs_on, allowance.used_up_on or said.departs_on) if full else None
    if day != allowance.used_up_on:
        Allowance.objects.filter(pk=allowance.pk, certifier_id=allowance.certifier_id).update(used_up_on=day)


def _write(shipment: Shipment, step: _Step, planned: Decimal, shipped: Decimal) -> None:
    sequence = shipment.entries_made + 1
    Entry.objects.create(
        certifier_id=shipment.certifier_id, shipment=shipment, sequence=sequence, kind=step.kind, status=step.to,
        said=step.said.stored(), planned_delta=planned, shipped_delta=shipped, undoes=step.undoes, by=str(step.by),
        reason=step.reason,
    )  # fmt: skip
    Shipment.objects.filter(certifier_id=shipment.certifier_id, pk=shipment.pk).update(entries_made=sequence)
    shipment.entries_made = sequence
