"""Recording what leaves under a certificate, and settling what never left. Each runs in the caller's `tenant()`.

The kilograms themselves are nopic.frames'. Here a certificate is locked and asked whether it may be used at all, its
public record follows in the same transaction, and what is due next (warnings, settling) is owed.
"""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import policies, projection
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus, RevisionStatus
from nopic.frames import actions as frames
from nopic.frames import queries
from nopic.frames.actions import Said
from nopic.frames.models import Allowance, Shipment
from nopic.frames.statuses import Closed, ShipmentStatus
from nopic.presentation.words import full_day
from nopic.requests import ports, timing
from nopic.tenants.calendar import Office
from nopic.tenants.policy.time_frames import BEFORE
from nopic.workflow.audit import Actor
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused


def begin(certificate: Certificate) -> Allowance:
    """Open the account of a published certificate: its cap and its period, which never begins before the publication."""
    assert certificate.issued_at is not None  # noqa: S101 - only what is published may be used
    coverage = certificate.data["coverage"]
    issued_on = timing.day_of_loading(certificate.request, certificate.issued_at)
    time_frame = policies.is_time_frame(certificate)
    first = date.fromisoformat(coverage["first_departure"])
    allowance = frames.open_allowance(
        certifier_id=certificate.certifier_id, certificate_id=certificate.pk, time_frame=time_frame,
        cap_kg=cap(certificate), first_on=max(first, issued_on) if time_frame else first,
        last_on=policies.departure_of(certificate),
    )  # fmt: skip
    if time_frame:
        owe("frame", certificate.pk, certifier_id=certificate.certifier_id)
    return allowance


@transaction.atomic
def record_shipment(
    *, certificate: Certificate, said: Said, has_left: bool, key: UUID, by: Actor, besides: Collection[int] = ()
) -> Shipment:
    """A shipment that is planned or has left. Raises Refused with (field, sentence) pairs, or frames.LooksTheSame."""
    allowance, today = _usable(certificate, policies.obstacles_to_ship)
    again = Shipment.objects.filter(certifier_id=certificate.certifier_id, key=key).exists()
    if not allowance.time_frame and not again and queries.standing(allowance):
        raise Refused([("", _("This certificate is for one shipment, and that is recorded. Correct it instead."))])
    _not_before_its_issue(certificate, allowance, said.departs_on)
    late = is_late(certificate, said.departs_on, has_left=has_left, today=today)
    shipment = frames.record_shipment(
        allowance=allowance, said=said, has_left=has_left, key=key, late=late, today=today, by=by, besides=besides
    )
    _follow(certificate, allowance)
    return shipment


@transaction.atomic
def depart(
    *, certificate: Certificate, shipment: Shipment, said: Said, seen: int, by: Actor, besides: Collection[int] = ()
) -> None:
    """A planned shipment has left. Raises Refused, Overtaken, or frames.LooksTheSame."""
    allowance, today = _usable(certificate)
    _not_before_its_issue(certificate, allowance, said.departs_on)
    frames.depart(shipment=shipment, said=said, seen=seen, today=today, by=by, besides=besides)
    _follow(certificate, allowance)


@transaction.atomic
def arrive(*, certificate: Certificate, shipment: Shipment, on: date, seen: int, by: Actor) -> None:
    """A shipment has arrived; also under a certificate that was cancelled meanwhile. Raises Refused or Overtaken."""
    allowance = _account(lock(certificate))
    frames.arrive(shipment=shipment, on=on, seen=seen, today=arrival_day(certificate), by=by)
    _follow(certificate, allowance)


@transaction.atomic
def correct(*, certificate: Certificate, shipment: Shipment, said: Said, seen: int, by: Actor, reason: str) -> None:
    """Another day, weight, lot, plate or document, and why. Raises Refused or Overtaken."""
    allowance, today = _usable(certificate)
    _not_before_its_issue(certificate, allowance, said.departs_on)
    frames.correct(shipment=shipment, said=said, seen=seen, today=today, by=by, reason=reason)
    _follow(certificate, allowance)


@transaction.atomic
def undo(*, certificate: Certificate, shipment: Shipment, seen: int, by: Actor, reason: str) -> None:
    """Take the newest entry of a shipment back. Raises Refused or Overtaken."""
    allowance, _day = _usable(certificate)
    frames.undo(shipment=shipment, seen=seen, by=by, reason=reason)
    _follow(certificate, allowance)


def cancelled(certificate: Certificate, *, by: Actor) -> None:
    """Its cancellation was asked for: nothing may leave under it from this moment; the caller holds its lock."""
    frames.close(certifier_id=certificate.certifier_id, certificate_id=certificate.pk, why=Closed.CANCELLED, by=by)


def replaced(certificate: Certificate, *, by: Actor) -> None:
    """Another certificate took its place: nothing leaves under its number any more. The caller holds its lock."""
    frames.close(certifier_id=certificate.certifier_id, certificate_id=certificate.pk, why=Closed.REPLACED, by=by)


