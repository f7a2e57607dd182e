"""What may follow what in the life of a request and of its lines.

Questions with a stopped clock, a second person and reconsideration are part of the whole procedure and come with it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestStatus(models.TextChoices):
    """`decided` when every line is approved or refused; whether it is issued is computed from its certificates."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent")
    IN_REVIEW = "in_review", _("In review")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUEST_NEXT: dict[str, frozenset[str]] = {
    RequestStatus.DRAFT: frozenset({RequestStatus.SUBMITTED, RequestStatus.WITHDRAWN}),
    # Back to draft: returned to the exporter for changes.
    RequestStatus.SUBMITTED: frozenset({RequestStatus.IN_REVIEW, RequestStatus.DRAFT, RequestStatus.WITHDRAWN}),
    # Back to submitted: the reviewer gave the case back to the queue.
    RequestStatus.IN_REVIEW: frozenset(
        {RequestStatus.SUBMITTED, RequestStatus.DRAFT, RequestStatus.DECIDED, RequestStatus.WITHDRAWN}
    ),
    RequestStatus.DECIDED: frozenset(),
    RequestStatus.WITHDRAWN: frozenset(),
}
OPEN_REQUEST = (RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW)


class LineStatus(models.TextChoices):
    """The unit of decision."""

    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LINE_NEXT: dict[str, frozenset[str]] = {
    LineStatus.OPEN: frozenset({LineStatus.APPROVED, LineStatus.REFUSED, LineStatus.WITHDRAWN}),
    LineStatus.APPROVED: frozenset(),
    LineStatus.REFUSED: frozenset(),
    LineStatus.WITHDRAWN: frozenset(),
}


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
