"""What is noted about certificates after their issue: routing, treatments, and concerns about parties and products."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nopic.certificates.models import Certificate
from nopic.presentation.words import within
from nopic.products.models import ProductItem
from nopic.requests.models import CertificateRequest, Supplier
from nopic.tenants.models import Exporter, Importer, TenantModel


class RoutingChange(TenantModel):
    """One change of vessel, containers, transport document or arrival: beside the certificate, without a new number.

    `changes` maps the field to what it was and what it is. Append-only; what holds now stands in `Certificate.routing`.
    """

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="routing_changes", db_constraint=False)
    changes = models.JSONField()
    note = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"routing of certificate {self.certificate_id}"


class Treatment(models.TextChoices):
    """What ended the organic status of goods on their way (7 CFR 205.272 and 205.105 are the importer's to verify)."""

    FUMIGATION = "fumigation", _("Fumigation or another treatment with a prohibited substance")
    IRRADIATION = "irradiation", _("Ionizing radiation")


class TreatmentReport(TenantModel):
    """Goods of a certificate that were treated: their kilograms stay used and are not organic any more. Append-only."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="treatment_reports", db_constraint=False)
    treatment = models.CharField(_("What was done"), max_length=20, choices=Treatment)
    agent = models.CharField(_("Substance or method"), max_length=120, blank=True)
    treated_on = models.DateField(_("When"))
    place = models.CharField(_("Where"), max_length=120)
    kg = models.DecimalField(_("Net weight treated"), max_digits=14, decimal_places=3)
    note = models.TextField(_("Note"), blank=True)
    reported_as = models.CharField(max_length=10)  # staff, exporter, importer or broker
    by = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kg__gt=Decimal(0)), name="treatment_kg_positive")]

    def __str__(self) -> str:
        return f"{self.treatment} of {self.kg} kg"


class OwedState(models.TextChoices):
    """Where a document stands that follows the issue. Computed from its row of the request, never set by hand."""

    OWED = "owed", _("To be sent")
    CAME = "came", _("Came, to be looked at")
    CLOSED = "closed", _("Nothing to do")


class OwedDocument(TenantModel):
    """One document that a certified request still owes: a projection of its row, so that a list of all costs little.

    `wanted_on` orders the list: the expected arrival, or the due day where no arrival is known.
    """

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="owed", db_constraint=False)
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    is_final = models.BooleanField(default=False)  # the definitive transport document
    state = models.CharField(max_length=10, choices=OwedState)
    departure_on = models.DateField()
    arrival_on = models.DateField(null=True)
    due_on = models.DateField()
    wanted_on = models.DateField()
    remind_on = models.DateField(null=True)  # the next reminder to the exporter
    refused_why = models.TextField(blank=True)  # it came and was not accepted
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "request", "rule", "subject"], name="owed_document_once")
        ]
        indexes = [
            models.Index(
                fields=["certifier", "wanted_on", "id"], condition=~Q(state="closed"), name="owed_document_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, due {self.due_on}"

    @property
    def called(self) -> str:
        """Its name within a sentence. A draft of it may be there: then it is the final one that has still to come."""
        name = within(self.name)
        return gettext("final %(document)s") % {"document": name} if self.is_final else name


class Subject(models.TextChoices):
    """Whose standing changed."""

    EXPORTER = "exporter", _("Exporter")
    IMPORTER = "importer", _("Importer")
    SUPPLIER = "supplier", _("Supplier")
    PRODUCT = "product", _("Product")


def _names_its_subject() -> Q:
    columns = {"exporter": "exporter", "importer": "importer", "supplier": "supplier", "product": "item"}
    condition = Q()
    for kind, column in columns.items():
        only: dict[str, Any] = {f"{other}__isnull": other != column for other in columns.values()}
        condition |= Q(kind=kind, **only)
    return condition


class Concern(TenantModel):
    """A party or product that is not in good standing while requests are open or certificates live. A person settles it."""

    kind = models.CharField(max_length=10, choices=Subject)
    exporter = models.ForeignKey(Exporter, models.PROTECT, null=True, related_name="+", db_constraint=False)
    importer = models.ForeignKey(Importer, models.PROTECT, null=True, related_name="+")
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+", db_constraint=False)
    item = models.ForeignKey(ProductItem, models.PROTECT, null=True, related_name="+", db_constraint=False)
    name = models.CharField(max_length=200)  # as it was called when it was noticed
    standing = models.CharField(max_length=20)  # suspended, surrendered, revoked, not_found, expired, removed
    noticed_at = models.DateTimeField(db_default=Now())
    restored_at = models.DateTimeField(null=True)  # in good standing again; the holds stay until a person lifts them
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_names_its_subject(), name="concern_names_its_subject"),
            models.UniqueConstraint(
                fields=["certifier", "kind", "exporter", "importer", "supplier", "item"],
                condition=Q(settled_at=None),
                nulls_distinct=False,
                name="concern_open_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | ~Q(settled_by="") & ~Q(note=""), name="concern_settled_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.standing}"


class ConcernDecision(TenantModel):
    """What a person decided about one certificate under a concern: it goes on, or its hold stays. Append-only."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="decisions", db_constraint=False)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="+", db_constraint=False)
    goes_on = models.BooleanField()
    reason = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"certificate {self.certificate_id} {'goes on' if self.goes_on else 'stays on hold'}"