def lower_cap(certificate: Certificate, kg: Decimal) -> None:
    """A revision that lowers the weight is approved: no more may leave from now on, also before it is published.

    The caller holds the certificate's lock and has asked whether more is drawn already; the database refuses it, too.
    """
    if allowance := frames.lock(certificate.certifier_id, certificate.pk):
        allowance.cap_kg = kg
        if allowance.released_kg is not None:  # settled: of what never left, so much less was certified
            allowance.released_kg = kg - allowance.shipped_kg
        allowance.save(update_fields=["cap_kg", "released_kg"])


def stays_used(certificate: Certificate, kg: Decimal) -> tuple[Decimal, Decimal]:
    """Of a cancelled certificate's `kg`: (kilograms that stay used, kilograms to give back now).

    What is recorded as left stays, and what was planned for a day that has come: it may have left. Of a single shipment
    that has left all stays until its weight is recorded. What was given back when it was settled is not given back again.
    """
    if policies.goods_have_left(certificate) and not policies.has_shipped(certificate):
        return kg, Decimal(0)
    allowance = frames.lock(certificate.certifier_id, certificate.pk)
    if allowance is None:
        return Decimal(0), kg
    today = port_day(certificate)
    used = sum(
        (
            one.kg
            for one in queries.standing(allowance)
            if one.status != ShipmentStatus.PLANNED or one.departs_on <= today
        ),
        Decimal(0),
    )
    return used, kg - used - (allowance.released_kg or Decimal(0))


def is_late(certificate: Certificate, departs_on: date, *, has_left: bool, today: date) -> bool:
    """Whether a shipment is recorded later than the policy asks. It is recorded all the same, and staff see it."""
    office = office_of(certificate)
    rules = office.rules.time_frames
    if rules.record == BEFORE:
        return has_left and departs_on < today
    return has_left and office.working_days_between(departs_on, today) > rules.record_days


def office_of(certificate: Certificate) -> Office:
    """The working days of the policy that its request was sent under."""
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    return Office(certificate.request.policy.rules)


def port_day(certificate: Certificate) -> date:
    """Today where its goods are loaded: a departure is a day on the clock of that place. Of an unknown one, the office's."""
    return timing.day_of_loading(certificate.request, now())


def arrival_day(certificate: Certificate) -> date:
    """Today where its goods arrive, or where they are loaded if it is later there: what left today may have arrived."""
    zone = ports.zone_of_entry(certificate.request.port_code)
    there = now().astimezone(ZoneInfo(zone)).date() if zone else date.min
    return max(there, port_day(certificate))


def lock(certificate: Certificate) -> Certificate:
    """The certificate as it stands, locked for the rest of the transaction."""
    return (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("request__policy", "line__account")
        .get(certifier_id=certificate.certifier_id, pk=certificate.pk)
    )


def cap(certificate: Certificate) -> Decimal:
    """What may leave: what the certificate says, or less where a version with less is approved and not yet published."""
    mine = certificate.revisions.filter(certifier_id=certificate.certifier_id, status=RevisionStatus.APPROVED)
    weights = list(mine.values_list("net_kg", flat=True))
    return min([Decimal(certificate.data["net_weight_kg"]), *weights])


def _account(certificate: Certificate) -> Allowance:
    found = queries.allowance_of(certificate.certifier_id, certificate.pk)
    return found or begin(certificate)


def _usable(
    certificate: Certificate, obstacles: Callable[[Certificate], list[str]] = policies.obstacles_to_record
) -> tuple[Allowance, date]:
    fresh = lock(certificate)
    if not fresh.issued_at or fresh.status not in (CertificateStatus.ISSUED, CertificateStatus.CANCELLED):
        raise Overtaken(fresh)
    if against := obstacles(fresh):
        raise Refused([("", sentence) for sentence in against])
    return _account(fresh), port_day(fresh)


def _not_before_its_issue(certificate: Certificate, allowance: Allowance, day: date) -> None:
    """Goods that left before there was a certificate are under none. The period of a time frame says the same by itself."""
    assert certificate.issued_at is not None  # noqa: S101 - it is usable
    issued_on = timing.day_of_loading(certificate.request, certificate.issued_at)
    if not allowance.time_frame and day < issued_on:
        sentence = _(
            "The certificate was published on %(day)s: goods that left before are not under it. Choose that day or later"
        )
        raise Refused([("departs_on", sentence % {"day": full_day(issued_on)})])


def _follow(certificate: Certificate, allowance: Allowance) -> None:
    """The certificate knows whether it is used up or its one shipment has left, its readers see the record, and what is due is looked at."""
    allowance.refresh_from_db()
    fresh = lock(certificate)
    left = [one.departs_on for one in queries.standing(allowance) if one.status != ShipmentStatus.PLANNED]
    used_up = allowance.used_up_on if allowance.time_frame else next(iter(left), None)
    if fresh.used_up_on != used_up:
        fresh.used_up_on = used_up
        fresh.save(update_fields=["used_up_on"])
    projection.refresh(fresh)
    owe("shipment_record", fresh.pk, certifier_id=fresh.certifier_id)
    owe("frame", fresh.pk, certifier_id=fresh.certifier_id)
