"""Who of the staff fills in a request for its exporter, or corrects one that was sent; and who of the exporter confirmed it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.documents.models import Document
from nopic.tenants.models import TenantModel

_CONFIRMED = Q(confirmed_by__isnull=False) | (
    Q(signed_form__isnull=False, signed_on__isnull=False) & ~Q(signed_by="")
)  # by a click, or on paper


class ForExporter(TenantModel):
    """What staff enter in the place of an exporter: who asked for it, how, when and why; and who confirmed it."""

    class Means(models.TextChoices):
        """How the exporter asked."""

        PHONE = "phone", _("By phone")
        EMAIL = "email", _("By e-mail")
        PAPER = "paper", _("On paper")
        FORM = "form", _("In a Word or PDF form")

    request: Any  # one for each of a draft, any number of what was sent: each model's own
    request_id: int
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=200)
    means = models.CharField(max_length=10, choices=Means)
    asked_on = models.DateField()
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField(db_default=Now())
    asked_to_confirm_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Or the paper or form that somebody of the exporter signed, where the policy lets that stand for a click.
    signed_form = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+", db_constraint=False)
    signed_by = models.CharField(max_length=200, blank=True)
    signed_on = models.DateField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.asked_by}, {self.get_means_display()}"

    @property
    def in_words(self) -> str:
        """Whom the staff acts for, as the log says it."""
        return f"{self.request.exporter}, {self}, {self.asked_on}"


class OnBehalf(ForExporter):
    """Somebody of the staff fills in a draft for its exporter."""

    request = models.OneToOneField(
        "requests.CertificateRequest", models.PROTECT, related_name="on_behalf", db_constraint=False
    )
    times_asked = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("staff")), name="confirmed_by_somebody_else"
            ),
            models.CheckConstraint(condition=Q(confirmed_at=None) | _CONFIRMED, name="filing_confirmed_completely"),
        ]


class Correction(ForExporter):
    """Somebody of the staff corrects a request that was sent. It stands like a question until the exporter has answered.

    While it is open the request says what was typed so far and `before` what was sent; what becomes of it is a new
    version, or `before` again.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")
        TAKEN_BACK = "taken_back", _("Taken back")
        WITHDRAWN = "withdrawn", _("The request was withdrawn")

    request = models.ForeignKey(
        "requests.CertificateRequest", models.PROTECT, related_name="corrections", db_constraint=False
    )
    turn = models.PositiveSmallIntegerField()  # the sending that it corrects
    before = models.JSONField()  # the request as it stood when it began (requests.snapshot)
    boxes = models.JSONField(
        default=list
    )  # [{"box", "title", "product", "old", "new", "why"}] as the exporter is asked
    due_at = models.DateTimeField(null=True)  # until when the exporter is asked to answer
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    answer = models.CharField(max_length=1000, blank=True)  # why it was rejected

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "request"], condition=Q(closed_at=None), name="correction_one_open"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("staff")), name="correction_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__gte=F("started_at")) & ~Q(outcome="")),
                name="correction_closed_completely",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | _CONFIRMED, name="correction_confirmed_completely"
            ),
            models.CheckConstraint(
                condition=Q(asked_to_confirm_at=None, due_at=None)
                | Q(asked_to_confirm_at__isnull=False, due_at__isnull=False),
                name="correction_asked_until_a_day",
            ),
        ]
