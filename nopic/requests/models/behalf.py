"""Who of the staff fills in a request for its exporter."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.tenants.models import TenantModel


class OnBehalf(TenantModel):
    """Somebody of the staff fills in a request for its exporter: who asked, how, when and why; and who confirmed it."""

    class Means(models.TextChoices):
        """How the exporter asked."""

        PHONE = "phone", _("By phone")
        EMAIL = "email", _("By e-mail")
        PAPER = "paper", _("On paper")
        FORM = "form", _("In a Word or PDF form")

    request = models.OneToOneField(
        "requests.CertificateRequest", models.PROTECT, related_name="on_behalf", db_constraint=False
    )
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=200)
    means = models.CharField(max_length=10, choices=Means)
    asked_on = models.DateField()
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField(db_default=Now())
    asked_to_confirm_at = models.DateTimeField(null=True)
    times_asked = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("staff")), name="confirmed_by_somebody_else"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_by}, {self.get_means_display()}"

    @property
    def in_words(self) -> str:
        """Whom the staff acts for, as the log says it."""
        return f"{self.request.exporter}, {self}, {self.asked_on}"
