"""What reviewers have confirmed, one verdict per check of the policy's list; and the words that the search looks in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.models import TenantModel


class Verdict(models.TextChoices):
    """What a reviewer found when comparing what is declared with what the documents say."""

    MATCH = "match", _("Match")
    DIFFERS = "differs", _("Differs")
    NOT_APPLICABLE = "n_a", _("n/a")


class CheckVerdict(TenantModel):
    """The standing verdict on one check of one turn of a request; earlier ones are in the audit log."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="verdicts", db_constraint=False)
    line = models.ForeignKey(RequestLine, models.PROTECT, null=True, related_name="verdicts", db_constraint=False)
    turn = models.PositiveSmallIntegerField()
    check_id = models.CharField(max_length=40)
    revision = (
        models.PositiveIntegerField()
    )  # of the request that was looked at: a paper that came later is asked again
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "request", "turn", "check_id"], condition=Q(line=None), name="verdict_request_once"
            ),
            models.UniqueConstraint(
                fields=["certifier", "line", "turn", "check_id"],
                condition=Q(line__isnull=False),
                name="verdict_line_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_id}: {self.verdict}"


class Waiver(TenantModel):
    """A stop or question that a reviewer let pass, with the reason (late requests, for example)."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="waivers", db_constraint=False)
    line = models.ForeignKey(RequestLine, models.PROTECT, null=True, related_name="waivers", db_constraint=False)
    turn = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=60)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "request", "line", "turn", "rule"], nulls_distinct=False, name="waiver_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} waived"


class SearchWord(TenantModel):
    """One word by which a sent request is found, in plain letters and figures (see review.projection).

    Compared byte by byte (collation C), so that a prefix is a range of the index. Below row-level security only
    leakproof operators may use an index, and LIKE is none.
    """

    request = models.ForeignKey(
        CertificateRequest, models.PROTECT, related_name="search_words", db_constraint=False, db_index=False
    )
    word = models.CharField(max_length=60, db_collation="C")

    class Meta:
        constraints = [
            # Also the index that asks "does this request have a word in this range?"
            models.UniqueConstraint(fields=["certifier", "request", "word"], name="search_word_once")
        ]
        indexes = [models.Index(fields=["certifier", "word", "request"], name="search_word_range")]

    def __str__(self) -> str:
        return self.word
