"""Permissions for time frames; a certificate's kilograms drawn down by shipments, with their append-only entries."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.fields import NOT_PROVIDED
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.frames import statuses
from nopic.frames.statuses import Closed, EntryKind, PermissionStatus, ShipmentStatus
from nopic.products.models import ProductItem
from nopic.tenants.models import Exporter, TenantModel


def kilograms(*, null: bool = False, default: Any = NOT_PROVIDED) -> Any:
    """A column of kilograms: three places, like every weight of the portal."""
    return models.DecimalField(max_digits=14, decimal_places=3, null=null, default=default)


class Permission(TenantModel):
    """An exporter asked to ship one product in a time frame; what staff granted stands beside what was asked."""

    NEXT = statuses.PERMISSION_NEXT
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="+", db_constraint=False)
    item = models.ForeignKey(ProductItem, models.PROTECT, related_name="+", db_constraint=False)
    status = models.CharField(max_length=10, choices=PermissionStatus, default=PermissionStatus.ASKED)
    asked_days = models.PositiveSmallIntegerField()
    asked_kg = kilograms()
    per_month = models.PositiveSmallIntegerField()  # shipments expected
    reason = models.TextField()
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    max_days = models.PositiveSmallIntegerField(null=True)
    max_kg = kilograms(null=True)
    valid_from = models.DateField(null=True)  # first and last day of a departure under it
    valid_to = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)  # to the exporter: why refused, granted for less, or withdrawn

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "exporter", "item"], condition=Q(status="asked"), name="permission_asked_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="granted")
                | Q(max_days__gt=0, max_kg__gt=0, valid_from__isnull=False, valid_to__gte=F("valid_from"))
                & Q(decided_by__isnull=False),
                name="permission_granted_completely",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | Q(decided_by__isnull=False) & ~Q(note=""),
                name="permission_refused_with_reason",
            ),
            models.CheckConstraint(condition=Q(asked_kg__gt=0, asked_days__gt=0), name="permission_asks_something"),
        ]
        indexes = [models.Index(fields=["certifier", "exporter", "-id"], name="permission_of_exporter")]

    def __str__(self) -> str:
        return f"permission {self.pk}"


class Allowance(TenantModel):
    """What one certificate still allows to leave. The balances equal the sum of the entries of its shipments.

    Of a time frame the cap is the designated quantity and the period first to last departure; of a single shipment
    the certified net weight. `certificate_id` is tied by the migration of the floor above, as `line_id` of the ledger.
    """

    certificate_id = models.BigIntegerField()
    time_frame = models.BooleanField()
    cap_kg = kilograms()
    planned_kg = kilograms(default=Decimal(0))
    shipped_kg = kilograms(default=Decimal(0))
    first_on = models.DateField()
    last_on = models.DateField()
    shipments_made = models.PositiveIntegerField(default=0)  # the number of the newest
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=10, choices=Closed, blank=True)
    released_kg = kilograms(null=True)  # given back to the verified quantity when it was settled
    used_up_on = models.DateField(null=True)  # the day of the shipment that took the last kilogram

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "certificate_id"], name="allowance_once"),
            models.CheckConstraint(condition=Q(planned_kg__gte=0, shipped_kg__gte=0), name="allowance_not_negative"),
            models.CheckConstraint(
                condition=Q(cap_kg__gte=F("planned_kg") + F("shipped_kg")), name="allowance_within_cap"
            ),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="allowance_period_forward"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_why="") | Q(closed_at__isnull=False) & ~Q(closed_why=""),
                name="allowance_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(released_kg__isnull=True)
                | Q(released_kg=F("cap_kg") - F("shipped_kg"), planned_kg=0, closed_at__isnull=False),
                name="allowance_released_the_rest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["certifier", "last_on", "id"], condition=Q(time_frame=True), name="allowance_time_frames"
            )
        ]

    def __str__(self) -> str:
        return f"kilograms of certificate {self.certificate_id}"

    @property
    def left_kg(self) -> Decimal:
        """Kilograms that may still be recorded, in kg."""
        return self.cap_kg - self.planned_kg - self.shipped_kg


class Shipment(TenantModel):
    """One truck, container load or flight under a certificate, as its standing entries leave it."""

    NEXT = statuses.SHIPMENT_NEXT
    allowance = models.ForeignKey(Allowance, models.PROTECT, related_name="shipments", db_constraint=False)
    number = models.PositiveIntegerField()  # 1, 2, 3 within its certificate
    key = models.UUIDField()  # of the form that recorded it: a double tap is not a second truck
    status = models.CharField(max_length=10, choices=ShipmentStatus)
    departs_on = models.DateField(_("Day of departure"))
    kg = models.DecimalField(_("Net weight"), max_digits=14, decimal_places=3)  # planned, or actual once it has left
    lots = models.JSONField(_("Lots"), default=list)
    unit = models.CharField(_("Container or plate"), max_length=40, blank=True)
    document = models.CharField(_("Transport document"), max_length=60, blank=True)
    arrived_on = models.DateField(null=True)
    late = models.BooleanField(default=False)  # recorded later than the policy asks
    entries_made = models.PositiveIntegerField(default=0)  # what a second tab is noticed by

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "allowance", "number"], name="shipment_number_once"),
            models.UniqueConstraint(fields=["certifier", "key"], name="shipment_recorded_once"),
            models.CheckConstraint(condition=Q(kg__gt=0), name="shipment_weighs_something"),
            models.CheckConstraint(
                condition=~Q(status="arrived") | Q(arrived_on__isnull=False), name="shipment_arrived_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"shipment {self.number}"


class Entry(TenantModel):
    """What somebody said about a shipment, and how it moved the balance. Append-only: an undo is an entry, too."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="entries", db_constraint=False)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    status = models.CharField(max_length=10, choices=ShipmentStatus)  # after it
    said = models.JSONField()  # departs_on, kg, lots, unit, document, arrived_on, after it
    planned_delta = kilograms(default=Decimal(0))
    shipped_delta = kilograms(default=Decimal(0))
    undoes = models.PositiveIntegerField(null=True)  # the sequence of the entry that it takes back
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=200)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "shipment", "sequence"], name="shipment_entry_once"),
            models.UniqueConstraint(
                fields=["certifier", "shipment", "undoes"],
                condition=Q(undoes__isnull=False),
                name="shipment_entry_undone_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.shipment_id}"


class Notice(TenantModel):
    """A warning that a certificate's kilograms or days run out: each kind goes out once. Append-only."""

    allowance = models.ForeignKey(Allowance, models.PROTECT, related_name="notices", db_constraint=False)
    kind = models.CharField(max_length=20)  # low_15, ending, actuals
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "allowance", "kind"], name="frame_notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.allowance_id}"
