"""That an exporter wants a certificate cancelled: only staff cancel, this is what they are asked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nopic.certificates.models.certificate import Certificate
from nopic.tenants.models import TenantModel, User
from nopic.workflow.clock import now


class CancelWish(TenantModel):
    """Why the exporter wants it cancelled and what became of the goods; and what staff answered, once."""

    class Goods(models.TextChoices):
        """What happened to the goods."""

        STAY = "stay", _("They have not left and will not leave under this certificate")
        LEFT = "left", _("They have left")
        BACK = "back", _("They came back, or are on their way back")
        ELSEWHERE = "elsewhere", _("They go to another buyer or another country")
        LOST = "lost", _("They were lost or destroyed")

    class Outcome(models.TextChoices):
        """What staff answered."""

        CANCELLED = "cancelled", _("Cancelled")
        DECLINED = "declined", _("Not cancelled")
        REPLACED = "replaced", _("Replaced by another certificate")

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="cancel_wishes", db_constraint=False)
    goods = models.CharField(max_length=10, choices=Goods)
    why = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=1000, blank=True)  # why it is not cancelled, for the exporter

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "certificate"], condition=Q(answered_at=None), name="cancel_wish_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, outcome="")
                | (Q(answered_at__gte=F("asked_at"), answered_by__isnull=False) & ~Q(outcome="")),
                name="cancel_wish_answered_completely",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="declined") | ~Q(note=""), name="cancel_wish_declined_says_why"
            ),
        ]

    def answer(self, outcome: str, *, by: User, note: str = "") -> None:
        """Close it; the caller holds the certificate's lock."""
        self.outcome, self.answered_at, self.answered_by, self.note = outcome, now(), by, note
        self.save(update_fields=["outcome", "answered_at", "answered_by", "note"])

    def __str__(self) -> str:
        return f"wish to cancel certificate {self.certificate_id}"
