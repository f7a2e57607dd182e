"""What may follow what in the life of a permission and of a shipment, and why an entry was made."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PermissionStatus(models.TextChoices):
    """The certifier's answer to "may we ship this product in a time frame?"."""

    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


PERMISSION_NEXT: dict[str, frozenset[str]] = {
    # Withdrawn while it was only asked for: by the exporter.
    PermissionStatus.ASKED: frozenset({PermissionStatus.GRANTED, PermissionStatus.REFUSED, PermissionStatus.WITHDRAWN}),
    PermissionStatus.GRANTED: frozenset({PermissionStatus.WITHDRAWN}),
    PermissionStatus.REFUSED: frozenset(),
    PermissionStatus.WITHDRAWN: frozenset(),
}


class ShipmentStatus(models.TextChoices):
    """`undone`: every entry of it was taken back, so it holds no kilograms."""

    PLANNED = "planned", _("Planned")
    DEPARTED = "departed", _("Left")
    ARRIVED = "arrived", _("Arrived")
    UNDONE = "undone", _("Taken back")


SHIPMENT_NEXT: dict[str, frozenset[str]] = {
    ShipmentStatus.PLANNED: frozenset({ShipmentStatus.DEPARTED, ShipmentStatus.UNDONE}),
    # Back: the last entry was taken back, which is an entry itself.
    ShipmentStatus.DEPARTED: frozenset({ShipmentStatus.ARRIVED, ShipmentStatus.PLANNED, ShipmentStatus.UNDONE}),
    ShipmentStatus.ARRIVED: frozenset({ShipmentStatus.DEPARTED}),
    ShipmentStatus.UNDONE: frozenset(),
}


class EntryKind(models.TextChoices):
    """What somebody said about a shipment."""

    PLAN = "plan", _("Planned")
    DEPART = "depart", _("Left")
    ARRIVE = "arrive", _("Arrived")
    CORRECT = "correct", _("Corrected")
    UNDO = "undo", _("Taken back")


class Closed(models.TextChoices):
    """Why nothing more may be drawn."""

    CANCELLED = "cancelled", _("The certificate was cancelled")
    REPLACED = "replaced", _("The certificate was replaced")
    SETTLED = "settled", _("The time frame is over and its rest was released")
