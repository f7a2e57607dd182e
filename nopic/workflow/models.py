"""The audit log with its chain heads, and the list of what is owed next (no business data in the latter)."""

from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Func, Q


class ClockTimestamp(Func):
    """PostgreSQL's clock_timestamp(): the moment itself, not the start of the transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class AuditEvent(models.Model):
    """One thing that happened. Append-only: the runtime role may insert and read, triggers refuse the rest."""

    certifier_id = models.BigIntegerField()  # 0: the platform's own chain
    at = models.DateTimeField(db_default=ClockTimestamp())
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200)
    verb = models.CharField(max_length=40)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    # Set by the database at commit:
    sequence = models.BigIntegerField(null=True)
    previous = models.CharField(max_length=64, null=True)
    digest = models.CharField(max_length=64, null=True)

    class Meta:
        indexes = [models.Index(fields=["certifier_id", "subject_type", "subject_id", "id"], name="audit_subject")]
        constraints = [models.UniqueConstraint(fields=["certifier_id", "sequence"], name="audit_sequence_once")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    @property
    def happened_at(self) -> datetime:
        """When it happened: of a history that was told afterwards as it was told, of everything else when it was written."""
        told = self.facts.get("happened_at")
        return datetime.fromisoformat(told) if told else self.at


class AuditHead(models.Model):
    """The last link of one certifier's chain."""

    certifier_id = models.BigIntegerField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"chain {self.certifier_id} at {self.sequence}"


class Dispatch(models.Model):
    """One thing owed: topic, subject and when. The claim (lease, fence) is taken here, before any tenant is opened."""

    topic = models.CharField(max_length=30)
    certifier_id = models.BigIntegerField()  # 0: concerns no tenant, such as reading an importer's status
    subject_id = models.BigIntegerField()
    due_at = models.DateTimeField(db_default=TransactionNow())
    woken_at = models.DateTimeField(null=True)  # when the relay last told the broker
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(db_default=0)
    asked = models.BigIntegerField(db_default=0)  # how often it was owed again while it was still open
    attempts = models.IntegerField(db_default=0)
    crashes = models.IntegerField(db_default=0)  # leases that ran out: the process died with the work in hand
    reason = models.CharField(max_length=200, blank=True)  # why it is not done yet; no names, no business data
    created_at = models.DateTimeField(db_default=TransactionNow())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "certifier_id", "subject_id"], condition=Q(done_at=None), name="dispatch_owed_once"
            )
        ]
        indexes = [models.Index(F("due_at"), condition=Q(done_at=None), name="dispatch_due")]

    def __str__(self) -> str:
        return f"{self.topic} {self.certifier_id}/{self.subject_id}"


class Heartbeat(models.Model):
    """When a process last showed that it works; readiness looks here."""

    process = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.process} {self.at:%H:%M:%S}"
