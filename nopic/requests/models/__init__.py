"""A request for certificates: one consignment to one importer, with 1 to n lines of one product and one tariff code each."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.documents.models import Dossier
from nopic.ledger.models import Account
from nopic.products.models import ProductItem, ProductVersion
from nopic.requests import statuses
from nopic.requests.models.behalf import Correction, OnBehalf
from nopic.requests.models.transport import TransportNumber
from nopic.requests.statuses import Coverage, LineStatus, Mode, RequestStatus, Treatment
from nopic.tenants.models import Exporter, Importer, ImporterContact, Policy, TenantModel
from nopic.tenants.statuses import Certification

__all__ = [
    "CertificateRequest", "Correction", "Lot", "OnBehalf", "ReferenceSeries", "RequestLine", "RequestTemplate",
    "RequestVersion", "Supplier", "TransportNumber",
]  # fmt: skip


class ReferenceSeries(TenantModel):
    """The last number given to a request of one certifier in one year."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.year}-{self.last:04d}"


class Supplier(TenantModel):
    """Who sold a purchased lot to the exporter; its certifier decides which guarantee is needed."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="suppliers", db_constraint=False)
    name = models.CharField(_("Supplier"), max_length=200)
    nop_id = models.CharField(_("NOP ID of the supplier, if it has one"), max_length=10, blank=True)
    certifier_name = models.CharField(_("Certified by"), max_length=120, blank=True)
    same_certifier = models.BooleanField(default=False)
    certificate_number = models.CharField(_("Number of its organic certificate"), max_length=60, blank=True)
    certificate_from = models.DateField(_("Certificate valid from"), null=True, blank=True)
    certificate_to = models.DateField(_("Certificate valid until"), null=True, blank=True)
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, related_name="supplier", db_constraint=False)
    registry_status = models.CharField(max_length=20, choices=Certification, default=Certification.UNKNOWN)
    registry_read_at = models.DateTimeField(null=True, editable=False)  # when the registry last answered
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "exporter", "name"], name="supplier_once")]

    def __str__(self) -> str:
        return self.name


class CertificateRequest(TenantModel):
    """The request. Typed columns hold what could be read; `raw` keeps each step exactly as it was typed."""

    NEXT = statuses.REQUEST_NEXT
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="requests", db_constraint=False)
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="request", db_constraint=False)
    reference = models.CharField(max_length=20)  # 2026-0431, given to the draft
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.DRAFT)
    revision = models.PositiveIntegerField(default=1)  # grows with every save: a second tab is noticed
    turn = models.PositiveSmallIntegerField(default=0)  # how often it was sent
    review_turn = models.PositiveSmallIntegerField(default=0)  # the sending that its review began with
    raw = models.JSONField(default=dict)  # {step: {field: text as typed}}
    step_revisions = models.JSONField(default=dict)  # {step: revision of its last save}: only the same step can clash
    paper_revisions = models.JSONField(default=dict)  # {rule of a document row: revision of its last file since sent}
    box_revisions = models.JSONField(default=dict)  # {"10" or "10:<line id>": revision of the answer that changed it}
    problems = models.JSONField(default=dict)  # {step: number of problems at the last save}; absent = not filled in yet
    demands = models.JSONField(default=list)  # keys of the extra documents demanded when it was sent
    start_key = models.UUIDField(null=True)  # of the form that began it: a second click is not a second request
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(db_default=Now())
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )  # the request whose importer, products and transport it began with

    # In the place of a certificate: its id (certificates live on a floor above, whose migration ties it) and its line.
    replaces_id = models.BigIntegerField(null=True)
    replaces_line = models.ForeignKey("RequestLine", models.PROTECT, null=True, related_name="+", db_constraint=False)

    # A part of a certificate's goods that leaves later: its line, and what stays on it once its next version is published.
    split_line = models.ForeignKey("RequestLine", models.PROTECT, null=True, related_name="+", db_constraint=False)
    split_stays_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)

    # Departure (boxes 2, 15, 17)
    coverage = models.CharField(max_length=10, choices=Coverage, default=Coverage.SINGLE)
    last_departure_on = models.DateField(null=True, blank=True)  # of a time frame; departure_on is its first
    departure_on = models.DateField(_("Earliest date the goods leave the country"), null=True, blank=True)
    late_reason = models.TextField(blank=True)
    departed_on = models.DateField(null=True, blank=True)  # a fact somebody declared or a document shows
    departure_note = models.TextField(blank=True)  # why the date was moved

    # Importer (boxes 5, 6)
    importer = models.ForeignKey(Importer, models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(
        ImporterContact, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    importer_email = models.EmailField(blank=True)
    broker_name = models.CharField(max_length=200, blank=True)
    broker_email = models.EmailField(blank=True)
    consignee_name = models.CharField(max_length=200, blank=True)
    consignee_address = models.TextField(blank=True)

    # Transport (boxes 14, 15, 16)
    mode = models.CharField(max_length=10, choices=Mode, blank=True)
    place_of_loading = models.CharField(max_length=120, blank=True)
    country_of_loading = models.CharField(max_length=60, blank=True)
    port_of_entry = models.CharField(max_length=120, blank=True)
    port_code = models.CharField(max_length=4, blank=True)
    arrival_on = models.DateField(null=True, blank=True)
    carrier = models.CharField(max_length=120, blank=True)
    vessel = models.CharField(max_length=120, blank=True)  # vessel and voyage, flight, or plate
    containers = models.JSONField(default=list)  # [{"number": "APLU 417512 5", "seal": "PE881960"}]
    transport_document = models.CharField(max_length=60, blank=True)
    treatment = models.CharField(max_length=20, choices=Treatment, blank=True)
    treatment_text = models.TextField(blank=True)

    # Sending and review
    turnaround = models.CharField(max_length=40, blank=True)  # code of a class of the policy; "" is its default one
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decide_by = models.DateTimeField(null=True)  # the promise made when it was sent
    late = models.BooleanField(default=False)
    # No index of its own: PostgreSQL would read everything that a reviewer ever decided to find what is open.
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True)
    questions_due_at = models.DateTimeField(null=True)  # while questions are open: when the answers are due
    second_reasons = models.JSONField(default=list)  # why a line of it waits for a colleague: codes of the policy
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)  # the exporter took it back before the review began

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(questions_due_at=None) | Q(status="questions_open"), name="request_due_only_with_questions"
            ),
            models.UniqueConstraint(fields=["certifier", "reference"], name="request_reference_once"),
            models.UniqueConstraint(fields=["certifier", "start_key"], name="request_started_once"),
            models.UniqueConstraint(
                fields=["certifier", "replaces_id"],
                name="request_one_open_replacement",
                condition=Q(status__in=["draft", "submitted", "in_review", "questions_open"]),
            ),
            models.CheckConstraint(
                condition=Q(replaces_id=None) | Q(replaces_line__isnull=False), name="request_replaces_a_line"
            ),
            models.CheckConstraint(
                condition=Q(split_line=None, split_stays_kg=None)
                | Q(split_line__isnull=False, split_stays_kg__isnull=False, split_stays_kg__gt=0),
                name="request_split_says_what_stays",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False, policy__isnull=False),
                name="request_sent_completely",
            ),
            models.CheckConstraint(
                condition=~Q(coverage="time_frame")
                | Q(status__in=["draft", "withdrawn"])
                | Q(last_departure_on__gte=F("departure_on")),
                name="request_time_frame_forward",
            ),
        ]
        indexes = [
            models.Index(
                fields=["certifier", "departure_on", "id"],
                condition=Q(status__in=["submitted", "in_review", "questions_open"]),
                name="request_open_queue",
            ),
            models.Index(fields=["certifier", "exporter", "-id"], name="request_of_exporter"),
            models.Index(fields=["certifier", "departure_on"], name="request_departing"),
        ]

    def __str__(self) -> str:
        return self.reference


class RequestLine(TenantModel):
    """One product with one tariff code: the unit of decision, and of one certificate."""

    NEXT = statuses.LINE_NEXT
    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="lines", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=LineStatus, default=LineStatus.OPEN)
    item = models.ForeignKey(ProductItem, models.PROTECT, null=True, related_name="+", db_constraint=False)
    version = models.ForeignKey(
        ProductVersion, models.PROTECT, null=True, related_name="+", db_constraint=False
    )  # pinned at submit
    crop_year = models.PositiveSmallIntegerField(null=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_constraint=False)
    net_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    net_typed = models.CharField(max_length=40, blank=True)  # what was typed, and its unit
    net_unit = models.CharField(max_length=10, blank=True)
    packages = models.PositiveIntegerField(null=True)
    package_kind = models.CharField(max_length=40, blank=True)
    gross_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    origin_region = models.CharField(max_length=120, blank=True)
    removed = models.BooleanField(default=False)  # taken out of a returned request; earlier versions still show it
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason_code = models.CharField(max_length=40, blank=True)
    reason_text = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(net_kg=None) | Q(net_kg__gt=Decimal(0)), name="line_net_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "withdrawn"])
                | Q(decided_at__isnull=False, decided_by__isnull=False, version__isnull=False, net_kg__isnull=False),
                name="line_decided_completely",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason_code=""), name="line_refused_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of request {self.request_id}"


class Lot(TenantModel):
    """A lot of a line; bought from a supplier, or own production when it names none."""

    line = models.ForeignKey(RequestLine, models.CASCADE, related_name="lots", db_constraint=False)
    code = models.CharField(max_length=40)
    kg = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+", db_constraint=False)
    proof = models.CharField(max_length=60, blank=True)  # number of the transaction certificate or purchase invoice

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["certifier", "line", "code"], name="lot_once")]

    def __str__(self) -> str:
        return self.code


class RequestVersion(TenantModel):
    """What was sent, each time it was sent; and what was said when it came back. Stays readable."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="versions", db_constraint=False)
    number = models.PositiveSmallIntegerField()  # = the request's turn
    snapshot = models.JSONField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.CharField(max_length=200, blank=True)
    return_points = models.JSONField(default=list)  # [{"box": "10", "text": "…"}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "request", "number"], name="request_version_once")]

    def __str__(self) -> str:
        return f"version {self.number}"


class RequestTemplate(TenantModel):
    """Answers that an exporter's requests begin with, under a name of their own, such as "Bay Bridge weekly bananas"."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="templates", db_constraint=False)
    source = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="+", db_constraint=False)
    name = models.CharField(max_length=80)
    answers = models.JSONField()  # {step: {field: text as typed}}, see actions.copying.answers_to_copy
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "exporter", "name"], name="template_once")]

    def __str__(self) -> str:
        return self.name
