"""What reviewers have confirmed, one verdict per check of the policy's list; what they asked, noted and had confirmed by
a colleague; and the words that the search looks in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.models import Policy, TenantModel
from nopic.tenants.statuses import Language


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
    """A stop or question that a reviewer let pass, with the reason; it counts while its facts are those in `seen`."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="waivers", db_constraint=False)
    line = models.ForeignKey(RequestLine, models.PROTECT, null=True, related_name="waivers", db_constraint=False)
    turn = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=60)
    reason = models.TextField()
    seen = models.JSONField(default=list)  # Finding.seen of each; empty before that was kept: asked again
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


class QuestionRound(TenantModel):
    """Questions to the exporter, asked at once. From `asked_at` to `closed_at` the clock of the request stands still."""

    class Outcome(models.TextChoices):
        """How it ended."""

        ANSWERED = "answered", _("Answered")
        TAKEN_BACK = "taken_back", _("Taken back")
        WITHDRAWN = "withdrawn", _("The request was withdrawn")

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="rounds", db_constraint=False)
    turn = models.PositiveSmallIntegerField()  # the sending that it asks about
    language = models.CharField(max_length=5, choices=Language)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    before = (
        models.JSONField()
    )  # the request as it stood when it was asked (requests.snapshot): both sides are compared

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "request"], condition=Q(closed_at=None), name="question_round_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__gte=F("asked_at")) & ~Q(outcome="")),
                name="question_round_closed_completely",
            ),
        ]

    def __str__(self) -> str:
        return f"questions {self.pk}"


class QuestionPoint(TenantModel):
    """One point of a round: the box, what was declared and found when it was asked, and the exporter's answer."""

    round = models.ForeignKey(QuestionRound, models.PROTECT, related_name="points", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    box = models.CharField(max_length=4, blank=True)
    title = models.CharField(max_length=200)
    check_id = models.CharField(max_length=40, blank=True)
    line = models.ForeignKey(RequestLine, models.PROTECT, null=True, related_name="+", db_constraint=False)
    rules = models.JSONField(default=list)  # document rows in which a new paper answers it
    found = models.JSONField(default=list)  # [[where, what stands there]] as the reviewer saw it
    text = models.TextField()
    reply = models.TextField(blank=True)  # a draft until the round is answered
    answered_by = models.JSONField(default=dict)  # {"boxes": [[title, old, new]], "papers": [name]}, when it was sent

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["certifier", "round", "position"], name="question_point_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
        ]

    def __str__(self) -> str:
        return f"point {self.position}"


class CaseNote(TenantModel):
    """What somebody of the office wrote down about a case; only what is `visible` is ever shown to the exporter."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="notes", db_constraint=False)
    text = models.TextField()
    visible = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class SecondCheck(TenantModel):
    """An approval that a second person confirms or sends back; whoever is alone may go on and is reviewed afterwards.

    The table refuses the approver as the one who confirms, sends back, reviews afterwards or settles what that review
    found; a trigger lets no line leave `second_check` for `approved` unless its newest row allows it.
    """

    line = models.ForeignKey(RequestLine, models.PROTECT, related_name="second_checks", db_constraint=False)
    reasons = models.JSONField()  # codes of the policy's second person
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # confirmed, sent back, or gone on alone
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    alone_because = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    alarm = models.TextField(blank=True)  # what the colleague found wrong afterwards
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.TextField(blank=True)  # what a person decided about the alarm

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(confirmed_by=None) | ~Q(confirmed_by=F("approved_by")))
                & (Q(sent_back_by=None) | ~Q(sent_back_by=F("approved_by")))
                & (Q(reviewed_by=None) | ~Q(reviewed_by=F("approved_by")))
                & (Q(closed_by=None) | ~Q(closed_by=F("approved_by"))),
                name="second_check_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, alarm="")
                | (Q(reviewed_at__gte=F("settled_at"), reviewed_by__isnull=False) & ~Q(alone_because="")),
                name="second_check_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, closed_because="")
                | (Q(closed_at__gte=F("reviewed_at"), closed_by__isnull=False) & ~Q(closed_because="") & ~Q(alarm="")),
                name="second_check_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, confirmed_by=None, sent_back_by=None, alone_because="")
                | Q(settled_at__isnull=False, confirmed_by__isnull=False, sent_back_by=None, alone_because="")
                | Q(settled_at__isnull=False, confirmed_by=None, sent_back_by__isnull=False, alone_because="")
                | (Q(settled_at__isnull=False, confirmed_by=None, sent_back_by=None) & ~Q(alone_because="")),
                name="second_check_settled_one_way",
            ),
            models.UniqueConstraint(
                fields=["certifier", "line"], condition=Q(settled_at=None), name="second_check_one_open"
            ),
        ]
        indexes = [
            models.Index(
                fields=["certifier", "settled_at"],
                condition=~Q(alone_because="") & (Q(reviewed_at=None) | (~Q(alarm="") & Q(closed_at=None))),
                name="second_check_afterwards",
            )
        ]

    def __str__(self) -> str:
        return f"second check of line {self.line_id}"


class SecondLook(TenantModel):
    """The exporter's wish that a refused line be looked at again: once for each line, by another reviewer."""

    line = models.ForeignKey(RequestLine, models.PROTECT, related_name="second_looks", db_constraint=False)
    text = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    refused_because = models.TextField()  # the first decision, as the exporter read it
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "line"], name="second_look_once"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("refused_by")), name="second_look_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"second look at line {self.line_id}"


class Decision(TenantModel):
    """What a decision on a line rested on: the facts as they were, and the findings. Append-only; see review.evidence."""

    request = models.ForeignKey(CertificateRequest, models.PROTECT, related_name="decisions", db_constraint=False)
    line = models.ForeignKey(RequestLine, models.PROTECT, related_name="decisions", db_constraint=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", db_constraint=False)
    turn = models.PositiveSmallIntegerField()
    outcome = models.CharField(
        max_length=10
    )  # approved, confirmed (by a second person), alone (without one) or refused
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    facts = models.JSONField()
    waivers = models.JSONField()
    findings = models.JSONField()

    def __str__(self) -> str:
        return f"{self.request.reference}, product {self.line.position}: {self.outcome}"


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


class RequestRisk(TenantModel):
    """Whether an open request is low risk and all green, as it was when `turn` and `revision` were these."""

    request = models.OneToOneField(CertificateRequest, models.PROTECT, related_name="risk", db_constraint=False)
    turn = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField()
    is_low = models.BooleanField()
    weighed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "low risk" if self.is_low else "to be looked at"
