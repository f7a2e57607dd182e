"""What the registry holds: certifiers, operations, certificates, and the control log that never forgets a number."""

from django.db import models

from .statuses import CertificateStatus, LogKind, OperationKind, OperationStatus


class Certifier(models.Model):
    """A certifying agent, known by its code (unreal here: 9xx) and by the hash of its key."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=200)
    key_sha256 = models.CharField(max_length=64, unique=True)

    is_authenticated = True  # what the API's permission asks of whoever holds a key

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Operation(models.Model):
    """An operation by its NOP ID; `certifiers` are the codes that may register certificates for it as exporter."""

    nop_id = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=OperationKind)
    status = models.CharField(max_length=11, choices=OperationStatus)
    certified_on = models.DateField()
    status_since = models.DateField()
    ends_on = models.DateField(null=True)
    scopes = models.JSONField(default=list)
    address_lines = models.JSONField(default=list)
    state = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    certifiers = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.nop_id} {self.name}"


class Certificate(models.Model):
    """A published certificate and what became of it; weights in kg."""

    number = models.CharField(max_length=21, unique=True)
    certifier = models.ForeignKey(Certifier, models.PROTECT)
    exporter = models.ForeignKey(Operation, models.PROTECT, related_name="exported")
    importer = models.ForeignKey(Operation, models.PROTECT, related_name="imported")
    client_ref = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    payload = models.JSONField()
    status = models.CharField(max_length=9, choices=CertificateStatus, default=CertificateStatus.PUBLISHED)
    hts = models.CharField(max_length=12)  # as the present version says it
    net_weight_kg = models.DecimalField(max_digits=14, decimal_places=3)
    actual_net_weight_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    weights_sequence = models.PositiveIntegerField(default=0)  # of the last report of actual weights
    version = models.PositiveIntegerField(default=1)  # rises with every revision
    published_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=40, blank=True)
    cancel_text = models.TextField(blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(net_weight_kg__gt=0), name="weight_is_positive")]

    def __str__(self) -> str:
        return self.number


class Serial(models.Model):
    """The last serial given for one certifier and exporter; it only rises, so no number comes twice."""

    certifier = models.ForeignKey(Certifier, models.PROTECT)
    exporter = models.ForeignKey(Operation, models.PROTECT)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "exporter"], name="one_serial")]

    def __str__(self) -> str:
        return f"{self.certifier_id}-{self.exporter_id}-{self.last:06d}"


class LogEntry(models.Model):
    """One act in the control log (issued, replaced, cancelled, weighed); append-only by trigger."""

    certifier = models.ForeignKey(Certifier, models.PROTECT)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="log")
    kind = models.CharField(max_length=8, choices=LogKind)
    client_ref = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["certifier", "client_ref"], name="log_by_reference")]

    def __str__(self) -> str:
        return f"{self.kind} {self.certificate_id}"


class Behaviour(models.Model):
    """The one row that says how the server behaves: its mode, its look-up lag, an outage, a seeded mix of faults."""

    idempotent = models.BooleanField(default=True)
    lookup_lag = models.FloatField(default=0.0)
    outage_until = models.DateTimeField(null=True)
    mix = models.JSONField(null=True)

    def __str__(self) -> str:
        return "idempotent" if self.idempotent else "not idempotent"


class Fault(models.Model):
    """A fault that waits for the next calls of an endpoint."""

    endpoint = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    remaining = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.name} x {self.remaining}"


class Arrival(models.Model):
    """A call that arrived while faults could be ordered, and the fault that it met."""

    endpoint = models.CharField(max_length=20)
    serial = models.PositiveIntegerField()
    fault = models.CharField(max_length=40, blank=True)
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "serial"], name="one_arrival")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.serial} {self.fault}"
