"""Certificates, their versions and files, and what of them is public."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from nopic.certificates import statuses
from nopic.certificates.statuses import OPEN_REVISION, CertificateStatus, Corrected, RevisionStatus
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.models import Broker, Certifier, Importer, TenantModel


class Certificate(TenantModel):
    """One approved line. `data`, `data_sha256`, `template_version` and the key are frozen at approval.

    They change together, and only with the next `version`: a revision that was approved and published (`Revision`
    keeps what stood before). The number and the key stay.

    Four moments, four times: approved, published in the registry (issued), rendered, handed over.
    """

    NEXT = statuses.CERTIFICATE_NEXT
    line = models.OneToOneField(RequestLine, models.PROTECT, related_name="certificate", db_constraint=False)
    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="certificates", db_constraint=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    importer = models.ForeignKey(Importer, models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=CertificateStatus, default=CertificateStatus.PENDING)
    data = models.JSONField()  # nopic-certificate/1, what the paper will say
    data_sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=10)
    page_size = models.CharField(max_length=10)
    verification_key = models.CharField(max_length=16)
    number = models.CharField(max_length=21, null=True, unique=True)  # given by the registry, never reused
    version = models.PositiveSmallIntegerField(default=1)
    revised_at = models.DateTimeField(null=True)  # when the registry took the present version, if not the first
    weights_reported_at = models.DateTimeField(null=True)  # the last report that the registry took
    actual_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)  # what that report said in total
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True)  # the registry's publish time
    rendered_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    attention = models.TextField(blank=True)  # why a person must look, also at an issued one (no PDF, cancel refused)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField(max_length=40, blank=True)
    cancel_note = models.TextField(blank=True)  # to the exporter, the importer and the broker
    kilograms_kept = models.BooleanField(default=False)  # cancelled after the goods had left: they stay used
    cancelled_at = models.DateTimeField(null=True)
    # Of a time frame the day of the shipment that took the last kilogram; of a single one the day it is recorded as left.
    used_up_on = models.DateField(null=True)
    superseded_at = models.DateTimeField(null=True)  # when the registry published the one that replaces it
    # number → status, while the registry lists anything under our reference but our number: kept until it is put right
    registry_lists = models.JSONField(null=True)
    # Beside the certificate, written by nopic.watch: nothing of it is frozen, nothing of it changes what was certified.
    routing = models.JSONField(default=dict)  # {field: value} of what changed on the way since approval
    non_organic_kg = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))  # treated on the way
    on_hold_since = models.DateTimeField(null=True)  # a party or the product lost its standing: no new shipments
    on_hold_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["issued", "cancelled", "superseded"])
                | Q(number__isnull=False, issued_at__isnull=False),
                name="certificate_issued_has_number",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__regex=r"^\d{3}-\d{10}-\d{6}$"),
                name="certificate_number_format",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
                name="certificate_cancelled_with_reason",
            ),
            models.UniqueConstraint(
                fields=["certifier", "replaces"], condition=~Q(status="abandoned"), name="certificate_replaced_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="superseded") | Q(superseded_at__isnull=False), name="certificate_superseded_when"
            ),
            models.CheckConstraint(
                condition=~Q(status="needs_attention") | ~Q(attention=""), name="certificate_attention_says_why"
            ),
            models.CheckConstraint(
                condition=Q(registry_lists__isnull=True) | ~Q(attention=""), name="certificate_differing_says_why"
            ),
            models.CheckConstraint(
                condition=Q(non_organic_kg__gte=Decimal(0)), name="certificate_treated_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(on_hold_since__isnull=True) | ~Q(on_hold_why=""), name="certificate_on_hold_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["certifier", "-id"], name="certificate_newest"),
            models.Index(fields=["certifier", "request"], name="certificate_of_request"),
            models.Index(fields=["certifier", "id"], condition=~Q(attention=""), name="certificate_attention"),
        ]

    def __str__(self) -> str:
        return self.number or f"certificate {self.pk}"

    @property
    def kilograms(self) -> Decimal:
        """Net weight that the present version says."""
        return Decimal(self.data["net_weight_kg"])

    @property
    def containers(self) -> list[dict[str, str]]:
        """Containers and seals as recorded last on the way, otherwise as approved: [{"number", "seal"}]."""
        found: list[dict[str, str]] = self.routing.get("containers", self.data["transport"].get("containers") or [])
        return found


class Revision(TenantModel):
    """The next version of a certificate under its number: fewer kilograms, other lots, remarks; or one slip corrected.

    Asked for, decided by the staff, then taken by the registry. `data` is frozen at the approval; `before` is what the
    certificate said until this version took its place. Of a correction (`corrects`) kilograms and lots stay as they are,
    and what was told to USDA is kept with it. Two different people of the staff stand behind a correction, and behind any
    version where the policy said so when it was asked for (`two_people`): one checks, the other approves.
    """

    NEXT = statuses.REVISION_NEXT
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="revisions", db_constraint=False)
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=RevisionStatus, default=RevisionStatus.REQUESTED)
    net_kg = models.DecimalField(max_digits=14, decimal_places=3)
    gross_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)  # null: of a time frame, as packages
    packages = models.PositiveIntegerField(null=True)
    lots = models.JSONField()  # [{"code", "kg" (text) or null}], as it will stand in box 12
    remarks = models.TextField(blank=True)  # printed on the certificate
    why = models.TextField()  # what happened, for the reviewer
    corrects = models.CharField(max_length=10, choices=Corrected, blank=True)
    corrected_to = models.CharField(max_length=12, blank=True)  # the right number, in its stored form
    first_sent_at = models.DateTimeField(null=True)  # evidence: when its request was first sent
    left_on = models.DateField(null=True)  # evidence: when the goods left, as known when the correction was asked for
    two_people = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    usda_note = models.TextField(blank=True)  # what the checker told USDA, word for word
    usda_told_on = models.DateField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_note = models.TextField(blank=True)  # to the exporter
    data = models.JSONField(null=True)
    before = models.JSONField(null=True)
    before_file = models.CharField(max_length=64, blank=True)  # SHA-256 of the PDF that it takes the place of
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "certificate"],
                condition=Q(status__in=[str(one) for one in OPEN_REVISION]),
                name="revision_one_open",
            ),
            models.UniqueConstraint(
                fields=["certifier", "certificate", "version"],
                condition=Q(status__in=["approved", "published"]),
                name="revision_version_once",
            ),
            models.CheckConstraint(condition=Q(net_kg__gt=0, version__gte=2), name="revision_has_weight"),
            models.CheckConstraint(
                condition=Q(corrects="", corrected_to="")
                | ~Q(corrected_to="")
                & Q(corrects__in=Corrected.values, first_sent_at__isnull=False, left_on__isnull=False),
                name="revision_correction_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None, usda_told_on=None, usda_note="")
                | Q(checked_by__isnull=False, checked_at__isnull=False)
                & (
                    Q(corrects="", two_people=True, usda_told_on=None, usda_note="")
                    | ~Q(corrects="") & ~Q(usda_note="") & Q(usda_told_on__isnull=False)
                ),
                name="revision_checked_whole",
            ),
            models.CheckConstraint(
                condition=Q(corrects="", two_people=False)
                | ~Q(status__in=["approved", "published"])
                | Q(checked_by__isnull=False) & ~Q(checked_by=F("decided_by")),
                name="revision_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "published", "refused"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="revision_says_who_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "published"]) | Q(data__isnull=False),
                name="revision_approved_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False, before__isnull=False),
                name="revision_published_keeps_what_was",
            ),
        ]
        indexes = [models.Index(fields=["certifier", "status", "id"], name="revision_by_status")]

    def __str__(self) -> str:
        return f"version {self.version} of certificate {self.certificate_id}"


class CertificateFile(TenantModel):
    """A rendered PDF in content-addressed storage. The first stored file of a version wins."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="files", db_constraint=False)
    version = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "certificate", "version"], name="file_version_once")
        ]

    def __str__(self) -> str:
        return f"file {self.sha256[:12]}"


