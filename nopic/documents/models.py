"""Uploaded files, in dossiers: one dossier per request, and in it slots named by a rule and a subject."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from nopic.documents import statuses
from nopic.documents.statuses import DocumentStatus, Organic, RulingKind
from nopic.tenants.models import TenantModel


class Dossier(TenantModel):
    """The papers that belong together; a request owns exactly one."""

    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"dossier {self.pk}"


class Document(TenantModel):
    """One uploaded file in one slot. Replaced or removed files stay readable."""

    NEXT = statuses.NEXT
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="documents", db_constraint=False)
    rule = models.CharField(max_length=40)  # key of the document row in the policy, e.g. commercial_invoice
    subject = models.CharField(max_length=40, blank=True)  # what the row is about, e.g. supplier-12; empty: the request
    kind = models.CharField(max_length=20, blank=True)  # transport document: final, draft or booking
    name = models.CharField(max_length=150)  # as the uploader called it; shown, never used as a path
    media_type = models.CharField(max_length=80)  # as detected
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=DocumentStatus, default=DocumentStatus.RECEIVED)
    reason = models.TextField(blank=True)
    page_count = models.PositiveSmallIntegerField(null=True)
    flags = models.JSONField(default=list)  # what the structure says: form, signed, owner_locked, revised
    crashes = models.PositiveSmallIntegerField(default=0)  # how often drawing its pages failed
    uploaded_at = models.DateTimeField(db_default=Now())
    uploaded_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=200, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_constraint=False)
    # Whether its text names a product as organic, found when its pages were drawn; and what a reviewer confirmed.
    organic = models.CharField(max_length=10, choices=Organic, blank=True)
    organic_page = models.PositiveSmallIntegerField(null=True)
    organic_snippet = models.CharField(max_length=200, blank=True)
    named_organic = models.BooleanField(null=True)
    named_by = models.CharField(max_length=200, blank=True)
    named_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["certifier", "dossier", "rule", "subject"], condition=Q(removed_at=None), name="document_slot"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PageImage(TenantModel):
    """What reviewers look at: one page, drawn in the sandbox, with its words and where they stand; of an office file not
    drawn but read there, as text and tables."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="pages", db_constraint=False)
    number = models.PositiveSmallIntegerField()  # from 1
    sha256 = models.CharField(max_length=64, blank=True)  # empty: no picture but blocks
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    words = models.JSONField(default=list)  # [[word, x0, y0, x1, y1]] as fractions of the page
    blocks = models.JSONField(default=list)  # see documents.sandbox.written

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "document", "number"], name="page_once"),
            models.CheckConstraint(
                condition=(Q(blocks=[]) & ~Q(sha256="")) | (~Q(blocks=[]) & Q(sha256="")),
                name="page_is_drawn_or_written",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.number}"


class SlotAnswer(TenantModel):
    """What the exporter says about a slot instead of a file: it does not apply (why), or it comes later (when)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="answers", db_constraint=False)
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=20, choices=[("does_not_apply", "does not apply"), ("later", "later")])
    reason = models.TextField(blank=True)
    due_on = models.DateField(null=True)  # of `later`: the day to which the exporter commits
    by = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "dossier", "rule", "subject"], name="slot_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.answer}"


class Ruling(TenantModel):
    """What a reviewer decided about a slot. Append-only: the newest one stands, for the files that it was made about.

    That nothing is needed stands while the list is made from the same answers (`about`, from requests.slots); null: from
    before that was kept, it stands.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="rulings", db_constraint=False)
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    ruling = models.CharField(max_length=20, choices=RulingKind)
    reason = models.TextField(blank=True)
    files = models.JSONField(default=list)  # keys of the documents that stood in the slot
    about = models.JSONField(null=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["certifier", "dossier", "id"], name="ruling_of_dossier")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(ruling__in=["not_accepted", "not_needed"]) | ~Q(reason=""), name="ruling_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.ruling}"


class TemplateFile(TenantModel):
    """A form that a certifier offers for a document of its list. Append-only: the newest of a rule is handed out."""

    rule = models.CharField(max_length=40)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["certifier", "rule", "-id"], name="template_of_rule")]

    def __str__(self) -> str:
        return self.name
