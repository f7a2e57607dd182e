"""What may follow what in the life of a request and of its lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestStatus(models.TextChoices):
    """`decided` when every line is approved or refused; whether it is issued is computed from its certificates."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent")
    IN_REVIEW = "in_review", _("In review")
    QUESTIONS_OPEN = "questions_open", _("Questions open")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUEST_NEXT: dict[str, frozenset[str]] = {
    RequestStatus.DRAFT: frozenset({RequestStatus.SUBMITTED, RequestStatus.WITHDRAWN}),
    # Back to draft: returned to the exporter for changes, or recalled by them before the review began.
    RequestStatus.SUBMITTED: frozenset({RequestStatus.IN_REVIEW, RequestStatus.DRAFT, RequestStatus.WITHDRAWN}),
    # Back to submitted: the reviewer gave the case back to the queue.
    RequestStatus.IN_REVIEW: frozenset(
        {
            RequestStatus.SUBMITTED,
            RequestStatus.DRAFT,
            RequestStatus.QUESTIONS_OPEN,
            RequestStatus.DECIDED,
            RequestStatus.WITHDRAWN,
        }
    ),
    # Answered, or the questions were taken back.
    RequestStatus.QUESTIONS_OPEN: frozenset({RequestStatus.IN_REVIEW, RequestStatus.WITHDRAWN}),
    # A second look at a refused line, by another reviewer.
    RequestStatus.DECIDED: frozenset({RequestStatus.IN_REVIEW}),
    RequestStatus.WITHDRAWN: frozenset(),
}
OPEN_REQUEST = (RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW, RequestStatus.QUESTIONS_OPEN)


class LineStatus(models.TextChoices):
    """The unit of decision."""

    OPEN = "open", _("Open")
    SECOND_CHECK = "second_check", _("In second check")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LINE_NEXT: dict[str, frozenset[str]] = {
    LineStatus.OPEN: frozenset(
        {LineStatus.SECOND_CHECK, LineStatus.APPROVED, LineStatus.REFUSED, LineStatus.WITHDRAWN}
    ),
    # Confirmed by a colleague, or sent back by one.
    LineStatus.SECOND_CHECK: frozenset({LineStatus.APPROVED, LineStatus.OPEN}),
    LineStatus.APPROVED: frozenset(),
    # A second look, once.
    LineStatus.REFUSED: frozenset({LineStatus.OPEN}),
    LineStatus.WITHDRAWN: frozenset(),
}
UNDECIDED_LINE = (LineStatus.OPEN, LineStatus.SECOND_CHECK)


class Coverage(models.TextChoices):
    """What a certificate is good for: one shipment, or several within a period and up to a weight."""

    SINGLE = "single", _("One shipment")
    TIME_FRAME = "time_frame", _("Several shipments in a time frame")


class Mode(models.TextChoices):
    """How the goods travel."""

    SEA = "sea", _("By sea")
    AIR = "air", _("By air")
    ROAD = "road", _("By road")
    RAIL = "rail", _("By rail")


class Treatment(models.TextChoices):
    """What the exporter declares about treatments of the goods before export."""

    NONE = "none", _("None")
    HOT_WATER = "hot_water", _("Hot water")
    COLD = "cold", _("Cold treatment")
    CO2 = "co2", _("Carbon dioxide or controlled atmosphere")
    OTHER = "other", _("Other")