class PublicRecord(models.Model):
    """What an importer, a broker, the bearer of a link or the public may read of one certificate: a projection.

    Written in the same transaction as every change of the certificate (nopic.certificates.projection), so cancelling
    is visible everywhere at once. Its policy is wider than the tenant's: addressee, link or key open it as well.
    """

    certificate = models.OneToOneField(
        Certificate, models.PROTECT, primary_key=True, related_name="record", db_constraint=False
    )
    certifier = models.ForeignKey(Certifier, models.PROTECT, related_name="+")
    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="+", db_constraint=False)
    importer = models.ForeignKey(Importer, models.PROTECT, related_name="+")
    broker = models.ForeignKey(Broker, models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=21, unique=True)
    status = models.CharField(max_length=20, choices=CertificateStatus)
    data = models.JSONField()
    version = models.PositiveSmallIntegerField(default=1)
    revised_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField()
    departure_on = models.DateField()  # as the certificate says it
    departure_ends_at = models.DateTimeField()  # the end of that day at the certifier's office
    departed_on = models.DateField(null=True)
    time_frame = models.BooleanField(default=False)  # then departure_on is the last, and each shipment leaves by itself
    planned_kg = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    shipped_kg = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    used_up_on = models.DateField(null=True)
    record_sha256 = models.CharField(max_length=64, blank=True, default="")  # the newest record of shipments, a PDF
    record_size = models.PositiveIntegerField(null=True)
    registry_sha256 = models.CharField(max_length=64, blank=True, default="")  # the registry's own PDF, brought by hand
    registry_size = models.PositiveIntegerField(null=True)
    record_at = models.DateTimeField(null=True)
    shipments = models.JSONField(default=list)  # for the importer's eyes: number, status, day, kg, lots, unit, document
    arrival_on = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)  # also set while the registry has yet to confirm: do not use
    cancel_reason = models.TextField(blank=True)  # the sentence, not the code
    replaces = models.CharField(max_length=21, blank=True)  # the number in whose place it is
    replaced_by = models.CharField(max_length=21, blank=True)  # the number to use instead
    superseded_at = models.DateTimeField(null=True)
    final_document_owed = models.BooleanField(default=False)  # for the importer's eyes, not the public's
    routing = models.JSONField(default=dict)  # what changed on the way, for the importer's eyes
    non_organic_kg = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["importer", "-certificate"], name="record_of_importer"),
            models.Index(fields=["broker", "-certificate"], name="record_of_broker"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def version_day(self) -> date | None:
        """The day of the present version as the paper says it, of its approval at the office; None of the first."""
        said = (self.data.get("revision") or {}).get("approved_on")
        return date.fromisoformat(said) if said else None
