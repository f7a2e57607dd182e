"""What is owed to the registry for a certificate, every try ever made, and what was entered by hand."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from nopic.certificates import statuses
from nopic.certificates.models.certificate import Certificate
from nopic.certificates.statuses import Channel, EntryOutcome, OperationKind, OperationStatus
from nopic.documents.models import Document
from nopic.tenants.models import TenantModel


class RegistryOperation(TenantModel):
    """One call owed to the registry for a certificate. Taken in sequence: a cancel waits for the issue before it."""

    NEXT = statuses.OPERATION_NEXT
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="operations", db_constraint=False)
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=OperationKind)
    generation = models.PositiveSmallIntegerField(default=1)  # version of a revision, sequence of a report
    # Pinned with the approval: a trigger gives every later operation of a certificate the channel of its first.
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.HTTP)
    status = models.CharField(max_length=12, choices=OperationStatus, default=OperationStatus.PENDING)
    client_ref = models.CharField(max_length=64, unique=True)
    payload = models.JSONField()
    payload_sha256 = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)  # committed before sending: may the registry have it?
    not_found_at = models.DateTimeField(null=True)  # a look-up after the settle time found nothing once
    trying_since = models.DateTimeField(db_default=Now())  # a person's "try again" starts the patience anew
    only_look = models.BooleanField(default=False)  # a person asked for a look-up, not for another try
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "certificate", "sequence"], name="operation_sequence_once"),
            models.UniqueConstraint(
                fields=["certifier", "certificate", "kind", "generation"],
                condition=~Q(status="superseded"),
                name="operation_kind_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["certifier", "certificate"],
                condition=Q(channel="assisted") & ~Q(status__in=["done", "superseded"]),
                name="operation_by_hand",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of certificate {self.certificate_id}"


class RegistryEntry(TenantModel):
    """What a person says was done in the registry by hand, and the second person who looked too.

    Only the confirmation or the taking back is added later (a trigger); what was taken back stays readable.
    """

    operation = models.ForeignKey(RegistryOperation, models.PROTECT, related_name="entries", db_constraint=False)
    outcome = models.CharField(max_length=10, choices=EntryOutcome)
    number = models.CharField(max_length=21, blank=True)  # of an issue that was done
    published_at = models.DateTimeField(null=True)  # when the registry did it
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+", db_constraint=False)
    compared = models.JSONField(default=list)  # [{label, value, found}] of the registry's PDF at confirmation
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")), name="entry_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, withdrawn_at__isnull=True),
                name="entry_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_by__isnull=False) & ~Q(withdrawn_why=""),
                name="entry_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="done") | Q(published_at__isnull=False), name="entry_done_has_time"
            ),
            models.CheckConstraint(
                condition=Q(number="") | Q(number__regex=r"^\d{3}-\d{10}-\d{6}$"), name="entry_number_format"
            ),
            models.UniqueConstraint(
                fields=["certifier", "operation"],
                condition=Q(confirmed_at=None, withdrawn_at=None),
                name="entry_open_once",
            ),
            models.UniqueConstraint(
                fields=["certifier", "operation"],
                condition=Q(confirmed_at__isnull=False, outcome="done"),
                name="entry_done_once",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=Q(withdrawn_at=None) & ~Q(number=""), name="entry_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"entry {self.pk}"


class RegistryAttempt(TenantModel):
    """One exchange with the registry and what came of it. Append-only; written also by work that lost its lease."""

    operation = models.ForeignKey(RegistryOperation, models.PROTECT, related_name="attempts_made", db_constraint=False)
    at = models.DateTimeField(db_default=Now())
    call = models.CharField(max_length=12)  # find, register, cancel, operation
    outcome = models.CharField(max_length=20)  # accepted, found, not_found, ambiguous, busy, refused, …
    http_status = models.PositiveSmallIntegerField(null=True)
    number = models.CharField(max_length=40, blank=True)
    reply_sha256 = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    fence = models.BigIntegerField()
    by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.call}: {self.outcome}"
