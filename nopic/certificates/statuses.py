"""What may follow what in the life of a certificate and of the calls owed to the registry."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CertificateStatus(models.TextChoices):
    """Stored statuses. `abandoned`: cancelled, and the registry provably holds nothing. `superseded`: another one is in its place."""

    PENDING = "pending", _("Approved")
    ISSUING = "issuing", _("Being published")
    NEEDS_ATTENTION = "needs_attention", _("Needs attention")
    ISSUED = "issued", _("Issued")
    CANCELLED = "cancelled", _("Cancelled")
    SUPERSEDED = "superseded", _("Replaced")
    ABANDONED = "abandoned", _("Not issued")


CERTIFICATE_NEXT: dict[str, frozenset[str]] = {
    CertificateStatus.PENDING: frozenset({CertificateStatus.ISSUING, CertificateStatus.ABANDONED}),
    CertificateStatus.ISSUING: frozenset(
        {CertificateStatus.ISSUED, CertificateStatus.NEEDS_ATTENTION, CertificateStatus.ABANDONED}
    ),
    CertificateStatus.NEEDS_ATTENTION: frozenset({CertificateStatus.ISSUING, CertificateStatus.ABANDONED}),
    CertificateStatus.ISSUED: frozenset({CertificateStatus.CANCELLED, CertificateStatus.SUPERSEDED}),
    CertificateStatus.CANCELLED: frozenset(),
    CertificateStatus.SUPERSEDED: frozenset(),
    CertificateStatus.ABANDONED: frozenset(),
}


class OperationKind(models.TextChoices):
    """What is owed to the registry."""

    ISSUE = "issue", _("Issue")
    CANCEL = "cancel", _("Cancel")
    REVISE = "revise", _("Revise")
    WEIGHTS = "weights", _("Report weights")


class RevisionStatus(models.TextChoices):
    """`approved`: the registry has yet to take it; the version before it holds until then."""

    REQUESTED = "requested", _("To decide")
    APPROVED = "approved", _("Being published")
    PUBLISHED = "published", _("Published")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Not needed any more")


REVISION_NEXT: dict[str, frozenset[str]] = {
    RevisionStatus.REQUESTED: frozenset({RevisionStatus.APPROVED, RevisionStatus.REFUSED, RevisionStatus.WITHDRAWN}),
    RevisionStatus.APPROVED: frozenset({RevisionStatus.PUBLISHED, RevisionStatus.WITHDRAWN}),
    RevisionStatus.PUBLISHED: frozenset(),
    RevisionStatus.REFUSED: frozenset(),
    RevisionStatus.WITHDRAWN: frozenset(),
}
OPEN_REVISION = (RevisionStatus.REQUESTED, RevisionStatus.APPROVED)


class Corrected(models.TextChoices):
    """What a slip of the pen may have spoiled, and a revision may therefore correct after departure. A closed list."""

    HTS = "hts", _("Tariff code (HTS)")
    IMPORTER = "importer", _("NOP ID of the importer")


class Channel(models.TextChoices):
    """How an operation reaches the registry: `assisted`, staff key it and a second person confirms what they entered."""

    HTTP = "http", _("HTTP")
    ASSISTED = "assisted", _("By hand")


class EntryOutcome(models.TextChoices):
    """What a person says was done in the registry by hand."""

    DONE = "done", _("Done")
    NOTHING = "nothing", _("Nothing was done")


class OperationStatus(models.TextChoices):
    """`in_doubt`: it was sent and nobody knows yet whether the registry has it."""

    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    IN_DOUBT = "in_doubt", _("In doubt")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    SUPERSEDED = "superseded", _("Not needed any more")


OPERATION_NEXT: dict[str, frozenset[str]] = {
    OperationStatus.PENDING: frozenset({OperationStatus.SENT, OperationStatus.REFUSED, OperationStatus.SUPERSEDED}),
    # Back to pending: it provably never reached the registry.
    OperationStatus.SENT: frozenset(
        {OperationStatus.DONE, OperationStatus.IN_DOUBT, OperationStatus.REFUSED, OperationStatus.PENDING}
    ),
    OperationStatus.IN_DOUBT: frozenset(
        {OperationStatus.SENT, OperationStatus.DONE, OperationStatus.REFUSED, OperationStatus.SUPERSEDED}
    ),
    # A person looked and asked for another look or another try.
    OperationStatus.REFUSED: frozenset({OperationStatus.PENDING, OperationStatus.IN_DOUBT, OperationStatus.SUPERSEDED}),
    OperationStatus.DONE: frozenset(),
    OperationStatus.SUPERSEDED: frozenset(),
}
ENDED_CERTIFICATE = (CertificateStatus.CANCELLED, CertificateStatus.SUPERSEDED, CertificateStatus.ABANDONED)
CLOSED_OPERATION = (OperationStatus.DONE, OperationStatus.SUPERSEDED)
