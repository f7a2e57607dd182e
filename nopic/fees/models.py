"""Charges and what became of them. Rows are only ever added: a fee is fixed, and everything later is an event beside it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.tenants.models import Exporter, TenantModel


class EventKind(models.TextChoices):
    """What happens to a charge; without any event it is quoted, and not due."""

    DUE = "due", _("Due")
    WAIVED = "waived", _("Waived")
    DROPPED = "dropped", _("Not charged")


class Charge(TenantModel):
    """One fee of one request, as it was quoted at the moment of sending or of a change. Append-only."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="+", db_constraint=False)
    request_id = models.BigIntegerField()  # requests live on a floor above, whose migration ties it
    line_id = models.BigIntegerField(null=True)  # None: for the request as a whole
    key = models.CharField(max_length=120)  # the same fee is fixed once, however often it is asked for
    turn = models.PositiveSmallIntegerField(default=0)
    reference = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    detail = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    currency = models.CharField(max_length=3)
    policy_version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "key"], name="charge_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_positive"),
        ]
        indexes = [
            models.Index(fields=["certifier", "exporter", "-id"], name="charge_of_exporter"),
            models.Index(fields=["certifier", "request_id"], name="charge_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.code}"


class ChargeEvent(TenantModel):
    """A charge fell due, was waived (why, by whom) or is not charged. Append-only; each happens once at most."""

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="events", db_constraint=False)
    kind = models.CharField(max_length=10, choices=EventKind)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "charge", "kind"], name="charge_event_once"),
            models.CheckConstraint(condition=~Q(kind="waived") | ~Q(reason=""), name="charge_waived_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.charge_id}"


class StatementFile(TenantModel):
    """The statement of one exporter for one month as a PDF: asked for, and once a worker has made it, its file.

    Emptied whenever a charge of the month changes, until the next file is made.
    """

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="+", db_constraint=False)
    month = models.DateField()  # its first day
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "exporter", "month"], name="statement_file_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="statement_file_of_a_month"),
            models.CheckConstraint(
                condition=Q(sha256="", size=0, made_at=None) | Q(size__gt=0, made_at__isnull=False) & ~Q(sha256=""),
                name="statement_file_made_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
