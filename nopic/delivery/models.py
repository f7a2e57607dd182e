"""What is handed over and to whom: links without an account, and the outbox of e-mails with its dedupe key."""

from django.db import models
from django.db.models.functions import Now

from nopic.requests.models import CertificateRequest
from nopic.tenants.models import TenantModel


class ConsignmentLink(TenantModel):
    """One recipient's link to one consignment. Only the token's digest exists, in the table of secrets; 90 days."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="links", db_constraint=False)
    recipient = models.EmailField()
    recipient_kind = models.CharField(max_length=10)  # exporter, importer, broker
    mail = models.ForeignKey("Mail", models.PROTECT, null=True, related_name="links", db_constraint=False)
    digest = models.CharField(max_length=64)  # of the token made last; one that was sent before it works as well
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # first use: proof of handover
    opened_what = models.JSONField(default=list)  # [{"number", "state", "file_sha256"}] as shown at that moment

    def __str__(self) -> str:
        return f"link for {self.recipient_kind}"


class Mail(TenantModel):
    """One e-mail owed. The key makes the same notice to the same person one e-mail, however often it is asked for."""

    request = models.ForeignKey(
        CertificateRequest, models.PROTECT, null=True, related_name="mails", db_constraint=False
    )
    certificate_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120)
    to = models.EmailField()
    recipient_kind = models.CharField(max_length=10, default="exporter")  # exporter, importer, broker
    template = models.CharField(max_length=40)  # rendered when it is sent, so that no link is kept in clear
    context = models.JSONField(default=dict)
    subject = models.CharField(max_length=200, blank=True)  # filled in when sent, for the list on the certificate
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)  # given up: shown to staff on the certificate
    not_needed_at = models.DateTimeField(null=True)  # overtaken before it was sent: the certificate was cancelled
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "key"], name="mail_once")]
        indexes = [
            models.Index(fields=["certifier", "request"], name="mail_of_request"),
            models.Index(fields=["certifier", "certificate_id"], name="mail_of_certificate"),
        ]

    def __str__(self) -> str:
        return f"mail {self.key}"


class RateCount(models.Model):
    """How often somebody knocked within one window of time. The key is a digest: no address of anybody is kept."""

    key = models.CharField(max_length=64, primary_key=True)
    window = models.BigIntegerField()  # Unix time divided by the length of the window
    count = models.IntegerField(default=1)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} in window {self.window}"
